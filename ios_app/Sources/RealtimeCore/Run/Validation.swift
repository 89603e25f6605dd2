/// What a validation has just done, for a progress bar or for whoever wants all probabilities.
public enum ValidationStep: Sendable {
    /// An image, counted from 0 of all, was classified; a probability for each class.
    case classified(image: Int, total: Int, probabilities: [Float])
    /// An image could not be read; the validation goes on.
    case failed(image: Int, total: Int, message: String)
}

/// Classifies all images of a set on a single crop, as the paper measures accuracy (section III.C.1).
public enum Validation {
    private static let topCount = 5

    /// Runs it on the calling thread.
    ///
    /// - Parameters:
    ///   - input: the engine's input.
    ///   - limit: only so many images, from the first on.
    ///   - progress: told of each image, on the calling thread; what it throws ends the validation.
    /// - Throws: `DeploymentError` where the engine failed; `CancellationError`; what `progress` throws. An image that
    ///   cannot be read only counts as failed.
    public static func run(
        engine: any Engine, input: ImageInput, images: any ImageSet, limit: Int, clock: any NanoClock,
        cancellation: Cancellation, progress: (ValidationStep) throws -> Void
    ) throws -> AccuracyResult {
        let total = min(images.count, limit)
        var results: [ImageResult] = []
        var failed: [FailedImage] = []
        var preprocessors = Preprocessors(input: input)
        for number in 0..<total {
            try cancellation.check()
            let image: ArgbImage
            var preprocessor: Preprocessor
            do {
                image = try images.read(number)
                preprocessor = try preprocessors.of(image)
            } catch DeploymentError.image(let message) {
                failed.append(FailedImage(id: images.id(number), message: message))
                try progress(.failed(image: number, total: total, message: message))
                continue
            }
            let start = clock.nanoTime()
            let input = try preprocessor.prepare(image, for: engine.takes)
            let invoke = clock.nanoTime()
            let probabilities = try engine.classify(input, cancellation: cancellation)
            let end = clock.nanoTime()
            results.append(
                ImageResult(
                    id: images.id(number), label: images.label(number), top: try TopK.of(probabilities, topCount),
                    preprocessNanos: invoke - start, invokeNanos: end - invoke))
            try progress(.classified(image: number, total: total, probabilities: probabilities))
        }
        return AccuracyResult(dataSet: images.name, images: results, failed: failed)
    }
}

/// The preprocessor for the image at hand. Data sets often have many images of one size: its weights are computed once.
private struct Preprocessors {
    let input: ImageInput
    private var last: (width: Int, height: Int, preprocessor: Preprocessor)?

    init(input: ImageInput) {
        self.input = input
    }

    /// - Throws: `DeploymentError.image` where the network cannot take the image.
    mutating func of(_ image: ArgbImage) throws -> Preprocessor {
        if let last, last.width == image.width, last.height == image.height {
            return last.preprocessor
        }
        let preprocessor = try Preprocessor(
            input: input, width: image.width, height: image.height, rotation: .degrees0)
        last = (image.width, image.height, preprocessor)
        return preprocessor
    }
}
