import Dispatch
import Foundation
import RealtimeCore

/// From the camera through a network to the screen, once: it opens the model and the camera, runs until it is stopped
/// or something fails, and then may leave a run log. Sessions wait for one another on their queue, so that the camera
/// and the processor are free for the next one. Its methods may be called from any thread, and none of them waits.
final class LiveSession<Picture: Sendable>: Sendable {
    private let parts: LiveParts<Picture>
    private let plan: LivePlan
    private let phone: Phone
    private let logs: RunLogs
    private let clock: any NanoClock
    private let onChange: @MainActor @Sendable (LiveState) -> Void
    private let end = LiveEnd()
    private let latencies = Monitor(LatencyWindow())
    private let cpu: Monitor<CpuWindow>
    private let running = Monitor<(any Pipeline)?>(nil)

    /// Prepares a session.
    ///
    /// - Parameter onChange: told each state, in order; the last one is `failed` or `stopped`.
    init(
        parts: LiveParts<Picture>, plan: LivePlan, phone: Phone, logs: RunLogs, clock: any NanoClock = SystemClock(),
        onChange: @escaping @MainActor @Sendable (LiveState) -> Void
    ) {
        self.parts = parts
        self.plan = plan
        self.phone = phone
        self.logs = logs
        self.clock = clock
        self.onChange = onChange
        cpu = Monitor(CpuWindow(cpuTime: ProcessUse(), clock: clock, cores: ProcessUse.cores))
    }

    /// Starts it, as soon as those before it have ended.
    ///
    /// - Parameter queue: a serial one, not the main thread's.
    func start(on queue: DispatchQueue) {
        tell(.opening)
        queue.async { [self] in live() }
    }

    /// Ends it soon; the listener hears when. Calling it twice does no harm.
    func stop() {
        end.stop()
    }

    private func live() {
        var last: LiveState
        do {
            last = try run()
        } catch is CancellationError {
            // It was stopped while it opened.
            last = .stopped(log: nil)
        } catch let error as DeploymentError {
            last = .failed(error, log: nil)
        } catch {
            last = .failed(
                .unexpected(
                    "expected the live session to run, received \(error); start it again, or choose another model"),
                log: nil)
        }
        running.withLock { $0 = nil }
        tell(last)
    }

    /// - Returns: how it ended.
    /// - Throws: what kept it from running, or from writing its log.
    private func run() throws -> LiveState {
        try end.checkStopped()
        let model = try parts.openModel()
        let (pipeline, source) = try joined(model)
        // It closes the camera and the engine, also where it was never started.
        defer { pipeline.close() }
        try end.checkStopped()
        parts.display.prepare(
            width: source.width, height: source.height, rotation: source.rotation, input: model.manifest.input)
        let batteryAtStart = phone.batteryPercent()
        let timer = RunTimer(cpuTime: ProcessUse(), clock: clock, cores: ProcessUse.cores)
        end.watch(timer)
        running.withLock { $0 = pipeline }
        tell(.running(model.manifest))
        try pipeline.start()
        end.wait()
        // The camera first: another app may want it, while a slow network is still at its last frame.
        try source.close()
        pipeline.stop(timeoutMillis: 2_000)
        // First what happened, then the time in which it did.
        let frames = pipeline.log.report()
        let time = timer.stop()
        let part = RunPart.live(
            mode: pipeline.mode, workers: pipeline.workers, source: source.description, frames: frames)
        let log = RunLog(
            head: model.head(phone), time: time, resources: phone.resources(batteryAtStart: batteryAtStart), part: part)
        guard let failure = end.failure else {
            return .stopped(log: try write(log, of: model, at: time))
        }
        // What was measured before is true all the same: iOS may take the camera away at any moment. Before the first
        // frame, nothing was.
        return .failed(failure, log: frames.captured > 0 ? try write(log, of: model, at: time) : nil)
    }

    /// - Returns: the file; nil where the session is not recorded.
    private func write(_ log: RunLog, of model: OpenedModel, at time: RunTime) throws -> URL? {
        guard plan.isRecorded else {
            return nil
        }
        let file = try logs.newFile(
            kind: "live", model: model.manifest.model, engine: CoreMLNames.short, epochMillis: time.startedEpochMillis)
        try log.write(to: file)
        return file
    }

    /// The pipeline of the model and the camera. What was opened is closed again where the rest cannot be.
    private func joined(_ model: OpenedModel) throws -> (any Pipeline, any FrameSource<Picture>) {
        do {
            try end.checkStopped()
            let source = try parts.openCamera()
            do {
                let classifier = try parts.classifier(model, source)
                let display = MeteredDisplay(parts.display, latencies)
                let pipeline: any Pipeline =
                    plan.isMultithreaded
                    ? MultithreadedPipeline(
                        source: source, classifier: classifier, display: display, clock: clock, listener: end)
                    : SingleThreadedPipeline(
                        source: source, classifier: classifier, display: display, clock: clock, listener: end)
                return (pipeline, source)
            } catch {
                try source.close()
                throw error
            }
        } catch {
            model.engine.close()
            throw error
        }
    }

    private func tell(_ state: LiveState) {
        let onChange = onChange
        onMain { onChange(state) }
    }

    /// The newest result; nil before the first, and after the end.
    var latest: Classification? { running.withLock { $0?.log.latest } }

    /// What the meters read now; all zero and no latency where no frames run.
    func meters() -> Meters {
        let now = clock.nanoTime()
        let percent = cpu.withLock { $0.percent() }
        guard let log = running.withLock({ $0?.log }) else {
            return Meters(fps: 0, processedPerSecond: 0, latencyMillis: nil, cpuPercent: percent)
        }
        return Meters(
            fps: log.shownPerSecond(at: now), processedPerSecond: log.processedPerSecond(at: now),
            latencyMillis: latencies.withLock { $0.meanMillis(at: now) }, cpuPercent: percent)
    }
}
