/// On what Core ML runs a model: how many of its layers, or operations, on each processor.
///
/// Allowed units are a wish only. This is Core ML's own plan for this phone, which it tells since iOS 17.4.
struct Placement: Equatable, Sendable {
    var neuralEngine = 0
    var gpu = 0
    var cpu = 0

    /// How many there are.
    var count: Int { neuralEngine + gpu + cpu }

    /// The plan in words, the processors with the most layers first.
    var text: String {
        let parts = [("Neural Engine", neuralEngine), ("GPU", gpu), ("CPU", cpu)].filter { $0.1 > 0 }
        let sorted = parts.sorted { $0.1 > $1.1 }
        return sorted.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + " of \(count) layers"
    }
}
