// A stand-in for the class that Xcode makes of LeNet.mlmodel: its declarations, of which the app uses the first three.
// On a Mac, click on the model in Xcode and then on "Model Class" to see the real one; it is never part of the sources.

import CoreML

class LeNetOutput: MLFeatureProvider {
    /// The most probable class
    var classLabel: String { standsIn() }
    /// The probability of each class
    var probabilities: [String: Double] { standsIn() }

    var featureNames: Set<String> { standsIn() }

    func featureValue(for featureName: String) -> MLFeatureValue? { standsIn() }
}

class LeNet {
    let model: MLModel

    init(model: MLModel) {
        self.model = model
    }

    convenience init(configuration: MLModelConfiguration) throws { standsIn() }

    // Of the real class those that may trouble the checks of concurrency: a handler that is not Sendable is kept by a
    // closure, and what is not Sendable crosses threads.
    class func load(
        contentsOf modelURL: URL, configuration: MLModelConfiguration = MLModelConfiguration(),
        completionHandler handler: @escaping (Result<LeNet, any Error>) -> Void
    ) {
        MLModel.load(contentsOf: modelURL, configuration: configuration) { result in
            handler(result.map { LeNet(model: $0) })
        }
    }

    class func load(configuration: MLModelConfiguration = MLModelConfiguration()) async throws -> LeNet {
        let model = try await MLModel.load(contentsOf: URL(fileURLWithPath: ""), configuration: configuration)
        return LeNet(model: model)
    }

    func prediction(
        input: LeNetOutput, options: MLPredictionOptions = MLPredictionOptions()
    ) async throws -> LeNetOutput {
        _ = try await model.prediction(from: input, options: options)
        standsIn()
    }

    func prediction(image: CVPixelBuffer) throws -> LeNetOutput { standsIn() }
}
