import Dispatch
import RealtimeCore

/// Why and when a live session ends: it is stopped, its frames end, or something fails.
final class LiveEnd: PipelineListener {
    private let ended = DispatchSemaphore(value: 0)
    private let failed = Monitor<DeploymentError?>(nil)
    private let timer = Monitor<RunTimer?>(nil)
    private let cancellation = Cancellation()

    /// Ends the session, whatever it does.
    func stop() {
        cancellation.cancel()
        ended.signal()
    }

    /// - Throws: `CancellationError` where the session was stopped meanwhile.
    func checkStopped() throws {
        try cancellation.check()
    }

    /// Waits for the end.
    func wait() {
        ended.wait()
    }

    /// What the pipeline failed with, if it did.
    var failure: DeploymentError? { failed.withLock { $0 } }

    /// Lets a timer look at each thread before it ends; called before the pipeline starts.
    func watch(_ timer: RunTimer) {
        self.timer.withLock { $0 = timer }
    }

    func onThreadEnd() {
        timer.withLock { $0 }?.readThreads()
    }

    func onError(_ error: DeploymentError) {
        failed.withLock { $0 = error }
        ended.signal()
    }

    func onEnd(_ failures: [DeploymentError]) {
        ended.signal()
    }
}

/// Shows frames, and takes note of each result's latency.
final class MeteredDisplay<Picture: Sendable>: Display {
    private let display: any LiveDisplay<Picture>
    private let latencies: Monitor<LatencyWindow>

    init(_ display: any LiveDisplay<Picture>, _ latencies: Monitor<LatencyWindow>) {
        self.display = display
        self.latencies = latencies
    }

    func show(_ frame: Frame<Picture>, latest: Classification?, cancellation: Cancellation) throws {
        if let latest {
            latencies.withLock { $0.add(latest) }
        }
        try display.show(frame, latest: latest, cancellation: cancellation)
    }
}
