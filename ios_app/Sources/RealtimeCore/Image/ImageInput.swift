/// The channels of a network's input tensor, in their order.
public enum ChannelOrder: String, Sendable {
    case gray
    case rgb
    case bgr

    /// How many channels an image has.
    public var channels: Int { self == .gray ? 1 : 3 }
}

/// What a network expects: tensor = pixel * scale + bias, per channel, in its channel order. The numbers come from the
/// manifest.
public struct ImageInput: Sendable {
    /// The longest side that a network's input or the shorter side of a resized picture may have, in pixels.
    public static let longestSide = 4096

    /// Rows of the input.
    public let height: Int
    /// Columns of the input.
    public let width: Int
    /// The channels' order in the tensor.
    public let channelOrder: ChannelOrder
    /// What a pixel of 0-255 is multiplied by, for each channel.
    public let scale: [Float]
    /// What is added after that, for each channel.
    public let bias: [Float]
    /// How pictures are brought to the network's size; nil where they come at that size.
    public let resize: ResizeRule?

    init(_ fields: JsonFields) throws {
        try fields.only("height", "width", "channel_order", "scale", "bias", "resize")
        height = try fields.integer("height", 1...Self.longestSide)
        width = try fields.integer("width", 1...Self.longestSide)
        guard let order = ChannelOrder(rawValue: try fields.text("channel_order")) else {
            throw fields.wrong("channel_order", "one of gray, rgb, bgr")
        }
        channelOrder = order
        scale = try fields.floats("scale", count: order.channels)
        bias = try fields.floats("bias", count: order.channels)
        resize = fields.has("resize") ? try ResizeRule(fields.object("resize")) : nil
        let longer = max(height, width)
        if let side = resize?.shorterSide, side < longer {
            throw fields.wrong(
                "resize", "a shorter_side of at least \(longer), so that the middle can be cut out (received \(side))")
        }
    }

    /// How many channels a pixel has.
    public var channels: Int { channelOrder.channels }

    /// How many numbers a tensor has: height x width x channels.
    public var length: Int { height * width * channels }
}

/// How a picture of any size becomes one of the network's size: resize it whole, then cut out the middle.
///
/// The arithmetic is defined by `ResizeRule` in `helpers/preprocess.py`.
public struct ResizeRule: Sendable {
    /// What the shorter side of a picture becomes, in pixels.
    public let shorterSide: Int

    init(_ fields: JsonFields) throws {
        try fields.only("shorter_side", "interpolation", "crop")
        for (name, choice) in [("interpolation", "bilinear"), ("crop", "center")] where fields.has(name) {
            _ = try fields.text(name, "\"\(choice)\"") { $0 == choice }
        }
        shorterSide = try fields.integer("shorter_side", 1...ImageInput.longestSide)
    }

    /// What one side of a picture becomes before the middle is cut out, in pixels.
    ///
    /// - Parameters:
    ///   - side: the side asked for, in pixels.
    ///   - other: the picture's other side, in pixels.
    func resizedSide(_ side: Int, other: Int) -> Int {
        side <= other ? shorterSide : (side * shorterSide + other / 2) / other
    }
}
