/// The run log's JSON, part by part as `helpers/runs/run_log_parts.py` defines it; the encoder makes `peak_memory_bytes` of
/// `peakMemoryBytes`. Times are in nanoseconds.
struct RunLogFormat: Encodable {
    let schemaVersion = 1
    let kind: String
    let `where`: String
    let device: DevicePart
    let app: AppPart
    let model: ModelPart
    let engine: EnginePart
    let startedAt: String
    let wallNs: Int
    let resources: ResourcesPart
    @OrNull var latency: LatencyPart?
    @OrNull var pipeline: PipelinePart?
    @OrNull var accuracy: AccuracyPart?
    let golden: [GoldenPart]

    struct DevicePart: Encodable {
        let manufacturer: String
        let model: String
        @OrNull var soc: String?
        let os: String
        let osVersion: String
        let cores: Int
    }

    struct AppPart: Encodable {
        let name: String
        let build: String
    }

    struct ModelPart: Encodable {
        let name: String
        let classes: Int
        let weightsKind: String
        let weightsSha256: String
        @OrNull var fileFormat: String?
        @OrNull var fileSha256: String?
    }

    struct EnginePart: Encodable {
        let name: String
        let version: String
        @OrNull var threads: Int?
        let initNs: Int
    }

    struct ResourcesPart: Encodable {
        let cpuNs: Int
        let cpuPercent: Double
        @OrNull var threads: [ThreadPart]?
        @OrNull var peakMemoryBytes: Int?
        @OrNull var batteryStartPercent: Double?
        @OrNull var batteryEndPercent: Double?
        @OrNull var thermalState: String?
        @OrNull var gpuPercent: Double?
        @OrNull var gpuSource: String?
    }

    struct ThreadPart: Encodable {
        let name: String
        let cpuNs: Int
    }

    struct LatencyPart: Encodable {
        let firstNs: Int
        let warmUpNs: [Int]
        let steadyPreprocessNs: [Int]
        let steadyInvokeNs: [Int]
    }

    struct PipelinePart: Encodable {
        let mode: String
        let workers: Int
        let source: String
        let captured: Int
        let processed: Int
        let shown: Int
        let dropped: [String: Int]
        let fps: Double
        let processedPerSecond: Double
        let frames: FramesPart
    }

    struct FramesPart: Encodable {
        let number: [Int]
        let captureNs: [Int]
        let startNs: [Int?]
        let endNs: [Int?]
        let shownNs: [Int?]
    }

    struct AccuracyPart: Encodable {
        let dataSet: String
        let labelled: Int
        let top1Correct: Int
        let top5Correct: Int
        let images: [ImagePart]
        let failed: [FailedPart]
    }

    struct ImagePart: Encodable {
        let id: String
        @OrNull var label: Int?
        let top: [TopPart]
        let preprocessNs: Int
        let invokeNs: Int
    }

    struct FailedPart: Encodable {
        let id: String
        let message: String
    }

    struct TopPart: Encodable {
        let classNumber: Int
        let probability: Float
    }

    struct GoldenPart: Encodable {
        let picture: String
        let fittedSha256: String
        let tensorSha256: String
        let channels: [SpreadPart]
        let top: [TopPart]
    }

    struct SpreadPart: Encodable {
        let min: Float
        let mean: Double
        let max: Float
    }
}

/// A value that is written as null where there is none: the schema wants every field to be there.
@propertyWrapper
struct OrNull<Value: Encodable>: Encodable {
    var wrappedValue: Value?

    // Written out, so that a part is made of the value itself.
    init(wrappedValue: Value?) {
        self.wrappedValue = wrappedValue
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}
