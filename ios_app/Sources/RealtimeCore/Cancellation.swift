/// The word to end, for threads that work and for threads that wait; said once, it stays said.
///
/// What the interruption of a thread is in Java. Safe to use from any thread.
public final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var wakers: [Int: @Sendable () -> Void] = [:]
        var nextWaker = 0
    }

    private let state = Monitor(State())

    /// Makes one that nobody has cancelled.
    public init() {}

    /// Whether `cancel` was called.
    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Asks everybody who looks at this to end, and wakes those who wait.
    public func cancel() {
        let wakers = state.withLock { state in
            state.isCancelled = true
            return Array(state.wakers.values)
        }
        // Without the lock: who is woken may look at this at once.
        for wake in wakers {
            wake()
        }
    }

    /// - Throws: `CancellationError` after `cancel`.
    public func check() throws {
        if isCancelled {
            throw CancellationError()
        }
    }

    /// Runs something that waits in a way of its own, and has it woken by `cancel`.
    ///
    /// - Parameters:
    ///   - wake: called by `cancel`, on the thread that calls it, and perhaps never. A cancellation from before calls
    ///     nothing: the body looks itself, under the lock that `wake` takes too.
    ///   - body: what waits.
    public func wakening<Result>(
        _ wake: @escaping @Sendable () -> Void, _ body: () throws -> Result
    ) rethrows -> Result {
        let number = state.withLock { state in
            state.nextWaker += 1
            state.wakers[state.nextWaker] = wake
            return state.nextWaker
        }
        defer { state.withLock { _ = $0.wakers.removeValue(forKey: number) } }
        return try body()
    }
}
