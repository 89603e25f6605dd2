/// Durations, summed up.
public struct LatencyStatistics: Sendable {
    private static let nanosPerMilli = 1e6

    private let sorted: [Int]

    /// Sums up durations in nanoseconds, in any order; there may be none.
    public init(nanos: [Int]) {
        sorted = nanos.sorted()
    }

    /// How many there are.
    public var count: Int { sorted.count }

    /// The duration that so many percent of all do not exceed, by nearest rank: the smallest for which that is true.
    ///
    /// - Parameter percent: above 0, at most 100; 50 gives the median, 100 the longest.
    /// - Returns: milliseconds; nil if there are no durations.
    public func percentileMillis(_ percent: Double) -> Double? {
        precondition(percent > 0 && percent <= 100, "expected above 0 and at most 100 percent, received \(percent)")
        if sorted.isEmpty {
            return nil
        }
        // Multiplied first: 28 / 100 * 25 would come to a little more than 7.
        let rank = Int((percent * Double(sorted.count) / 100).rounded(.up))
        return Double(sorted[max(rank, 1) - 1]) / Self.nanosPerMilli
    }

    /// The mean in milliseconds; nil if there are no durations.
    public var meanMillis: Double? {
        sorted.isEmpty ? nil : sorted.reduce(0.0) { $0 + Double($1) } / Double(sorted.count) / Self.nanosPerMilli
    }
}
