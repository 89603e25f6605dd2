/// How often something happens per second, over the time just past.
public struct RateMeter: Sendable {
    /// More in one window are not counted; no screen and no network is as fast.
    static let mostMarks = 4_096

    private let windowNanos: Int
    // Those before the oldest are forgotten.
    private var marks: [Int] = []
    private var oldest = 0

    /// Counts over windows of a length in nanoseconds, at least 1.
    public init(windowNanos: Int) {
        precondition(windowNanos >= 1, "expected a window of at least 1 ns, received \(windowNanos)")
        self.windowNanos = windowNanos
    }

    /// It happened, at a moment not before the last one.
    public mutating func mark(at nanos: Int) {
        forget(before: nanos)
        if marks.count - oldest == Self.mostMarks {
            oldest += 1
        }
        marks.append(nanos)
    }

    /// How often per second, over the window that ends at a moment.
    public func perSecond(at nanos: Int) -> Double {
        let within = marks[oldest...].lazy.filter { nanos - $0 < windowNanos }.count
        return Double(within) * 1e9 / Double(windowNanos)
    }

    private mutating func forget(before nanos: Int) {
        while oldest < marks.count && nanos - marks[oldest] >= windowNanos {
            oldest += 1
        }
        // Seldom, so that moving what is left costs next to nothing.
        if oldest > Self.mostMarks {
            marks.removeFirst(oldest)
            oldest = 0
        }
    }
}
