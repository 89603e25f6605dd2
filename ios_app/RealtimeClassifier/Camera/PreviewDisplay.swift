import AVFoundation
import RealtimeCore

/// The screen of a live session: a layer that shows camera frames as they are, one after another. So the FPS that the
/// app counts are frames that were really handed to the screen.
final class PreviewDisplay: LiveDisplay, @unchecked Sendable {
    /// How frames lie on the screen.
    struct Shape: Equatable, Sendable {
        /// Columns and rows of a frame as it stands upright.
        let width: Int
        let height: Int
        /// By how much it is turned for that.
        let rotation: Rotation
        /// What the network sees of it.
        let seen: SeenRegion
    }

    /// To be put on the screen. Apple lets any thread enqueue frames; where the layer lies is the main thread's
    /// business.
    let layer = AVSampleBufferDisplayLayer()
    private let onShape: @MainActor @Sendable (Shape) -> Void

    /// - Parameter onShape: told what the frames are like, before the first one.
    init(onShape: @escaping @MainActor @Sendable (Shape) -> Void) {
        self.onShape = onShape
    }

    func prepare(width: Int, height: Int, rotation: Rotation, input: ImageInput) {
        let (upright, tall) = rotation.isSideways ? (height, width) : (width, height)
        let seen = SeenRegion(input, frameWidth: upright, frameHeight: tall)
        let shape = Shape(width: upright, height: tall, rotation: rotation, seen: seen)
        let onShape = onShape
        onMain { onShape(shape) }
    }

    func show(_ frame: Frame<CameraPicture>, latest: Classification?, cancellation: Cancellation) throws {
        if layer.status == .failed {
            // As after a stay in the background: what it had is of no use any more.
            layer.flush()
        }
        layer.enqueue(frame.image.sample)
    }

    /// Takes the last frame off the screen.
    func clear() {
        layer.flushAndRemoveImage()
    }
}
