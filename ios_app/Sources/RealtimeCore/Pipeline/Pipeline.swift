/// Whether the network has a thread of its own.
public enum PipelineMode: String, CaseIterable, Sendable {
    /// Capture, inference and drawing in turn on one thread.
    case single
    /// Inference on a thread of its own.
    case multi
}

/// Frames from a source through a network to a display.
///
/// It owns its source and its classifier, and closes them when it ends: by itself when the source ends or something
/// fails, or when it is stopped. All methods may be called from any thread.
public protocol Pipeline: AnyObject, Sendable {
    /// Starts the threads.
    ///
    /// - Throws: `DeploymentError.misuse` where it was started or stopped before.
    func start() throws

    /// Ends the pipeline, and waits until its threads have ended.
    ///
    /// A runtime's own code cannot be interrupted: where it does not come back in time, this returns all the same, and
    /// the engine is closed as soon as it comes back. Called from one of the pipeline's own threads, it does not wait
    /// for that one.
    ///
    /// - Parameter timeoutMillis: how long to wait at most; 0 does not wait.
    /// - Returns: whether all threads (but the calling one) have ended.
    @discardableResult
    func stop(timeoutMillis: Int) -> Bool

    /// What became of the frames so far.
    var log: FrameLog { get }

    /// How many threads run the network: 1.
    var workers: Int { get }

    /// Whether the network has a thread of its own.
    var mode: PipelineMode { get }
}

extension Pipeline {
    public var workers: Int { 1 }

    /// Stops, and waits for a second at most. Calling it twice does no harm.
    public func close() {
        stop(timeoutMillis: 1_000)
    }
}

/// Who is told how a pipeline fares. Called from the pipeline's threads; may call the pipeline's methods.
public protocol PipelineListener: AnyObject, Sendable {
    /// Something failed, and the pipeline ends; called at most once, at once.
    func onError(_ error: DeploymentError)

    /// One of the pipeline's threads has done its work and is about to end; called on each of them, while the source and
    /// the engine are still open. The moment for what cannot be asked of a thread later, such as its CPU time.
    func onThreadEnd()

    /// All threads have ended, and the source and the engine are closed; called exactly once, after everything else.
    ///
    /// - Parameter failures: what failed, the first failure first, then those that followed from it; empty when all
    ///   went well.
    func onEnd(_ failures: [DeploymentError])
}
