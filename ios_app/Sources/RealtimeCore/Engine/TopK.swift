/// One class and its probability.
public struct Prediction: Sendable, Equatable {
    /// The class, counted from 0 in the order of the network's outputs and of the manifest's labels.
    public let classNumber: Int
    /// 0 to 1.
    public let probability: Float

    /// Joins the two.
    public init(classNumber: Int, probability: Float) {
        self.classNumber = classNumber
        self.probability = probability
    }
}

/// The most probable classes. The softmax is in the model: what an engine gives are probabilities already.
public enum TopK {
    // Probabilities are float32 or less: the softmax of a network may miss its range by a rounding.
    private static let tolerance: Float = 1e-4

    /// Finds them.
    ///
    /// - Parameters:
    ///   - probabilities: one number for each class.
    ///   - k: how many are wanted; all, where there are fewer classes.
    /// - Returns: the most probable first; of two that are equally probable, that with the lower number.
    /// - Throws: `DeploymentError.modelFile` where a number is no probability.
    public static func of(_ probabilities: [Float], _ k: Int) throws -> [Prediction] {
        var best: [Int] = []
        for (number, probability) in probabilities.enumerated() {
            // Also true for NaN.
            guard probability >= -tolerance && probability <= 1 + tolerance else {
                throw DeploymentError.modelFile(
                    "expected probabilities of 0 to 1, received \(probability) for class \(number); "
                        + "is it another model's file, or one without softmax?")
            }
            // Looked at from the end: nearly all classes stay outside.
            var place = best.count
            while place > 0 && probabilities[best[place - 1]] < probability {
                place -= 1
            }
            if place < k {
                best.insert(number, at: place)
                best.removeLast(max(best.count - k, 0))
            }
        }
        return best.map { Prediction(classNumber: $0, probability: min(max(probabilities[$0], 0), 1)) }
    }
}
