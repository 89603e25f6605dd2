import Foundation
import RealtimeCore

private let mostSeconds = 86_400

/// What the commands on camera frames share: the frames are made here, noise, the same each time.
private struct NoiseCamera {
    let frame: YuvFrame
    let rotation: Rotation

    init(_ arguments: inout Arguments) throws {
        let size = try arguments.size("size", (640, 480), most: 4_096)
        let degrees = try arguments.integer("rotation", 90, 0...270)
        guard let rotation = Rotation(rawValue: degrees) else {
            throw UsageError(message: "expected --rotation to be 0, 90, 180 or 270, received '\(degrees)'")
        }
        frame = try NoiseFrame.create(width: size.width, height: size.height)
        self.rotation = rotation
    }
}

/// Prints the latencies: first call, and the steady calls' statistics.
struct BenchmarkCommand {
    private let benchmark: Benchmark
    private let camera: NoiseCamera
    private let log: URL?

    init(_ arguments: inout Arguments) throws {
        benchmark = try Benchmark(
            warmUpCount: arguments.integer("warm-up", 5, 0...Benchmark.mostCalls),
            count: arguments.integer("count", 50, 1...Benchmark.mostCalls),
            seconds: arguments.integer("seconds", 60, 1...mostSeconds))
        camera = try NoiseCamera(&arguments)
        log = try arguments.optionalPath("log")
    }

    func run(_ model: OpenModel, _ clock: any NanoClock, _ out: @escaping (String) -> Void) throws {
        defer { model.engine.close() }
        let timer = RunTimer(cpuTime: ProcessUse(), clock: clock, cores: ProcessUse.cores)
        let result = try benchmark.run(
            engine: model.engine, input: model.manifest.input, frame: camera.frame, rotation: camera.rotation,
            clock: clock, cancellation: Cancellation())
        let time = timer.stop()
        let figures = Figures(out: out)
        figures.put("first_ms", Double(result.firstNanos) / 1e6)
        figures.put("preprocess", LatencyStatistics(nanos: result.preprocessNanos))
        figures.put("invoke", LatencyStatistics(nanos: result.invokeNanos))
        figures.put("steady", result.steady)
        figures.put("cpu_percent", time.cpuPercent)
        try model.log(.benchmark(result), time, to: log)
    }
}

/// Prints frames per second, frames processed per second, latency, frame age, CPU use and drops.
struct PipelineCommand {
    private static let topCount = 5
    private static let stopMillis = 10_000

    private let mode: PipelineMode
    private let framesPerSecond: Double
    private let seconds: Int
    private let camera: NoiseCamera
    private let log: URL?

    init(_ arguments: inout Arguments) throws {
        let modes = PipelineMode.allCases.map(\.rawValue)
        mode = try PipelineMode(rawValue: arguments.choice("mode", "multi", modes)) ?? .multi
        framesPerSecond = try arguments.number("fps", 30, 1...1_000)
        seconds = try arguments.integer("seconds", 10, 1...mostSeconds)
        camera = try NoiseCamera(&arguments)
        log = try arguments.optionalPath("log")
    }

    func run(_ model: OpenModel, _ clock: any NanoClock, _ out: @escaping (String) -> Void) throws {
        defer { model.engine.close() }
        let source = try PacedSource(
            clock: clock, picture: camera.frame, rotation: camera.rotation, framesPerSecond: framesPerSecond,
            frameCount: max(1, Int((framesPerSecond * Double(seconds)).rounded())))
        let classifier = try FrameClassifier(
            clock: clock, input: model.manifest.input, engine: model.engine, source: source, topCount: Self.topCount)
        let end = PipelineEnd()
        let pipeline = pipeline(source, classifier, clock, end)
        let timer = RunTimer(cpuTime: ProcessUse(), clock: clock, cores: ProcessUse.cores)
        end.watch(timer)
        try pipeline.start()
        defer { pipeline.stop(timeoutMillis: Self.stopMillis) }
        try end.wait(cancellation: Cancellation())
        let time = timer.stop()
        let frames = pipeline.log.report()
        let figures = Figures(out: out)
        figures.put("fps", Double(frames.shown) * 1e9 / Double(time.wallNanos))
        figures.put("processed_per_second", Double(frames.processed) * 1e9 / Double(time.wallNanos))
        figures.put("latency", frames.latency)
        figures.put("age", frames.age)
        figures.put("cpu_percent", time.cpuPercent)
        for reason in DropReason.allCases {
            out("dropped_\(reason.rawValue) \(frames.dropped(reason))")
        }
        let part = RunPart.live(
            mode: pipeline.mode, workers: pipeline.workers, source: source.description, frames: frames)
        try model.log(part, time, to: log)
    }

    private func pipeline(
        _ source: PacedSource<YuvFrame>, _ classifier: FrameClassifier, _ clock: any NanoClock, _ end: PipelineEnd
    ) -> any Pipeline {
        let display = NoDisplay()
        switch mode {
        case .single:
            return SingleThreadedPipeline(
                source: source, classifier: classifier, display: display, clock: clock, listener: end)
        case .multi:
            return MultithreadedPipeline(
                source: source, classifier: classifier, display: display, clock: clock, listener: end)
        }
    }
}

/// There is no screen: showing takes no time.
private final class NoDisplay: Display {
    func show(_ frame: Frame<YuvFrame>, latest: Classification?, cancellation: Cancellation) {}
}
