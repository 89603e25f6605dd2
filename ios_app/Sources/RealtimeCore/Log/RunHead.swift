/// Where a run took place.
public enum Place: String, Sendable {
    /// An iPhone or iPad, or its simulator.
    case phone
    /// A Linux machine: the same core, and no model.
    case swiftLinux = "swift-linux"
    /// A Mac.
    case pc
}

/// The machine that a run log is of, and its system. What the system does not tell is an empty text.
public struct Device: Sendable {
    let manufacturer: String
    let model: String
    let soc: String
    let os: String
    let osVersion: String
    let cores: Int

    /// Describes one.
    ///
    /// - Parameters:
    ///   - soc: the chip's name; may be empty.
    ///   - os: iOS, macOS or Linux.
    ///   - cores: of the processor, at least 1.
    public init(manufacturer: String, model: String, soc: String, os: String, osVersion: String, cores: Int) {
        precondition(cores >= 1, "expected at least 1 core, received \(cores)")
        self.manufacturer = manufacturer
        self.model = model
        self.soc = soc
        self.os = os
        self.osVersion = osVersion
        self.cores = cores
    }
}

/// What a run took, as far as the platform tells it; nil is what it does not.
public struct Resources: Sendable {
    /// The most memory that the process had, in bytes.
    public var peakMemoryBytes: Int?
    /// How full the battery was before and after the run, in percent.
    public var batteryPercent: (start: Double, end: Double)?
    /// How hot the system says it is, in its own word, such as fair.
    public var thermalState: String?
    /// How busy the GPU was in percent, and who measured it.
    public var gpuPercent: (value: Double, source: String)?

    /// Nothing is known yet.
    public init() {}
}

/// Who ran what, and where.
public struct RunHead: Sendable {
    let place: Place
    let device: Device
    let appName: String
    let appBuild: String
    let manifest: Manifest
    let file: ModelFile?
    let engineName: String
    let engineVersion: String
    let engineThreads: Int?
    let initNanos: Int

    /// Describes a run.
    ///
    /// - Parameters:
    ///   - appBuild: the app's version.
    ///   - file: what the engine read; nil for the stub, which reads no file.
    ///   - initNanos: how long it took to open the engine, in nanoseconds.
    public init(
        place: Place, device: Device, appName: String, appBuild: String, manifest: Manifest, file: ModelFile?,
        engine: any Engine, initNanos: Int
    ) {
        self.place = place
        self.device = device
        self.appName = appName
        self.appBuild = appBuild
        self.manifest = manifest
        self.file = file
        engineName = engine.name
        engineVersion = engine.version
        engineThreads = engine.threads
        self.initNanos = initNanos
    }
}

/// What a run gave: the part of a run log that its kind has.
public enum RunPart: Sendable {
    /// The answers to a set of images.
    case accuracy(AccuracyResult)
    /// The latencies of single calls.
    case benchmark(BenchmarkResult)
    /// What became of a camera's frames, from where they came, and how many threads ran the network.
    case live(mode: PipelineMode, workers: Int, source: String, frames: FrameReport)
}
