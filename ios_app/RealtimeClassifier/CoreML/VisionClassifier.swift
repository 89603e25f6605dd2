import CoreML
import CoreMedia
import RealtimeCore
import Vision

/// From a camera's frame to its top classes: Vision turns, cuts and scales the frame on the fly, and Core ML does the
/// rest, preprocessing inside the model (paper, section II.B.1).
///
/// Vision does all in one call. How long it scales and how long the network computes cannot be told apart: the whole
/// call counts as the network's time.
final class VisionClassifier: Classifier, @unchecked Sendable {
    private static let topCount = 5

    // A classifier is called by one thread at a time, and only then is the request touched.
    private let request: VNCoreMLRequest
    private let orientation: CGImagePropertyOrientation
    private let classNumbers: [String: Int]
    private let title: String
    private let engine: any Engine
    private let clock: any NanoClock

    /// Joins a model to a camera.
    ///
    /// - Parameters:
    ///   - engine: of the same model; is closed by `close`.
    /// - Throws: `DeploymentError.image` where the model takes no frames of a camera; `DeploymentError.modelFile` where
    ///   Vision cannot use it.
    init(
        _ opened: CoreMLModel, engine: any Engine, source: any FrameSource<CameraPicture>, clock: any NanoClock
    ) throws {
        let manifest = opened.manifest
        guard manifest.input.resize != nil else {
            throw DeploymentError.image(
                "expected a model that takes frames of any size, received \(manifest.title), which takes pictures of "
                    + "\(manifest.input.width) x \(manifest.input.height) pixels only; choose another model")
        }
        do {
            request = VNCoreMLRequest(model: try VNCoreMLModel(for: opened.model))
        } catch {
            throw DeploymentError.modelFile(
                "Vision cannot use \(manifest.title): \(error.localizedDescription); choose another model")
        }
        let isSideways = source.rotation.isSideways
        let region = SeenRegion(
            manifest.input, frameWidth: isSideways ? source.height : source.width,
            frameHeight: isSideways ? source.width : source.height)
        request.regionOfInterest = region.rectangle
        // The region has the network's shape already.
        request.imageCropAndScaleOption = .scaleFill
        orientation = CGImagePropertyOrientation(source.rotation)
        classNumbers = Dictionary(uniqueKeysWithValues: manifest.labels.enumerated().map { ($1, $0) })
        title = manifest.title
        self.engine = engine
        self.clock = clock
    }

    func classify(_ frame: Frame<CameraPicture>, cancellation: Cancellation) throws -> Classification {
        try cancellation.check()
        let start = clock.nanoTime()
        // What Vision leaves behind would otherwise stay until the session's end.
        let top = try autoreleasepool { try answer(frame.image) }
        return Classification(
            frameNumber: frame.number, captureNanos: frame.captureNanos, startNanos: start, invokeNanos: start,
            endNanos: clock.nanoTime(), top: top)
    }

    private func answer(_ picture: CameraPicture) throws -> [Prediction] {
        guard let buffer = CMSampleBufferGetImageBuffer(picture.sample) else {
            throw DeploymentError.frame("expected a picture in the camera's frame, received none; try again")
        }
        do {
            try VNImageRequestHandler(cvPixelBuffer: buffer, orientation: orientation).perform([request])
        } catch {
            throw DeploymentError.modelFile(
                "Core ML cannot run \(title): \(error.localizedDescription); choose other compute units")
        }
        guard let answers = request.results as? [VNClassificationObservation], !answers.isEmpty else {
            throw DeploymentError.modelFile(
                "expected classes from \(title), received something else; build the app again with the model")
        }
        // Vision gives all classes, the most probable first.
        return try answers.prefix(Self.topCount).map { answer in
            guard let number = classNumbers[answer.identifier] else {
                throw DeploymentError.modelFile(
                    "expected a class of the manifest of \(title), received '\(answer.identifier)'; build the app "
                        + "again with the model")
            }
            return Prediction(classNumber: number, probability: min(max(answer.confidence, 0), 1))
        }
    }

    func close() {
        engine.close()
    }
}

extension CGImagePropertyOrientation {
    /// How a picture lies that stands upright after such a turn clockwise.
    init(_ rotation: Rotation) {
        switch rotation {
        case .degrees0: self = .up
        case .degrees90: self = .right
        case .degrees180: self = .down
        case .degrees270: self = .left
        }
    }
}
