/// What the numbers in a model are worth.
public enum WeightsKind: String, Sendable {
    /// Trained, and known on what.
    case trained
    /// Random: the answers mean nothing, only the speed does.
    case untrained
    /// A user's own, of which nobody here knows what they were trained on.
    case given
}

/// Where the numbers in a model come from. Whatever is shown of an untrained model must say so.
public struct Weights: Sendable {
    /// What they are worth.
    public let kind: WeightsKind
    /// Where they come from, in words.
    public let source: String
    /// The licence under which they may be used.
    public let licence: String
    /// The hash of the weights, as 64 hexadecimal digits.
    public let sha256: String

    init(_ fields: JsonFields) throws {
        try fields.only("kind", "source", "licence", "sha256")
        guard let kind = WeightsKind(rawValue: try fields.text("kind")) else {
            throw fields.wrong("kind", "one of trained, untrained, given")
        }
        self.kind = kind
        source = try fields.text("source")
        licence = try fields.text("licence")
        sha256 = try fields.text("sha256", "64 hexadecimal digits") { $0.isSha256 }
    }

    /// Whether the network has learnt nothing: its answers mean nothing, only its speed does.
    public var isUntrained: Bool { kind == .untrained }
}
