import Foundation

/// A value that one thread at a time may see or change, and that threads can wait on.
///
/// The one place of the core where the compiler takes our word for the safety of shared state: the value is reachable
/// through the lock only, and neither it nor what leaves it may hold references to anything unsafe.
public final class Monitor<State: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var state: State

    /// Guards a value.
    public init(_ state: State) {
        self.state = state
    }

    /// Sees or changes the value. Whoever waits looks again afterwards.
    public func withLock<Result: Sendable>(_ body: (inout State) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try body(&state)
    }

    /// Waits until the body gives something.
    ///
    /// - Throws: `CancellationError` if the cancellation comes first; what the body throws.
    public func wait<Result: Sendable>(
        cancellation: Cancellation, for body: (inout State) throws -> Result?
    ) throws -> Result {
        try cancellation.wakening({ [self] in withLock { _ in } }) {
            condition.lock()
            defer { condition.unlock() }
            while true {
                try cancellation.check()
                if let result = try body(&state) {
                    condition.broadcast()
                    return result
                }
                condition.wait()
            }
        }
    }

    /// Waits until the body is true, or a moment of the machine's own clock has come.
    ///
    /// - Returns: whether it became true.
    public func wait(until deadline: Date, for body: (State) -> Bool) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while !body(state) {
            if !condition.wait(until: deadline) {
                return body(state)
            }
        }
        return true
    }
}
