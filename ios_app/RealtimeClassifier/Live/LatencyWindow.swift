import RealtimeCore

/// The latencies of the results of the second just past.
struct LatencyWindow: Sendable {
    private static let windowNanos = 1_000_000_000
    private static let nanosPerMilli = 1e6

    // The oldest first: those of the second before the newest, and the newest.
    private var results: [Classification] = []

    /// Takes a result; the same one again changes nothing.
    mutating func add(_ result: Classification) {
        guard result.frameNumber != results.last?.frameNumber else {
            return
        }
        results.append(result)
        results.removeAll { result.endNanos - $0.endNanos >= Self.windowNanos }
    }

    /// The mean over the second before a moment, in milliseconds. Of a network that takes longer, the last result's;
    /// nil before the first.
    func meanMillis(at nanos: Int) -> Double? {
        guard let last = results.last else {
            return nil
        }
        let recent = results.filter { nanos - $0.endNanos < Self.windowNanos }
        let used = recent.isEmpty ? [last] : recent
        return used.reduce(0) { $0 + Double($1.latencyNanos) } / Double(used.count) / Self.nanosPerMilli
    }
}
