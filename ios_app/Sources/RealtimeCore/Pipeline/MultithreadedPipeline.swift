/// Capture and drawing on one thread, inference on another.
///
/// The screen shows every frame with the newest result, while the worker takes the newest frame whenever it is free
/// (paper, section III.B). Frames that became stale meanwhile are dropped and counted.
public final class MultithreadedPipeline<Image: Sendable>: Pipeline {
    public let mode = PipelineMode.multi
    public let log: FrameLog
    private let halves: Halves<Image>
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
        let halves = Halves(
            source: source, classifier: classifier, display: display, clock: clock, log: log,
            exchange: FrameExchange(log: log))
        self.log = log
        self.halves = halves
        threads = PipelineThreads(
            [("screen", halves.showAll), ("worker", halves.classifyAll)],
            closing: [{ try source.close() }, { classifier.close() }], listener: listener)
    }

    public func start() throws {
        try threads.start()
    }

    @discardableResult
    public func stop(timeoutMillis: Int) -> Bool {
        threads.stop(timeoutMillis: timeoutMillis)
    }

    /// Shows one frame and leaves it for the worker; false when the source has ended.
    func displayStep(_ cancellation: Cancellation) throws -> Bool {
        try halves.displayStep(cancellation)
    }

    /// Whether a frame waits for `workerStep`.
    var isWorkWaiting: Bool { halves.exchange.isWaiting }

    /// Classifies the frame that waits.
    func workerStep(_ cancellation: Cancellation) throws {
        try halves.workerStep(cancellation)
    }
}

/// The work of the two threads, which must not hold on to the pipeline that owns it.
private struct Halves<Image: Sendable>: Sendable {
    let source: any FrameSource<Image>
    let classifier: any Classifier<Image>
    let display: any Display<Image>
    let clock: any NanoClock
    let log: FrameLog
    let exchange: FrameExchange<Image>

    func showAll(_ cancellation: Cancellation) throws {
        defer { exchange.end() }
        while try !cancellation.isCancelled && displayStep(cancellation) {}
    }

    func classifyAll(_ cancellation: Cancellation) throws {
        defer { exchange.abandon() }
        while try !cancellation.isCancelled && exchange.await(cancellation: cancellation) {
            try workerStep(cancellation)
        }
    }

    func displayStep(_ cancellation: Cancellation) throws -> Bool {
        guard let frame = try source.next(cancellation: cancellation) else {
            return false
        }
        let fetched = try log.captured(frame)
        do {
            try display.show(frame, latest: log.latest, cancellation: cancellation)
        } catch {
            log.drop(DropReason(error))
            throw error
        }
        log.shown(fetched, at: clock.nanoTime())
        exchange.offer(fetched)
        return true
    }

    func workerStep(_ cancellation: Cancellation) throws {
        guard let fetched = exchange.take() else {
            return
        }
        do {
            log.processed(fetched, try classifier.classify(fetched.frame, cancellation: cancellation))
        } catch {
            log.drop(DropReason(error))
            throw error
        }
    }
}
