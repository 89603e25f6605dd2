import Foundation
import RealtimeCore

/// A measurement's result in lines for the screen.
struct Summary: Sendable {
    private let model: OpenedModel
    private let time: RunTime

    init(_ model: OpenedModel, _ time: RunTime) {
        self.model = model
        self.time = time
    }

    func of(_ result: AccuracyResult) -> [ResultLine] {
        head + images(result) + [correct("Top-1 accuracy", result, 1), correct("Top-5 accuracy", result, 5)]
            + latency("Latency", Self.latency(result)) + tail
    }

    /// As the paper tells of LeNet: the time per image first (section IV).
    func ofDigits(_ result: AccuracyResult) -> [ResultLine] {
        let mean = Self.latency(result).meanMillis.map { Self.millis($0) }
        return head + [ResultLine(label: "Time per image", value: mean ?? "no image was classified")] + images(result)
            + [correct("Top-1 accuracy", result, 1)] + tail
    }

    func of(_ result: BenchmarkResult) -> [ResultLine] {
        head + [
            ResultLine(label: "Opening", value: Self.millis(Double(model.initNanos) / 1e6)),
            ResultLine(label: "First call", value: Self.millis(Double(result.firstNanos) / 1e6)),
            ResultLine(label: "Steady calls", value: String(result.invokeNanos.count)),
        ] + latency("Latency", result.steady)
            + latency("Preprocessing", LatencyStatistics(nanos: result.preprocessNanos))
            + latency("Network", LatencyStatistics(nanos: result.invokeNanos)) + tail
    }

    private var head: [ResultLine] {
        var lines = [ResultLine(label: "Model", value: model.manifest.title)]
        if model.manifest.weights.isUntrained {
            let told = "untrained: the classes mean nothing, only the speed does"
            lines.append(ResultLine(label: "Weights", value: told))
        }
        lines.append(ResultLine(label: "Engine", value: "\(model.engine.name), \(model.engine.version)"))
        return lines
    }

    private var tail: [ResultLine] {
        [
            ResultLine(label: "CPU, of all cores", value: String(format: "%.0f %%", time.cpuPercent)),
            ResultLine(label: "Duration", value: String(format: "%.1f s", Double(time.wallNanos) / 1e9)),
        ]
    }

    private func images(_ result: AccuracyResult) -> [ResultLine] {
        var lines = [ResultLine(label: "Images", value: String(result.images.count))]
        if let first = result.failed.first {
            // The first one's reason; the run log has them all.
            lines.append(ResultLine(label: "Could not be read", value: "\(result.failed.count): \(first.message)"))
        }
        return lines
    }

    private func correct(_ label: String, _ result: AccuracyResult, _ count: Int) -> ResultLine {
        let labelled = result.labelled
        guard labelled > 0 else {
            return ResultLine(label: label, value: "no image has a label")
        }
        let correct = result.correct(top: count)
        let percent = String(format: "%.2f", 100 * Double(correct) / Double(labelled))
        return ResultLine(label: label, value: "\(percent) % (\(correct) of \(labelled))")
    }

    private static func latency(_ result: AccuracyResult) -> LatencyStatistics {
        LatencyStatistics(nanos: result.images.map { $0.preprocessNanos + $0.invokeNanos })
    }

    private func latency(_ label: String, _ latency: LatencyStatistics) -> [ResultLine] {
        guard let mean = latency.meanMillis, let median = latency.percentileMillis(50),
            let most = latency.percentileMillis(95)
        else {
            return []
        }
        let value = "mean \(Self.millis(mean)), median \(Self.millis(median)), 95 % within \(Self.millis(most))"
        return [ResultLine(label: label, value: value)]
    }

    private static func millis(_ millis: Double) -> String {
        String(format: "%.2f ms", millis)
    }
}
