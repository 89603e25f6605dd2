/// A listener that waits for a pipeline's end, for whoever has nothing else to do meanwhile.
public final class PipelineEnd: PipelineListener {
    private let failures = Monitor<[DeploymentError]?>(nil)
    private let timer = Monitor<RunTimer?>(nil)

    /// Makes one, for one pipeline.
    public init() {}

    /// Lets a timer look at each thread before it ends; called before the pipeline starts.
    public func watch(_ timer: RunTimer) {
        self.timer.withLock { $0 = timer }
    }

    public func onThreadEnd() {
        timer.withLock { $0 }?.readThreads()
    }

    public func onError(_ error: DeploymentError) {
        // `onEnd` tells it again, with what followed from it.
    }

    public func onEnd(_ failures: [DeploymentError]) {
        self.failures.withLock { $0 = failures }
    }

    /// Waits on the calling thread.
    ///
    /// - Throws: what the pipeline failed with first; `CancellationError` if the waiting is cancelled, which does not
    ///   end the pipeline.
    public func wait(cancellation: Cancellation) throws {
        if let failure = try failures.wait(cancellation: cancellation, for: { $0 }).first {
            throw failure
        }
    }
}
