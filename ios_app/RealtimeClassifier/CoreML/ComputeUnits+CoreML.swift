import CoreML

extension ComputeUnits {
    /// The same in Core ML's way.
    var configuration: MLModelConfiguration {
        let configuration = MLModelConfiguration()
        switch self {
        case .cpu: configuration.computeUnits = .cpuOnly
        case .cpuAndGpu: configuration.computeUnits = .cpuAndGPU
        case .cpuAndNeuralEngine: configuration.computeUnits = .cpuAndNeuralEngine
        case .all: configuration.computeUnits = .all
        }
        return configuration
    }
}
