/// Measures a model's latency on camera frames, without a camera and without a screen.
public struct Benchmark: Sendable {
    /// The most calls of a kind.
    public static let mostCalls = 100_000

    private let warmUpCount: Int
    private let count: Int
    private let steadyNanos: Int

    /// Says how much to measure.
    ///
    /// - Parameters:
    ///   - warmUpCount: calls after the first that do not count yet.
    ///   - count: steady calls at most.
    ///   - seconds: the steady calls end after so long, even if there were fewer; one there is always.
    /// - Throws: `DeploymentError.misuse` where that is nothing, or too much.
    public init(warmUpCount: Int, count: Int, seconds: Int) throws {
        guard (0...Self.mostCalls).contains(warmUpCount), (1...Self.mostCalls).contains(count),
            (1...1_000_000).contains(seconds)
        else {
            throw DeploymentError.misuse(
                "expected up to \(Self.mostCalls) calls, at least one of them steady, and at least 1 second, received "
                    + "\(warmUpCount), \(count), \(seconds)")
        }
        self.warmUpCount = warmUpCount
        self.count = count
        steadyNanos = seconds * 1_000_000_000
    }

    /// Measures on the calling thread.
    ///
    /// - Parameters:
    ///   - input: the engine's input.
    ///   - frame: what the camera shows in each call.
    /// - Throws: `DeploymentError.image` where the network cannot take frames of that size; `DeploymentError` where the
    ///   engine failed; `CancellationError`.
    public func run(
        engine: any Engine, input: ImageInput, frame: YuvFrame, rotation: Rotation, clock: any NanoClock,
        cancellation: Cancellation
    ) throws -> BenchmarkResult {
        var preprocessor = try Preprocessor(
            input: input, width: frame.width, height: frame.height, rotation: rotation)
        func call() throws -> (preprocess: Int, invoke: Int) {
            try cancellation.check()
            let start = clock.nanoTime()
            let prepared = try preprocessor.prepare(frame, for: engine.takes)
            let middle = clock.nanoTime()
            _ = try engine.classify(prepared, cancellation: cancellation)
            return (middle - start, clock.nanoTime() - middle)
        }
        let first = try call()
        let warmUp = try (0..<warmUpCount).map { _ in try call() }
        let end = clock.nanoTime() + steadyNanos
        var steady = [try call()]
        while steady.count < count && clock.nanoTime() < end {
            steady.append(try call())
        }
        return BenchmarkResult(
            firstNanos: first.preprocess + first.invoke, warmUpNanos: warmUp.map { $0.preprocess + $0.invoke },
            preprocessNanos: steady.map(\.preprocess), invokeNanos: steady.map(\.invoke))
    }
}

/// How long a model's calls took: the first, those that warm up, and the steady ones, apart. All in nanoseconds.
public struct BenchmarkResult: Sendable {
    /// The first call, preprocessing and network together.
    public let firstNanos: Int
    /// The calls after it that warm up, preprocessing and network together.
    public let warmUpNanos: [Int]
    /// Preprocessing in each steady call.
    public let preprocessNanos: [Int]
    /// The network in each steady call.
    public let invokeNanos: [Int]

    /// The steady calls, preprocessing and network together.
    public var steady: LatencyStatistics {
        LatencyStatistics(nanos: zip(preprocessNanos, invokeNanos).map { $0 + $1 })
    }
}
