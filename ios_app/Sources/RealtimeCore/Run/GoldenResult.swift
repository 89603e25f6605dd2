/// One channel of an input tensor, summed up: a wrong scale, bias or channel order shows here first.
public struct TensorSpread: Sendable {
    /// The smallest number.
    public let min: Float
    /// The mean.
    public let mean: Double
    /// The largest number.
    public let max: Float

    /// Sums up a channel of a tensor in which a pixel's channels lie together.
    init(_ tensor: [Float], channel: Int, of channels: Int) {
        let values = stride(from: channel, to: tensor.count, by: channels).map { tensor[$0] }
        min = values.min() ?? 0
        max = values.max() ?? 0
        mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    }
}

/// What preprocessing and a model made of a golden picture (`data/golden`).
///
/// The hashes say whether the platform prepares pictures bit for bit as the others do.
public struct GoldenResult: Sendable {
    private static let topCount = 5

    /// The picture's name.
    public let picture: String
    /// The hash of the picture at the network's size, uint8, a pixel's red, green and blue together.
    public let fittedSha256: String
    /// The hash of the input tensor; see `bytes(of:)`.
    public let tensorSha256: String
    /// The input tensor's channels, in the network's order.
    public let channels: [TensorSpread]
    /// The most probable classes, the most probable first.
    public let top: [Prediction]

    /// Prepares and classifies pictures.
    ///
    /// - Parameters:
    ///   - input: the engine's input.
    ///   - pictures: those that the network cannot take are left out: LeNet takes digits only.
    /// - Throws: `DeploymentError` where a picture cannot be read, or the engine failed; `CancellationError`.
    public static func of(
        engine: any Engine, input: ImageInput, pictures: any ImageSet, cancellation: Cancellation
    ) throws -> [GoldenResult] {
        try (0..<pictures.count).compactMap { number in
            let picture = try pictures.read(number)
            guard input.resize != nil || (picture.width == input.width && picture.height == input.height) else {
                return nil
            }
            return try GoldenResult(
                engine: engine, input: input, id: pictures.id(number), picture: picture, cancellation: cancellation)
        }
    }

    private init(
        engine: any Engine, input: ImageInput, id: String, picture: ArgbImage, cancellation: Cancellation
    ) throws {
        var preprocessor = try Preprocessor(
            input: input, width: picture.width, height: picture.height, rotation: .degrees0)
        var fitted: [UInt8] = []
        var tensor = [Float](repeating: 0, count: input.length)
        try preprocessor.fit(picture, into: &fitted)
        try preprocessor.tensor(of: fitted, into: &tensor)
        let prepared = engine.takes == .tensor ? NetworkInput.tensor(tensor) : .pixels(fitted)
        let probabilities = try engine.classify(prepared, cancellation: cancellation)
        self.picture = id
        fittedSha256 = Sha256.of(fitted)
        tensorSha256 = Sha256.of(Self.bytes(of: tensor))
        channels = (0..<input.channels).map { TensorSpread(tensor, channel: $0, of: input.channels) }
        top = try TopK.of(probabilities, Self.topCount)
    }

    /// Numbers as bytes: float32, the least significant byte first.
    public static func bytes(of numbers: [Float]) -> [UInt8] {
        numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { [UInt8]($0) }
    }
}
