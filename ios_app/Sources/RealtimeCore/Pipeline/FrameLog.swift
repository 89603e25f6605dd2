/// Why a frame that the camera took was not classified.
public enum DropReason: String, CaseIterable, Sendable {
    /// The camera replaced it by a newer one before the pipeline fetched it.
    case skippedBySource = "skipped_by_source"
    /// A newer one came before the worker was free.
    case replacedByNewer = "replaced_by_newer"
    /// The pipeline was stopped before its result was there.
    case stopped
    /// The engine or the screen failed at it.
    case failed

    /// The reason behind what a frame's work ended with.
    init(_ error: any Error) {
        self = error is CancellationError ? .stopped : .failed
    }
}

/// What became of each frame, and when. Its threads write to it; any thread may read.
///
/// Times are kept of the first frames only, so that a long run needs no more memory; the counts are of all.
public final class FrameLog: Sendable {
    /// Of how many fetched frames times are kept: a quarter of an hour at 30 a second.
    public static let mostRows = 27_000

    private static let secondNanos = 1_000_000_000

    private struct State {
        var rows: [FrameTimes] = []
        var lastNumber = -1
        var captured = 0
        var processed = 0
        var shown = 0
        var dropped: [DropReason: Int] = [:]
        var latest: Classification?
        var shownRate = RateMeter(windowNanos: secondNanos)
        var processedRate = RateMeter(windowNanos: secondNanos)
    }

    private let state = Monitor(State())

    init() {}

    /// A frame was fetched. Frames whose numbers were jumped over count as skipped by the source.
    ///
    /// - Returns: the frame with its row here.
    /// - Throws: `DeploymentError.frame` where its number is not above that of the frame before.
    func captured<Image>(_ frame: Frame<Image>) throws -> FetchedFrame<Image> {
        let row: Int? = try state.withLock { state in
            guard frame.number > state.lastNumber else {
                throw DeploymentError.frame(
                    "expected a frame with a number above \(state.lastNumber), received \(frame.number); "
                        + "a source must give no frame twice")
            }
            // The first frame's number is where the count begins.
            let skipped = state.captured == 0 ? 0 : frame.number - state.lastNumber - 1
            state.dropped[.skippedBySource, default: 0] += skipped
            state.captured += 1 + skipped
            state.lastNumber = frame.number
            guard state.rows.count < Self.mostRows else {
                return nil
            }
            state.rows.append(FrameTimes(number: frame.number, captureNanos: frame.captureNanos))
            return state.rows.count - 1
        }
        return FetchedFrame(frame: frame, row: row)
    }

    func processed<Image>(_ fetched: FetchedFrame<Image>, _ result: Classification) {
        state.withLock { state in
            state.processed += 1
            state.latest = result
            state.processedRate.mark(at: result.endNanos)
            if let row = fetched.row {
                state.rows[row].startNanos = result.startNanos
                state.rows[row].endNanos = result.endNanos
            }
        }
    }

    func shown<Image>(_ fetched: FetchedFrame<Image>, at nanos: Int) {
        state.withLock { state in
            state.shown += 1
            state.shownRate.mark(at: nanos)
            if let row = fetched.row {
                state.rows[row].shownNanos = nanos
            }
        }
    }

    func drop(_ reason: DropReason) {
        state.withLock { $0.dropped[reason, default: 0] += 1 }
    }

    /// The newest result; nil before the first.
    public var latest: Classification? { state.withLock { $0.latest } }

    /// How many frames the camera took since the first one that was fetched, that one included.
    public var captured: Int { state.withLock { $0.captured } }

    /// How many frames were classified.
    public var processed: Int { state.withLock { $0.processed } }

    /// How many frames were shown.
    public var shown: Int { state.withLock { $0.shown } }

    /// How many frames were not classified for a reason; at the end, all are either processed or dropped.
    public func dropped(_ reason: DropReason) -> Int {
        state.withLock { $0.dropped[reason, default: 0] }
    }

    /// Frames shown per second (FPS), over the second before a moment of the pipeline's clock.
    public func shownPerSecond(at nanos: Int) -> Double {
        state.withLock { $0.shownRate.perSecond(at: nanos) }
    }

    /// Frames processed per second, over the second before a moment of the pipeline's clock.
    public func processedPerSecond(at nanos: Int) -> Double {
        state.withLock { $0.processedRate.perSecond(at: nanos) }
    }

    /// All that is known, as if the pipeline ended now: frames still on their way count as stopped.
    public func report() -> FrameReport {
        state.withLock { state in
            var dropped = state.dropped
            dropped[.stopped, default: 0] += state.captured - state.processed - state.dropped.values.reduce(0, +)
            return FrameReport(
                captured: state.captured, processed: state.processed, shown: state.shown, dropped: dropped,
                frames: state.rows)
        }
    }
}

/// A frame that a pipeline fetched, and its row in the log; nil when the log keeps no more times.
struct FetchedFrame<Image: Sendable>: Sendable {
    let frame: Frame<Image>
    let row: Int?
}
