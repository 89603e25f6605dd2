import CoreML
import RealtimeCore

/// Reads drawn digits with LeNet, as the class that Xcode makes of `LeNet.mlmodel`: made with a configuration, given a
/// picture, asked for the answer. That is the paper's plug-and-play model (section II.B.1); nothing else is needed.
actor DigitReader {
    /// What LeNet says of a digit.
    struct Answer: Sendable {
        /// The most probable digit.
        let digit: String
        /// A probability for each digit, by its name.
        let probabilities: [String: Double]
        /// How long it took, in milliseconds.
        let millis: Double
    }

    private let network: LeNet
    private let picture: CVPixelBuffer
    private let clock = SystemClock()

    /// Opens LeNet: better not on the main thread.
    ///
    /// - Throws: `DeploymentError.modelFile` where Core ML cannot open it.
    init(_ units: ComputeUnits) throws {
        do {
            network = try LeNet(configuration: units.configuration)
        } catch {
            throw DeploymentError.modelFile(
                "Core ML cannot open LeNet with \(units.title): \(error.localizedDescription); choose other compute "
                    + "units")
        }
        picture = try PixelBuffers.make(width: MnistDigit.side, height: MnistDigit.side, isGray: true)
    }

    /// Opens LeNet on another thread than the main one.
    static func open(_ units: ComputeUnits) async throws -> DigitReader {
        try await Task.detached { try DigitReader(units) }.value
    }

    /// Reads a digit.
    ///
    /// - Parameter digit: 28 x 28 gray values, 0 to 255, row by row.
    /// - Throws: `DeploymentError.modelFile` where Core ML cannot run the model.
    func read(_ digit: [UInt8]) throws -> Answer {
        let start = clock.nanoTime()
        let output: LeNetOutput
        do {
            let side = MnistDigit.side
            try PixelBuffers.fill(picture, digit, width: side, height: side, isGray: true)
            output = try network.prediction(image: picture)
        } catch let error as DeploymentError {
            throw error
        } catch {
            throw DeploymentError.modelFile(
                "Core ML cannot run LeNet: \(error.localizedDescription); choose other compute units")
        }
        let millis = Double(clock.nanoTime() - start) / 1e6
        return Answer(digit: output.classLabel, probabilities: output.probabilities, millis: millis)
    }
}
