import Foundation
import RealtimeCore

/// What a run does: it opens the model, measures, and leaves a run log.
struct Measurement: Sendable {
    /// What the app brings along for measurements.
    struct Resources: Sendable {
        /// The folder of the golden pictures.
        let golden: URL
        /// MNIST's test set: 10,000 digits, and their labels.
        let digits: URL
        let digitLabels: URL
        /// Reads photos.
        let decoder: any ImageDecoder
    }

    private static let frameWidth = 640
    private static let frameHeight = 480

    let request: RunRequest
    let open: OpenModel
    let resources: Resources
    let phone: Phone
    let logs: RunLogs
    var clock: any NanoClock = SystemClock()

    /// Measures on the calling thread.
    ///
    /// - Parameter report: told what it does, on the calling thread.
    /// - Throws: `DeploymentError` where something failed; `CancellationError`. Then nothing is saved.
    func run(cancellation: Cancellation, report: @escaping @Sendable (RunStep) -> Void) throws -> RunResult {
        try cancellation.check()
        report(.doing("Opening the model"))
        let model = try open(request.model, request.units)
        defer { model.engine.close() }
        switch request.measure {
        case .accuracy:
            guard let folder = request.images else {
                throw DeploymentError.image("expected a folder of images, received none; choose one")
            }
            report(.doing("Listing the images"))
            let images = try ImageFolder(folder: folder, manifest: model.manifest, decoder: resources.decoder)
            return try classify(model, images, cancellation, report) { $0.of($1) }
        case .digits:
            report(.doing("Reading the digits"))
            let images = try IdxImages(
                images: resources.digits, labels: resources.digitLabels, classes: model.manifest.labels.count)
            return try classify(model, images, cancellation, report) { $0.ofDigits($1) }
        case .benchmark:
            return try benchmark(model, cancellation, report)
        }
    }

    private func classify(
        _ model: OpenedModel, _ images: any ImageSet, _ cancellation: Cancellation,
        _ report: @escaping @Sendable (RunStep) -> Void, _ lines: (Summary, AccuracyResult) -> [ResultLine]
    ) throws -> RunResult {
        let input = model.manifest.input
        let batteryAtStart = phone.batteryPercent()
        let timer = RunTimer(cpuTime: ProcessUse(), clock: clock, cores: ProcessUse.cores)
        let result = try Validation.run(
            engine: model.engine, input: input, images: images, limit: request.numbers[0], clock: clock,
            cancellation: cancellation
        ) { step in
            switch step {
            case .classified(let image, let total, _), .failed(let image, let total, _):
                report(.counted("Classifying", done: image + 1, total: total))
            }
        }
        let time = timer.stop()
        report(.doing("Comparing the golden pictures"))
        let pictures = try ImageFolder(folder: resources.golden, manifest: model.manifest, decoder: resources.decoder)
        let golden = try GoldenResult.of(
            engine: model.engine, input: input, pictures: pictures, cancellation: cancellation)
        let log = try write(model, time, batteryAtStart, "accuracy", .accuracy(result), golden)
        return RunResult(
            lines: lines(Summary(model, time), result), log: log, isUntrained: model.manifest.weights.isUntrained)
    }

    private func benchmark(
        _ model: OpenedModel, _ cancellation: Cancellation, _ report: @escaping @Sendable (RunStep) -> Void
    ) throws -> RunResult {
        let input = model.manifest.input
        let (count, warmUp, seconds) = (request.numbers[0], request.numbers[1], request.numbers[2])
        report(.doing("Measuring latency"))
        // A network that takes its input as it is has no use for a camera's frame.
        let resizes = input.resize != nil
        let frame =
            resizes
            ? try NoiseFrame.create(width: Self.frameWidth, height: Self.frameHeight)
            : try NoiseFrame.create(width: input.width, height: input.height)
        let engine = CountingEngine(model.engine) { calls in
            report(.counted("Measuring latency", done: calls, total: 1 + warmUp + count))
        }
        let batteryAtStart = phone.batteryPercent()
        let timer = RunTimer(cpuTime: ProcessUse(), clock: clock, cores: ProcessUse.cores)
        let result = try Benchmark(warmUpCount: warmUp, count: count, seconds: seconds).run(
            engine: engine, input: input, frame: frame, rotation: resizes ? .degrees90 : .degrees0, clock: clock,
            cancellation: cancellation)
        let time = timer.stop()
        let log = try write(model, time, batteryAtStart, "benchmark", .benchmark(result), [])
        return RunResult(
            lines: Summary(model, time).of(result), log: log, isUntrained: model.manifest.weights.isUntrained)
    }

    private func write(
        _ model: OpenedModel, _ time: RunTime, _ batteryAtStart: Double?, _ kind: String, _ part: RunPart,
        _ golden: [GoldenResult]
    ) throws -> URL {
        let file = try logs.newFile(
            kind: kind, model: model.manifest.model, engine: CoreMLNames.short, epochMillis: time.startedEpochMillis)
        try RunLog(
            head: model.head(phone), time: time, resources: phone.resources(batteryAtStart: batteryAtStart), part: part,
            golden: golden
        ).write(to: file)
        return file
    }
}
