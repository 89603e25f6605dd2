import CoreML

extension Placement {
    /// Asks Core ML for its plan.
    ///
    /// - Parameter compiled: the model, as Xcode compiled it.
    /// - Returns: nil before iOS 17.4, and where Core ML has no plan for a model of its kind.
    static func plan(_ compiled: URL, _ units: ComputeUnits) async -> Placement? {
        guard #available(iOS 17.4, macOS 14.4, *),
            let plan = try? await MLComputePlan.load(contentsOf: compiled, configuration: units.configuration)
        else {
            return nil
        }
        var placement = Placement()
        switch plan.modelStructure {
        case .neuralNetwork(let network):
            for layer in network.layers {
                placement.count(plan.deviceUsage(for: layer)?.preferred)
            }
        case .program(let program):
            for function in program.functions.values {
                // Constants are computed nowhere: they have no device.
                for operation in function.block.operations {
                    placement.count(plan.deviceUsage(for: operation)?.preferred)
                }
            }
        default:
            return nil
        }
        return placement.count > 0 ? placement : nil
    }

    @available(iOS 17.4, macOS 14.4, *)
    private mutating func count(_ device: MLComputeDevice?) {
        switch device {
        case .cpu: cpu += 1
        case .gpu: gpu += 1
        case .neuralEngine: neuralEngine += 1
        default: break
        }
    }
}
