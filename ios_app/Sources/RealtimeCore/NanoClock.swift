import Dispatch
import Foundation

/// Time, as the pipelines see it: the machine's, or a test's. Safe to use from any thread.
public protocol NanoClock: Sendable {
    /// Nanoseconds since a fixed but unknown moment; never runs backwards.
    func nanoTime() -> Int

    /// Milliseconds since 1970 in UTC, for the head of a run log.
    func epochMillis() -> Int

    /// Waits until `nanoTime` has reached a moment; returns at once when it has passed already.
    ///
    /// - Throws: `CancellationError` when it is cancelled meanwhile, or was before.
    func sleep(until nanos: Int, cancellation: Cancellation) throws
}

/// The machine's own clock. On Apple's systems it is the host clock, by which cameras stamp their frames.
public struct SystemClock: NanoClock {
    /// Makes one; all are alike.
    public init() {}

    public func nanoTime() -> Int {
        Int(DispatchTime.now().uptimeNanoseconds)
    }

    public func epochMillis() -> Int {
        Int((Date().timeIntervalSince1970 * 1_000).rounded())
    }

    public func sleep(until nanos: Int, cancellation: Cancellation) throws {
        try cancellation.check()
        if nanoTime() >= nanos {
            return
        }
        let wake = DispatchSemaphore(value: 0)
        try cancellation.wakening({ wake.signal() }) {
            // Asked again now that a cancellation wakes: one that came in between had nobody to wake.
            try cancellation.check()
            // A wait may end a little early: what is left is waited again.
            while nanoTime() < nanos {
                let woken = wake.wait(timeout: DispatchTime(uptimeNanoseconds: UInt64(nanos))) == .success
                if woken {
                    throw CancellationError()
                }
            }
        }
    }
}
