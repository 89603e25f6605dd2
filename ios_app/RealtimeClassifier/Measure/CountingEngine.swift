import RealtimeCore

/// An engine that tells of each call before it begins, which takes no time worth measuring.
final class CountingEngine: Engine {
    private let engine: any Engine
    private let calls = Monitor(0)
    private let onCall: @Sendable (Int) -> Void

    /// - Parameter onCall: told the number of the call, from 1 on.
    init(_ engine: any Engine, onCall: @escaping @Sendable (Int) -> Void) {
        self.engine = engine
        self.onCall = onCall
    }

    var name: String { engine.name }
    var version: String { engine.version }
    var threads: Int? { engine.threads }
    var takes: InputKind { engine.takes }
    var inputLength: Int { engine.inputLength }
    var classes: Int { engine.classes }

    func classify(_ input: NetworkInput, cancellation: Cancellation) throws -> [Float] {
        onCall(
            calls.withLock { calls in
                calls += 1
                return calls
            })
        return try engine.classify(input, cancellation: cancellation)
    }

    func close() {
        engine.close()
    }
}
