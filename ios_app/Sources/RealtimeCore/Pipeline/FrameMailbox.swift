/// Where one thread leaves frames for another: only the newest waits.
///
/// For sources whose camera delivers frames on a queue of its own: the queue puts, the source's `next` takes. The
/// frames' numbers tell how many were replaced meanwhile.
public final class FrameMailbox<Image: Sendable>: Sendable {
    private struct State {
        var waiting: Frame<Image>?
        var failure: DeploymentError?
        var ended = false
    }

    private let state = Monitor(State())

    /// Makes an empty one.
    public init() {}

    /// Leaves a frame, in the place of one that still waits; after the end, nothing happens.
    public func put(_ frame: Frame<Image>) {
        state.withLock { state in
            if !state.ended {
                state.waiting = frame
            }
        }
    }

    /// No more frames will come, because something failed. Whoever takes is told so at once.
    public func fail(_ error: DeploymentError) {
        state.withLock { state in
            state.failure = state.failure ?? error
            state.waiting = nil
            state.ended = true
        }
    }

    /// No more frames will come. One that waits may still be taken.
    public func end() {
        state.withLock { $0.ended = true }
    }

    /// Waits for a frame.
    ///
    /// - Returns: nil when none is left and none will come.
    /// - Throws: what it failed with; `CancellationError`.
    public func take(cancellation: Cancellation) throws -> Frame<Image>? {
        let taken: Taken = try state.wait(cancellation: cancellation) { state in
            if let failure = state.failure {
                throw failure
            }
            if let frame = state.waiting {
                state.waiting = nil
                return Taken(frame: frame)
            }
            return state.ended ? Taken(frame: nil) : nil
        }
        return taken.frame
    }

    private struct Taken {
        let frame: Frame<Image>?
    }
}
