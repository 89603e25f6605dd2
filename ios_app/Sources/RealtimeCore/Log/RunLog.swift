import Foundation

/// A run log: the JSON file that `helpers/runs/run_log.py` defines and reads.
public struct RunLog: Sendable {
    private static let longestText = 300
    private static let longestMessage = 2_000

    private let head: RunHead
    private let time: RunTime
    private let resources: Resources
    private let part: RunPart
    private let golden: [GoldenResult]

    /// Joins what is known of a run.
    ///
    /// - Parameter golden: what became of the golden pictures; may be empty.
    public init(head: RunHead, time: RunTime, resources: Resources, part: RunPart, golden: [GoldenResult] = []) {
        self.head = head
        self.time = time
        self.resources = resources
        self.part = part
        self.golden = golden
    }

    /// Writes the log whole or not at all: an older file of that name stays until the new one is complete.
    ///
    /// - Throws: `DeploymentError.runLog` where the file cannot be written, or a number is none.
    public func write(to file: URL) throws {
        do {
            try json().write(to: file, options: .atomic)
        } catch let error as DeploymentError {
            throw error
        } catch {
            throw DeploymentError.runLog(
                "could not write the run log \(file.path): \(error.reason); free some space, or choose a place that "
                    + "can be written")
        }
    }

    /// The log's JSON.
    ///
    /// - Throws: `DeploymentError.runLog` where a number is none.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(format) + Data("\n".utf8)
        } catch {
            throw DeploymentError.runLog("expected a run log of finite numbers, received \(error.text); run it again")
        }
    }

    private var format: RunLogFormat {
        let kind: String
        var latency: RunLogFormat.LatencyPart?
        var pipeline: RunLogFormat.PipelinePart?
        var accuracy: RunLogFormat.AccuracyPart?
        switch part {
        case .accuracy(let result):
            kind = "accuracy"
            accuracy = Self.accuracy(result)
        case .benchmark(let result):
            kind = "benchmark"
            latency = RunLogFormat.LatencyPart(
                firstNs: result.firstNanos, warmUpNs: result.warmUpNanos, steadyPreprocessNs: result.preprocessNanos,
                steadyInvokeNs: result.invokeNanos)
        case .live(let mode, let workers, let source, let frames):
            kind = "live"
            pipeline = live(mode: mode, workers: workers, source: source, frames: frames)
        }
        return RunLogFormat(
            kind: kind, where: head.place.rawValue, device: device,
            app: RunLogFormat.AppPart(name: Self.text(head.appName), build: Self.text(head.appBuild)), model: model,
            engine: RunLogFormat.EnginePart(
                name: Self.text(head.engineName), version: Self.text(head.engineVersion), threads: head.engineThreads,
                initNs: head.initNanos),
            startedAt: Self.utc(time.startedEpochMillis), wallNs: time.wallNanos, resources: used, latency: latency,
            pipeline: pipeline, accuracy: accuracy, golden: golden.map(Self.golden))
    }

    private var device: RunLogFormat.DevicePart {
        let device = head.device
        return RunLogFormat.DevicePart(
            manufacturer: Self.text(device.manufacturer), model: Self.text(device.model),
            soc: Self.optionalText(device.soc), os: Self.text(device.os), osVersion: Self.text(device.osVersion),
            cores: device.cores)
    }

    private var model: RunLogFormat.ModelPart {
        RunLogFormat.ModelPart(
            name: head.manifest.model, classes: head.manifest.labels.count,
            weightsKind: head.manifest.weights.kind.rawValue, weightsSha256: head.manifest.weights.sha256,
            fileFormat: head.file?.format, fileSha256: head.file?.sha256)
    }

    private var used: RunLogFormat.ResourcesPart {
        let threads = time.threads.map { RunLogFormat.ThreadPart(name: Self.text($0.name), cpuNs: $0.cpuNanos) }
        return RunLogFormat.ResourcesPart(
            cpuNs: time.cpuNanos, cpuPercent: time.cpuPercent, threads: threads.isEmpty ? nil : threads,
            peakMemoryBytes: resources.peakMemoryBytes,
            batteryStartPercent: resources.batteryPercent?.start, batteryEndPercent: resources.batteryPercent?.end,
            thermalState: resources.thermalState.flatMap(Self.optionalText), gpuPercent: resources.gpuPercent?.value,
            gpuSource: resources.gpuPercent.map { Self.text($0.source) })
    }

    private func live(
        mode: PipelineMode, workers: Int, source: String, frames: FrameReport
    ) -> RunLogFormat.PipelinePart {
        // Events count from the run's start.
        let start = time.startNanos
        let seconds = Double(time.wallNanos) / 1e9
        return RunLogFormat.PipelinePart(
            mode: mode.rawValue, workers: workers, source: Self.text(source), captured: frames.captured,
            processed: frames.processed, shown: frames.shown,
            dropped: Dictionary(uniqueKeysWithValues: DropReason.allCases.map { ($0.rawValue, frames.dropped($0)) }),
            fps: Double(frames.shown) / seconds, processedPerSecond: Double(frames.processed) / seconds,
            frames: RunLogFormat.FramesPart(
                number: frames.frames.map(\.number), captureNs: frames.frames.map { $0.captureNanos - start },
                startNs: frames.frames.map { $0.startNanos.map { $0 - start } },
                endNs: frames.frames.map { $0.endNanos.map { $0 - start } },
                shownNs: frames.frames.map { $0.shownNanos.map { $0 - start } }))
    }

    private static func accuracy(_ result: AccuracyResult) -> RunLogFormat.AccuracyPart {
        RunLogFormat.AccuracyPart(
            dataSet: text(result.dataSet), labelled: result.labelled, top1Correct: result.correct(top: 1),
            top5Correct: result.correct(top: 5),
            images: result.images.map { image in
                RunLogFormat.ImagePart(
                    id: text(image.id), label: image.label, top: image.top.map(top),
                    preprocessNs: image.preprocessNanos, invokeNs: image.invokeNanos)
            },
            failed: result.failed.map { failed in
                RunLogFormat.FailedPart(id: text(failed.id), message: shortened(failed.message, longestMessage))
            })
    }

    private static func golden(_ result: GoldenResult) -> RunLogFormat.GoldenPart {
        RunLogFormat.GoldenPart(
            picture: text(result.picture), fittedSha256: result.fittedSha256, tensorSha256: result.tensorSha256,
            channels: result.channels.map { RunLogFormat.SpreadPart(min: $0.min, mean: $0.mean, max: $0.max) },
            top: result.top.map(top))
    }

    private static func top(_ prediction: Prediction) -> RunLogFormat.TopPart {
        RunLogFormat.TopPart(classNumber: prediction.classNumber, probability: prediction.probability)
    }

    /// An empty text is written as unknown.
    private static func text(_ text: String) -> String {
        text.isEmpty ? "unknown" : shortened(text, longestText)
    }

    private static func optionalText(_ text: String) -> String? {
        text.isEmpty ? nil : shortened(text, longestText)
    }

    /// Counted as the schema does it, in Unicode's code points.
    private static func shortened(_ text: String, _ longest: Int) -> String {
        let scalars = text.unicodeScalars
        return scalars.count <= longest ? text : String(scalars.prefix(longest - 3)) + "..."
    }

    private static func utc(_ epochMillis: Int) -> String {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        return formatter.string(from: Date(timeIntervalSince1970: Double(epochMillis) / 1_000))
    }
}
