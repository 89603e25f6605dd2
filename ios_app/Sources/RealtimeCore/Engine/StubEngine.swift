import Foundation

/// No network, but an engine of a chosen latency whose answers follow from its input.
///
/// Class k's score is the mean of the numbers k, k + classes, k + 2 classes, ... of the input, and the probabilities
/// are the scores' softmax. For tests, and to measure everything around an engine.
public final class StubEngine: Engine {
    public let name = "stub"
    public let version = "1"
    public let threads: Int?
    public let takes: InputKind
    public let inputLength: Int
    public let classes: Int
    private let clock: any NanoClock
    private let latencyNanos: Int
    private let isClosed = Monitor(false)

    /// Makes one.
    ///
    /// - Parameters:
    ///   - clock: measures out the latency; the thread sleeps meanwhile.
    ///   - inputLength: how many numbers the input has, at least as many as there are classes.
    ///   - latencyNanos: how long a call takes at least, in nanoseconds.
    ///   - takes: numbers, or pixels as Core ML's image inputs.
    /// - Throws: `DeploymentError.misuse` where there are too few of anything.
    public init(
        clock: any NanoClock, inputLength: Int, classes: Int, threads: Int, latencyNanos: Int,
        takes: InputKind = .tensor
    ) throws {
        guard classes >= 2, inputLength >= classes, threads >= 1, latencyNanos >= 0 else {
            throw DeploymentError.misuse(
                "expected 2 classes or more, as many numbers, a thread and a latency, received \(classes), "
                    + "\(inputLength), \(threads), \(latencyNanos)")
        }
        self.clock = clock
        self.inputLength = inputLength
        self.classes = classes
        self.threads = threads
        self.latencyNanos = latencyNanos
        self.takes = takes
    }

    public func classify(_ input: NetworkInput, cancellation: Cancellation) throws -> [Float] {
        guard !isClosed.withLock({ $0 }) else {
            throw DeploymentError.misuse("expected an open engine, received one that was closed")
        }
        let end = clock.nanoTime() + latencyNanos
        let scores: [Double]
        switch (input, takes) {
        case (.tensor(let numbers), .tensor): scores = try means(numbers) { Double($0) }
        case (.pixels(let values), .pixels): scores = try means(values) { Double($0) }
        default: throw DeploymentError.misuse("expected an input of the kind \(takes), received the other")
        }
        try clock.sleep(until: end, cancellation: cancellation)
        let largest = scores.max() ?? 0
        let weights = scores.map { exp($0 - largest) }
        let sum = weights.reduce(0, +)
        return weights.map { Float($0 / sum) }
    }

    private func means<Number>(_ input: [Number], _ value: (Number) -> Double) throws -> [Double] {
        guard input.count == inputLength else {
            throw DeploymentError.misuse("expected an input of \(inputLength) numbers, received \(input.count)")
        }
        return input.withUnsafeBufferPointer { input in
            (0..<classes).map { first in
                var sum = 0.0
                var count = 0.0
                for at in stride(from: first, to: input.count, by: classes) {
                    sum += value(input[at])
                    count += 1
                }
                return sum / count
            }
        }
    }

    public func close() {
        isClosed.withLock { $0 = true }
    }
}

/// Opens stub engines of one latency.
public struct StubProvider: EngineProvider {
    public let name = "stub"
    public let fileFormat: String? = nil
    private let clock: any NanoClock
    private let latencyNanos: Int

    /// Opens engines whose calls take so long.
    public init(clock: any NanoClock, latencyNanos: Int) {
        self.clock = clock
        self.latencyNanos = latencyNanos
    }

    public func open(manifest: Manifest, folder: URL, threads: Int) throws -> any Engine {
        let inputLength = manifest.input.length
        let classes = manifest.labels.count
        guard inputLength >= classes else {
            throw DeploymentError.modelFile(
                "expected a model with at least as many input numbers as classes, received \(inputLength) and "
                    + "\(classes); the stub engine cannot play it")
        }
        return try StubEngine(
            clock: clock, inputLength: inputLength, classes: classes, threads: threads, latencyNanos: latencyNanos)
    }
}
