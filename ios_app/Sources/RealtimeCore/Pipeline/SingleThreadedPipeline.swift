/// Capture, inference and drawing in turn on one thread.
///
/// The screen shows a frame only after its network has run, so that frames per second and frames processed per second
/// are the same, and both as low as the network is slow (paper, section III.B).
public final class SingleThreadedPipeline<Image: Sendable>: Pipeline {
    public let mode = PipelineMode.single
    public let log: FrameLog
    private let turns: Turns<Image>
    private let threads: PipelineThreads

    /// Prepares a pipeline; nothing runs yet.
    ///
    /// - Parameters:
    ///   - source: is closed when the pipeline ends.
    ///   - classifier: is closed when the pipeline ends.
    public init(
        source: any FrameSource<Image>, classifier: any Classifier<Image>, display: any Display<Image>,
        clock: any NanoClock, listener: any PipelineListener
    ) {
        let log = FrameLog()
        let turns = Turns(source: source, classifier: classifier, display: display, clock: clock, log: log)
        self.log = log
        self.turns = turns
        threads = PipelineThreads(
            [("screen", turns.takeAll)], closing: [{ try source.close() }, { classifier.close() }], listener: listener)
    }

    public func start() throws {
        try threads.start()
    }

    @discardableResult
    public func stop(timeoutMillis: Int) -> Bool {
        threads.stop(timeoutMillis: timeoutMillis)
    }

    /// Takes one frame all the way; false when the source has ended.
    func step(_ cancellation: Cancellation) throws -> Bool {
        try turns.step(cancellation)
    }
}

/// The work of the one thread, which must not hold on to the pipeline that owns it.
private struct Turns<Image: Sendable>: Sendable {
    let source: any FrameSource<Image>
    let classifier: any Classifier<Image>
    let display: any Display<Image>
    let clock: any NanoClock
    let log: FrameLog

    func takeAll(_ cancellation: Cancellation) throws {
        while try !cancellation.isCancelled && step(cancellation) {}
    }

    func step(_ cancellation: Cancellation) throws -> Bool {
        guard let frame = try source.next(cancellation: cancellation) else {
            return false
        }
        let fetched = try log.captured(frame)
        let result: Classification
        do {
            result = try classifier.classify(frame, cancellation: cancellation)
            log.processed(fetched, result)
        } catch {
            log.drop(DropReason(error))
            throw error
        }
        try display.show(frame, latest: result, cancellation: cancellation)
        log.shown(fetched, at: clock.nanoTime())
        return true
    }
}
