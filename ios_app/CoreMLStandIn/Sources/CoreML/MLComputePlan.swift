// The part of the stand-in for Core ML that tells where a model runs: iOS 17.4 and later.

open class MLCPUComputeDevice: NSObject, @unchecked Sendable {}
open class MLGPUComputeDevice: NSObject, @unchecked Sendable {}
open class MLNeuralEngineComputeDevice: NSObject, @unchecked Sendable {}

@available(iOS 17.0, *)
public enum MLComputeDevice: Sendable {
    case cpu(MLCPUComputeDevice)
    case gpu(MLGPUComputeDevice)
    case neuralEngine(MLNeuralEngineComputeDevice)
}

@available(iOS 17.4, *)
public enum MLModelStructure {
    case unsupported
    case neuralNetwork(NeuralNetwork)
    case program(Program)
    case pipeline(Pipeline)

    public struct NeuralNetwork {
        public struct Layer {
            public let name: String
            public let type: String
        }

        public let layers: [Layer]
    }

    public struct Program {
        public struct Operation {
            public let operatorName: String
            public let blocks: [Block]
        }

        public struct Block {
            public let operations: [Operation]
        }

        public struct Function {
            public let block: Block
        }

        public let functions: [String: Function]
    }

    public struct Pipeline {
        public let subModels: [MLModelStructure]
    }
}

@available(iOS 17.4, *)
public final class MLComputePlan {
    public struct DeviceUsage {
        public let supported: [MLComputeDevice]
        public let preferred: MLComputeDevice
    }

    public let modelStructure: MLModelStructure

    private init() { standsIn() }

    public static func load(
        contentsOf url: URL, configuration: MLModelConfiguration
    ) async throws -> MLComputePlan { standsIn() }

    public func deviceUsage(for layer: MLModelStructure.NeuralNetwork.Layer) -> DeviceUsage? { standsIn() }
    public func deviceUsage(for operation: MLModelStructure.Program.Operation) -> DeviceUsage? { standsIn() }
}
