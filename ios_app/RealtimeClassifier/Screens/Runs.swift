import Combine
import RealtimeCore
import SwiftUI

/// The run that goes on now, or was the last one.
@MainActor
final class Runs: ObservableObject {
    /// Where a run is in its life.
    enum State {
        case none
        case running(Measure, RunStep)
        case done(Measure, RunResult)
        case failed(Measure, DeploymentError)
        case cancelled(Measure)
        case refused(DeploymentError)
    }

    @Published private(set) var state = State.none
    private var cancellation = Cancellation()

    /// Whether a run goes on now.
    var isRunning: Bool {
        if case .running = state {
            return true
        }
        return false
    }

    /// Measures, after what is measured already.
    func start(_ request: RunRequest, _ app: AppModel) {
        guard !isRunning else {
            return
        }
        let resources: Measurement.Resources
        do {
            resources = try app.measurementResources()
        } catch {
            state = .refused(error as? DeploymentError ?? .unexpected(error.localizedDescription))
            return
        }
        let measure = request.measure
        state = .running(measure, .doing("Waiting"))
        let cancellation = Cancellation()
        self.cancellation = cancellation
        // A phone that falls asleep measures nothing.
        UIApplication.shared.isIdleTimerDisabled = true
        Task {
            let placement = await app.placement(request.model, request.units)
            let measurement = Measurement(
                request: request, open: app.opener(placement), resources: resources, phone: app.phone, logs: app.logs)
            app.oneAtATime.async {
                let last = Self.outcome(measurement, cancellation) { step in
                    onMain { [weak self] in self?.show(measure, step) }
                }
                onMain { [weak self] in self?.end(last, app) }
            }
        }
    }

    private nonisolated static func outcome(
        _ measurement: Measurement, _ cancellation: Cancellation, _ report: @escaping @Sendable (RunStep) -> Void
    ) -> State {
        let measure = measurement.request.measure
        // The folder is another app's: iOS lends it for as long as it is used.
        let lent = measurement.request.images
        let isLent = lent?.startAccessingSecurityScopedResource() ?? false
        defer {
            if isLent {
                lent?.stopAccessingSecurityScopedResource()
            }
        }
        let progress = StepProgress(report)
        do {
            return .done(measure, try measurement.run(cancellation: cancellation) { progress.tell($0) })
        } catch is CancellationError {
            return .cancelled(measure)
        } catch let error as DeploymentError {
            return .failed(measure, error)
        } catch {
            return .failed(
                measure,
                .unexpected(
                    "expected the measurement to run, received \(error); start it again, or choose another "
                        + "model"))
        }
    }

    private func show(_ measure: Measure, _ step: RunStep) {
        if isRunning {
            state = .running(measure, step)
        }
    }

    private func end(_ last: State, _ app: AppModel) {
        state = last
        UIApplication.shared.isIdleTimerDisabled = false
        if case .done = last {
            app.logChanges += 1
        }
    }

    /// Ends it soon, without a result. Calling it twice, or after the end, does no harm.
    func cancel() {
        cancellation.cancel()
    }
}
