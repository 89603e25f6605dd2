/// What happened to a frame that was fetched, and when, in nanoseconds of the pipeline's clock; nil is what did not.
public struct FrameTimes: Sendable, Equatable {
    /// The number among all that the camera took.
    public let number: Int
    /// When the camera took it.
    public let captureNanos: Int
    /// When preprocessing began.
    public internal(set) var startNanos: Int?
    /// When its result was there.
    public internal(set) var endNanos: Int?
    /// When it was on the screen.
    public internal(set) var shownNanos: Int?
}

/// What became of a pipeline's frames: counts of all, and times of the first `FrameLog.mostRows`.
public struct FrameReport: Sendable {
    /// How many frames the camera took from the first that was fetched to the last; processed + dropped.
    public let captured: Int
    /// How many frames were classified.
    public let processed: Int
    /// How many frames were shown.
    public let shown: Int
    private let drops: [DropReason: Int]
    /// The times of each.
    public let frames: [FrameTimes]

    init(captured: Int, processed: Int, shown: Int, dropped: [DropReason: Int], frames: [FrameTimes]) {
        self.captured = captured
        self.processed = processed
        self.shown = shown
        drops = dropped
        self.frames = frames
    }

    /// How many frames were not classified for a reason.
    public func dropped(_ reason: DropReason) -> Int {
        drops[reason, default: 0]
    }

    /// From the beginning of preprocessing to the result.
    public var latency: LatencyStatistics { untilEnd(\.startNanos) }

    /// From capture to the result.
    public var age: LatencyStatistics { untilEnd(\.capture) }

    private func untilEnd(_ from: KeyPath<FrameTimes, Int?>) -> LatencyStatistics {
        LatencyStatistics(
            nanos: frames.compactMap { frame in
                guard let start = frame[keyPath: from], let end = frame.endNanos else {
                    return nil
                }
                return end - start
            })
    }
}

extension FrameTimes {
    fileprivate var capture: Int? { captureNanos }
}
