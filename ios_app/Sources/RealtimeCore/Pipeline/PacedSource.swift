/// A camera without a camera: it takes frames at a fixed rate, whether anybody fetches them or not, and gives the
/// newest. Frame k is taken k periods after the first call of `next`.
public final class PacedSource<Image: Sendable>: FrameSource {
    private struct State {
        var firstNanos = 0
        var last = -1
    }

    public let width: Int
    public let height: Int
    public let rotation: Rotation
    private let clock: any NanoClock
    private let image: Image
    private let framesPerSecond: Double
    private let frameCount: Int
    private let state = Monitor(State())

    /// Makes one.
    ///
    /// - Parameters:
    ///   - image: what each frame shows.
    ///   - frameCount: after so many frames it ends.
    /// - Throws: `DeploymentError.misuse` where the rate or the count is none.
    public init(
        clock: any NanoClock, image: Image, width: Int, height: Int, rotation: Rotation, framesPerSecond: Double,
        frameCount: Int
    ) throws {
        guard framesPerSecond > 0, framesPerSecond <= 1e6, frameCount >= 1 else {
            throw DeploymentError.misuse(
                "expected up to a million frames a second and at least one frame, received \(framesPerSecond) and "
                    + "\(frameCount)")
        }
        self.clock = clock
        self.image = image
        self.width = width
        self.height = height
        self.rotation = rotation
        self.framesPerSecond = framesPerSecond
        self.frameCount = frameCount
    }

    public var description: String {
        "simulated camera, \(width) x \(height), \(framesPerSecond) frames per second"
    }

    public func next(cancellation: Cancellation) throws -> Frame<Image>? {
        let now = clock.nanoTime()
        let (first, last) = state.withLock { state in
            if state.last < 0 {
                state.firstNanos = now
            }
            return (state.firstNanos, state.last)
        }
        // The newest that was taken by now, or else the one after the last.
        let number = max(last + 1, Int(Double(now - first) * framesPerSecond / 1e9))
        guard number < frameCount else {
            return nil
        }
        let taken = first + Int((Double(number) * 1e9 / framesPerSecond).rounded(.up))
        try clock.sleep(until: taken, cancellation: cancellation)
        state.withLock { $0.last = number }
        return Frame(image: image, number: number, captureNanos: taken)
    }

    public func close() {
        // There is nothing to give back.
    }
}

extension PacedSource where Image == YuvFrame {
    /// Makes one whose frames all show the same picture.
    public convenience init(
        clock: any NanoClock, picture: YuvFrame, rotation: Rotation, framesPerSecond: Double, frameCount: Int
    ) throws {
        try self.init(
            clock: clock, image: picture, width: picture.width, height: picture.height, rotation: rotation,
            framesPerSecond: framesPerSecond, frameCount: frameCount)
    }
}
