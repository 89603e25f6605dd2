import Foundation

@testable import RealtimeCore

/// A clock that stands still until somebody sleeps. What was planned for the time slept over happens meanwhile, in the
/// order of time: so two threads' work can be played on one, each time alike. What is planned must not sleep itself.
///
/// For the one thread of a test, which is why the compiler may take our word for it.
final class FakeClock: NanoClock, @unchecked Sendable {
    private var planned: [(nanos: Int, event: () throws -> Void)] = []
    private var nanos: Int

    init(startingAt nanos: Int = 0) {
        self.nanos = nanos
    }

    func plan(_ moment: Int, _ event: @escaping () throws -> Void) {
        planned.append((moment, event))
    }

    /// Sleeps until the next planned event has happened; false when none is planned.
    func sleepToNext() throws -> Bool {
        guard let next = planned.map(\.nanos).min() else {
            return false
        }
        try sleep(until: next, cancellation: Cancellation())
        return true
    }

    func nanoTime() -> Int { nanos }

    func epochMillis() -> Int { 1_500_000_000_123 }

    func sleep(until moment: Int, cancellation: Cancellation) throws {
        try cancellation.check()
        // Of events of the same moment, the first that was planned.
        while let next = planned.indices.min(by: { planned[$0].nanos < planned[$1].nanos }),
            planned[next].nanos <= moment
        {
            nanos = max(nanos, planned[next].nanos)
            try planned.remove(at: next).event()
        }
        nanos = max(nanos, moment)
    }
}
