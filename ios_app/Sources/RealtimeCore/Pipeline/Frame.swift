/// A camera frame on its way through a pipeline.
///
/// `Image` is what the camera gives: `YuvFrame` for the core's own `FrameClassifier`, or whatever another `Classifier`
/// takes, such as a camera buffer of Apple's.
public struct Frame<Image: Sendable>: Sendable {
    /// What it shows.
    public let image: Image
    /// The number among all that the camera took, also those that nobody fetched; above that of the frame before.
    public let number: Int
    /// When the camera took it, in nanoseconds of the pipeline's clock.
    public let captureNanos: Int

    /// Joins the three.
    public init(image: Image, number: Int, captureNanos: Int) {
        self.image = image
        self.number = number
        self.captureNanos = captureNanos
    }
}

/// A camera, or what stands in for one. A pipeline calls it from one thread, but may close it from another.
public protocol FrameSource<Image>: AnyObject, Sendable {
    associatedtype Image: Sendable

    /// What it is, for the run log, such as back camera, 640 x 480.
    var description: String { get }

    /// Columns of each frame, before it is turned.
    var width: Int { get }

    /// Rows of each frame, before it is turned.
    var height: Int { get }

    /// How frames are turned to stand upright.
    var rotation: Rotation { get }

    /// Waits for a frame newer than the last one; if there are several, the newest.
    ///
    /// - Returns: nil when no more frames will come.
    /// - Throws: `DeploymentError.frame` where the camera failed or was taken away; `CancellationError` as soon as the
    ///   pipeline is to end.
    func next(cancellation: Cancellation) throws -> Frame<Image>?

    /// Gives the camera back. Calling it twice does no harm.
    ///
    /// - Throws: `DeploymentError.frame` where the camera cannot be given back.
    func close() throws
}

/// The screen, or what stands in for it.
public protocol Display<Image>: AnyObject, Sendable {
    associatedtype Image: Sendable

    /// Shows a frame. When this returns, the frame counts as shown.
    ///
    /// - Parameter latest: the newest result, which may be of an older frame; nil before the first.
    /// - Throws: `DeploymentError.frame` where the frame cannot be shown any more; `CancellationError`.
    func show(_ frame: Frame<Image>, latest: Classification?, cancellation: Cancellation) throws
}

/// From a frame to its top classes. Called by one thread at a time.
public protocol Classifier<Image>: AnyObject, Sendable {
    associatedtype Image: Sendable

    /// Classifies a frame.
    ///
    /// - Throws: `DeploymentError` where the engine failed, or gave something that is not probabilities;
    ///   `CancellationError`, if the engine can be interrupted.
    func classify(_ frame: Frame<Image>, cancellation: Cancellation) throws -> Classification

    /// Lets go of the engine. Calling it twice does no harm.
    func close()
}

/// What a network said of a frame, and when, in nanoseconds of the pipeline's clock.
public struct Classification: Sendable, Equatable {
    /// The frame's number.
    public let frameNumber: Int
    /// When the camera took the frame.
    public let captureNanos: Int
    /// When preprocessing began.
    public let startNanos: Int
    /// When preprocessing had ended and the network began.
    public let invokeNanos: Int
    /// When the result was there.
    public let endNanos: Int
    /// The most probable classes, the most probable first.
    public let top: [Prediction]

    /// Joins them.
    public init(
        frameNumber: Int, captureNanos: Int, startNanos: Int, invokeNanos: Int, endNanos: Int, top: [Prediction]
    ) {
        self.frameNumber = frameNumber
        self.captureNanos = captureNanos
        self.startNanos = startNanos
        self.invokeNanos = invokeNanos
        self.endNanos = endNanos
        self.top = top
    }

    /// How long preprocessing took.
    public var preprocessNanos: Int { invokeNanos - startNanos }

    /// How long preprocessing and the network took together.
    public var latencyNanos: Int { endNanos - startNanos }

    /// How old the frame was when its result was there.
    public var ageNanos: Int { endNanos - captureNanos }
}
