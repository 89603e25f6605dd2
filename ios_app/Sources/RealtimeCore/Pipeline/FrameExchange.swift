/// Where the display's thread leaves frames for the worker: only the newest waits, and what became of the others is
/// counted.
final class FrameExchange<Image: Sendable>: Sendable {
    private struct State {
        var waiting: FetchedFrame<Image>?
        var ended = false
    }

    private let log: FrameLog
    private let state = Monitor(State())

    init(log: FrameLog) {
        self.log = log
    }

    /// Leaves a frame for the worker. One that still waits is dropped. After the end, this one is.
    func offer(_ frame: FetchedFrame<Image>) {
        state.withLock { state in
            if state.ended {
                log.drop(.stopped)
                return
            }
            if state.waiting != nil {
                log.drop(.replacedByNewer)
            }
            state.waiting = frame
        }
    }

    /// Waits until there is a frame; false when none is left and none will come.
    func await(cancellation: Cancellation) throws -> Bool {
        try state.wait(cancellation: cancellation) { state in
            state.waiting != nil ? true : state.ended ? false : nil
        }
    }

    /// Whether a frame waits.
    var isWaiting: Bool { state.withLock { $0.waiting != nil } }

    /// The frame that waits, if one does.
    func take() -> FetchedFrame<Image>? {
        state.withLock { state in
            let frame = state.waiting
            state.waiting = nil
            return frame
        }
    }

    /// No more frames will come. One that waits may still be taken.
    func end() {
        state.withLock { $0.ended = true }
    }

    /// As `end`, and a frame that waits is dropped.
    func abandon() {
        state.withLock { state in
            state.ended = true
            if state.waiting != nil {
                log.drop(.stopped)
                state.waiting = nil
            }
        }
    }
}
