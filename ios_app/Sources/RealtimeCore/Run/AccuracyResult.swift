/// What a model said of one image.
public struct ImageResult: Sendable {
    /// The image, as its set calls it.
    public let id: String
    /// The true class; nil where it is not known.
    public let label: Int?
    /// The five most probable classes, or all if there are fewer, the most probable first.
    public let top: [Prediction]
    /// How long preprocessing took, in nanoseconds, without decoding the image.
    public let preprocessNanos: Int
    /// How long the network took, in nanoseconds.
    public let invokeNanos: Int

    /// Whether the true class is among the first so many.
    public func isCorrect(top count: Int) -> Bool {
        top.prefix(count).contains { $0.classNumber == label }
    }
}

/// An image that could not be read, and why.
public struct FailedImage: Sendable, Equatable {
    /// The image, as its set calls it.
    public let id: String
    /// Says why.
    public let message: String
}

/// What a model said of a set of images.
public struct AccuracyResult: Sendable {
    /// The set's name.
    public let dataSet: String
    /// The images that were classified, in the set's order.
    public let images: [ImageResult]
    /// The images that could not be read.
    public let failed: [FailedImage]

    /// How many classified images have a label.
    public var labelled: Int { images.filter { $0.label != nil }.count }

    /// How many of them have their true class among the first so many; the paper counts 5, for LeNet 1.
    public func correct(top count: Int) -> Int {
        images.filter { $0.isCorrect(top: count) }.count
    }
}
