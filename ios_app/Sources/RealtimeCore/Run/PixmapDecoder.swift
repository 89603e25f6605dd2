import Foundation

/// Decodes portable pixmaps, PPM and PGM in their binary forms P6 and P5: the pictures that can be read without any
/// library. Apple's systems have decoders for photos; Foundation on Linux has none.
public struct PixmapDecoder: ImageDecoder {
    public let extensions = ["ppm", "pgm"]

    private static let mostDigits = 9

    /// Makes one; all are alike.
    public init() {}

    public func decode(_ content: Data, name: String) throws -> ArgbImage {
        let bytes = [UInt8](content)
        let isColour = bytes.starts(with: Array("P6".utf8))
        guard isColour || bytes.starts(with: Array("P5".utf8)) else {
            throw DeploymentError.image(
                "expected \(name) to be a binary PPM or PGM picture (P6 or P5), received "
                    + (bytes.isEmpty ? "an empty file" : "a file of another kind") + "; save it as PPM")
        }
        var at = 2
        guard let width = Self.number(bytes, &at), let height = Self.number(bytes, &at),
            let highest = Self.number(bytes, &at), highest == 255, at < bytes.count, Self.isSpace(bytes[at])
        else {
            throw DeploymentError.image(
                "expected \(name) to say its width, its height and 255, received another header; save it with 8 bits")
        }
        try ArgbImage.checkSize(width: width, height: height)
        let start = at + 1
        let channels = isColour ? 3 : 1
        guard bytes.count - start == width * height * channels else {
            throw DeploymentError.image(
                "expected \(name) to have \(width * height * channels) values, received \(bytes.count - start); "
                    + "save it anew, one picture in a file")
        }
        let pixels = stride(from: start, to: bytes.count, by: channels).map { at -> UInt32 in
            let red = UInt32(bytes[at])
            let green = UInt32(bytes[at + channels / 2])
            let blue = UInt32(bytes[at + channels - 1])
            return 0xff00_0000 | red << 16 | green << 8 | blue
        }
        return try ArgbImage(width: width, height: height, pixels: pixels)
    }

    /// A number after white space, at least one, and comments, which go from # to the line's end.
    private static func number(_ bytes: [UInt8], _ at: inout Int) -> Int? {
        let before = at
        var isComment = false
        while at < bytes.count, isComment || isSpace(bytes[at]) || bytes[at] == UInt8(ascii: "#") {
            isComment = (isComment || bytes[at] == UInt8(ascii: "#")) && bytes[at] != UInt8(ascii: "\n")
            at += 1
        }
        let digits = bytes[at...].prefix(mostDigits + 1).prefix { (0x30...0x39).contains($0) }
        guard at > before, (1...mostDigits).contains(digits.count) else {
            return nil
        }
        at += digits.count
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }
}
