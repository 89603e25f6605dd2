/// What Core ML may compute with. It still chooses itself, layer by layer, among what it may use: see `Placement`.
enum ComputeUnits: String, CaseIterable, Sendable {
    case cpu
    case cpuAndGpu = "cpu_and_gpu"
    case cpuAndNeuralEngine = "cpu_and_neural_engine"
    case all

    /// The name to show.
    var title: String {
        switch self {
        case .cpu: return "CPU"
        case .cpuAndGpu: return "CPU + GPU"
        case .cpuAndNeuralEngine: return "CPU + Neural Engine"
        case .all: return "All"
        }
    }
}
