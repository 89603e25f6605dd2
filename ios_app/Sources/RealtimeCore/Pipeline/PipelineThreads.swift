import Dispatch
import Foundation

/// The life of a pipeline's threads: started once, ended together, their first failure reported once.
final class PipelineThreads: Sendable {
    /// What a thread does. It returns when there is nothing more to do.
    typealias Task = @Sendable (Cancellation) throws -> Void

    private struct State {
        var started = false
        var running: Set<ObjectIdentifier> = []
        // Threads whose work is done, but of which the last one may still be closing the resources.
        var finishing: Set<ObjectIdentifier> = []
        var failures: [DeploymentError] = []
    }

    private let tasks: [(name: String, run: Task)]
    private let resources: [@Sendable () throws -> Void]
    private let listener: any PipelineListener
    private let cancellation = Cancellation()
    private let state = Monitor(State())

    /// Prepares.
    ///
    /// - Parameters:
    ///   - tasks: a thread each.
    ///   - resources: called after the last thread's work has ended, in this order.
    init(
        _ tasks: [(name: String, run: Task)], closing resources: [@Sendable () throws -> Void],
        listener: any PipelineListener
    ) {
        self.tasks = tasks
        self.resources = resources
        self.listener = listener
    }

    func start() throws {
        let started = DispatchGroup()
        let threads = tasks.map { task in
            let thread = Thread { [self] in
                // Linux forgets the name of a thread that runs before its start has returned to the starter.
                started.wait()
                // From within: before it runs, Linux has no thread that it could name.
                Thread.current.name = task.name
                live(task.run)
            }
            // What the person at the screen waits for.
            thread.qualityOfService = .userInitiated
            return thread
        }
        let identities = Set(threads.map { ObjectIdentifier($0) })
        try state.withLock { state in
            guard !state.started else {
                throw DeploymentError.misuse(
                    "expected a new pipeline, received one that was started or stopped before")
            }
            state.started = true
            state.running = identities
        }
        started.enter()
        for thread in threads {
            thread.start()
        }
        started.leave()
    }

    /// Asks all threads to end, and waits; see `Pipeline.stop`.
    func stop(timeoutMillis: Int) -> Bool {
        let neverStarted = state.withLock { state in
            let neverStarted = !state.started
            state.started = true
            return neverStarted
        }
        cancellation.cancel()
        if neverStarted {
            end()
            return true
        }
        let own = ObjectIdentifier(Thread.current)
        // The pipeline's clock is not asked: a test's clock may stand still.
        let deadline = Date(timeIntervalSinceNow: Double(timeoutMillis) / 1_000)
        return state.wait(until: deadline) { state in
            state.running.union(state.finishing).subtracting([own]).isEmpty
        }
    }

    private func live(_ run: Task) {
        do {
            defer { listener.onThreadEnd() }
            try run(cancellation)
        } catch is CancellationError where cancellation.isCancelled {
            // The pipeline was asked to end, and this thread did.
        } catch is CancellationError {
            fail(.unexpected("expected only the pipeline to cancel its work, received another's; start it again"))
        } catch let error as DeploymentError {
            fail(error)
        } catch {
            let received = "expected the pipeline to run, received \(error.text)"
            fail(.unexpected("\(received); start it again, or choose another engine"))
        }
        let own = ObjectIdentifier(Thread.current)
        let isLast = state.withLock { state in
            state.running.remove(own)
            state.finishing.insert(own)
            return state.running.isEmpty
        }
        if isLast {
            end()
        }
        state.withLock { _ = $0.finishing.remove(own) }
    }

    /// Reports the first failure, and ends all threads.
    private func fail(_ error: DeploymentError) {
        let isFirst = state.withLock { state in
            state.failures.append(error)
            return state.failures.count == 1
        }
        cancellation.cancel()
        if isFirst {
            listener.onError(error)
        }
    }

    private func end() {
        for close in resources {
            do {
                try close()
            } catch {
                // The others are closed all the same.
                let received = "expected the pipeline to let go of everything, received \(error.text)"
                fail(.unexpected("\(received); start the app again"))
            }
        }
        listener.onEnd(state.withLock { $0.failures })
    }
}
