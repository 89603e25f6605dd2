import RealtimeCore

/// Passes on what a measurement does, but counts only ten times a second: between two, the screen could show nothing
/// new.
final class StepProgress: Sendable {
    private static let pauseNanos = 100_000_000

    private let report: @Sendable (RunStep) -> Void
    private let clock: any NanoClock
    private let toldNanos = Monitor<Int?>(nil)

    init(_ report: @escaping @Sendable (RunStep) -> Void, clock: any NanoClock = SystemClock()) {
        self.report = report
        self.clock = clock
    }

    /// Takes what is done now.
    func tell(_ step: RunStep) {
        if case .counted = step {
            let now = clock.nanoTime()
            let isTooSoon = toldNanos.withLock { told in
                if let last = told, now - last < Self.pauseNanos {
                    return true
                }
                told = now
                return false
            }
            if isTooSoon {
                return
            }
        }
        report(step)
    }
}
