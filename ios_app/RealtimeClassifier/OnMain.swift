import Dispatch

/// Runs something on the main thread soon; of several calls from one thread, the first one first.
func onMain(_ body: @escaping @MainActor @Sendable () -> Void) {
    DispatchQueue.main.async {
        MainActor.assumeIsolated {
            body()
        }
    }
}
