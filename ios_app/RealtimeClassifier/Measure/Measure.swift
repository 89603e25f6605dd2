/// What can be measured without a camera, in the order in which it is offered.
enum Measure: String, CaseIterable, Identifiable, Sendable {
    /// Accuracy over images in a folder.
    case accuracy
    /// Latency on a made frame.
    case benchmark
    /// MNIST's test set: accuracy, and milliseconds an image.
    case digits

    var id: String { rawValue }

    /// Its name on the screen.
    var title: String {
        switch self {
        case .accuracy: return Words.kindAccuracy
        case .benchmark: return Words.kindBenchmark
        case .digits: return Words.kindDigits
        }
    }

    /// What it does, in words.
    var text: String {
        switch self {
        case .accuracy: return Words.kindAccuracyText
        case .benchmark: return Words.kindBenchmarkText
        case .digits: return Words.kindDigitsText
        }
    }

    /// Whether it can use a model.
    func fits(_ model: InstalledModel) -> Bool {
        self == .digits ? model.readsDigits : true
    }
}
