import CoreML
import RealtimeCore

/// Core ML as the core's engine: for accuracy and benchmarks, where pictures come fitted by the core, to the pixel as
/// on the other platforms. Scale and bias are in the model.
final class CoreMLEngine: Engine, @unchecked Sendable {
    // An engine is called by one thread at a time, and only then is the buffer touched.
    private let opened: CoreMLModel
    private let buffer: CVPixelBuffer
    private let input: any MLFeatureProvider

    let name: String
    let version: String
    /// Core ML chooses.
    let threads: Int? = nil
    let takes = InputKind.pixels

    /// Wraps a model.
    ///
    /// - Parameter version: the system's, and Core ML's plan where it tells one.
    /// - Throws: `DeploymentError.modelFile` where there is no memory for a picture.
    init(_ opened: CoreMLModel, _ units: ComputeUnits, version: String) throws {
        self.opened = opened
        self.version = version
        name = CoreMLNames.title(units)
        let size = opened.manifest.input
        buffer = try PixelBuffers.make(width: size.width, height: size.height, isGray: size.channels == 1)
        do {
            input = try MLDictionaryFeatureProvider(
                dictionary: [opened.inputName: MLFeatureValue(pixelBuffer: buffer)])
        } catch {
            throw DeploymentError.modelFile(
                "Core ML does not take a picture as '\(opened.inputName)': \(error.localizedDescription); choose "
                    + "another model")
        }
    }

    var inputLength: Int { opened.manifest.input.length }

    var classes: Int { opened.manifest.labels.count }

    func classify(_ input: NetworkInput, cancellation: Cancellation) throws -> [Float] {
        guard case .pixels(let pixels) = input, pixels.count == inputLength else {
            throw DeploymentError.misuse("expected \(inputLength) pixel values, received something else")
        }
        try cancellation.check()
        let size = opened.manifest.input
        // What Core ML leaves behind would otherwise stay until the measurement's end.
        return try autoreleasepool {
            try PixelBuffers.fill(
                buffer, pixels, width: size.width, height: size.height, isGray: size.channels == 1)
            return try predict()
        }
    }

    private func predict() throws -> [Float] {
        let output: any MLFeatureProvider
        do {
            output = try opened.model.prediction(from: input)
        } catch {
            throw DeploymentError.modelFile(
                "Core ML cannot run \(opened.manifest.title): \(error.localizedDescription); choose other compute "
                    + "units")
        }
        let table = output.featureValue(for: opened.probabilitiesName)?.dictionaryValue ?? [:]
        return try opened.manifest.labels.map { label in
            guard let probability = table[label] else {
                throw DeploymentError.modelFile(
                    "expected a probability of '\(label)' from \(opened.manifest.title), received none; build the app "
                        + "again with the model")
            }
            return probability.floatValue
        }
    }

    /// Core ML lets go of a model by itself, when nobody has it any more.
    func close() {}
}
