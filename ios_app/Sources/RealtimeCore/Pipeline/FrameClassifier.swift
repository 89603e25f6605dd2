/// From a camera frame to its top classes: preprocessing, the network, the choice.
public final class FrameClassifier: Classifier {
    private let clock: any NanoClock
    private let engine: any Engine
    private let topCount: Int
    // Changed by the one thread that classifies; the monitor costs it next to nothing.
    private let preprocessor: Monitor<Preprocessor>

    /// Joins an engine to a source of frames.
    ///
    /// - Parameters:
    ///   - input: the engine's input.
    ///   - engine: is closed by `close`.
    ///   - source: gives the frames.
    ///   - topCount: how many classes a result has.
    /// - Throws: `DeploymentError.image` where the network cannot take frames of the source's size;
    ///   `DeploymentError.misuse` where the engine is one for another input.
    public init(
        clock: any NanoClock, input: ImageInput, engine: any Engine, source: any FrameSource<YuvFrame>, topCount: Int
    ) throws {
        guard engine.inputLength == input.length else {
            throw DeploymentError.misuse(
                "expected an engine for \(input.length) numbers, received one for \(engine.inputLength)")
        }
        self.clock = clock
        self.engine = engine
        self.topCount = topCount
        preprocessor = Monitor(
            try Preprocessor(input: input, width: source.width, height: source.height, rotation: source.rotation))
    }

    public func classify(_ frame: Frame<YuvFrame>, cancellation: Cancellation) throws -> Classification {
        let start = clock.nanoTime()
        let input = try preprocessor.withLock { try $0.prepare(frame.image, for: engine.takes) }
        let invoke = clock.nanoTime()
        let probabilities = try engine.classify(input, cancellation: cancellation)
        let end = clock.nanoTime()
        return Classification(
            frameNumber: frame.number, captureNanos: frame.captureNanos, startNanos: start, invokeNanos: invoke,
            endNanos: end, top: try TopK.of(probabilities, topCount))
    }

    public func close() {
        engine.close()
    }
}
