import Foundation

/// Whether a PNG or JPEG file is whole. The platforms' decoders give what there is of a damaged one, each in its own
/// way; a picture of which a part is gray must not count in an accuracy.
enum WholePicture {
    private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    private static let jpegBegin: [UInt8] = [0xff, 0xd8]
    private static let jpegEnd: UInt8 = 0xd9
    // Length, kind and checksum of a PNG's piece.
    private static let pngFrameBytes = 12

    /// Whether the content begins as a PNG file does.
    static func isPng(_ content: [UInt8]) -> Bool { content.starts(with: pngSignature) }

    /// What is wrong with a file; nil for a whole PNG or JPEG picture.
    static func fault(_ content: [UInt8]) -> String? {
        if content.isEmpty {
            return "an empty file"
        }
        if isPng(content) {
            return pngFault(content)
        }
        return content.starts(with: jpegBegin) ? jpegFault(content) : "a file of another kind"
    }

    private static func pngFault(_ content: [UInt8]) -> String? {
        var position = pngSignature.count
        while position + pngFrameBytes <= content.count {
            let length = word(content, position)
            let kind = content[position + 4..<position + 8]
            if kind.elementsEqual("IEND".utf8) {
                return nil
            }
            guard length <= content.count - position - pngFrameBytes else {
                break
            }
            if kind.elementsEqual("IDAT".utf8) {
                let checked = content[position + 4..<position + 8 + length]
                if Int(Crc32.of(checked)) != word(content, position + 8 + length) {
                    return "a picture whose pixels have a wrong checksum"
                }
            }
            position += pngFrameBytes + length
        }
        return "a picture without an end"
    }

    private static func word(_ content: [UInt8], _ position: Int) -> Int {
        content[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Goes from marker to marker: the picture in the EXIF data, and what a camera puts after the end, have ends too.
    private static func jpegFault(_ content: [UInt8]) -> String? {
        var position = jpegBegin.count
        while position + 1 < content.count {
            let marker = content[position + 1]
            if content[position] != 0xff || !isMarker(marker) {
                // A pixel's value, or a filling byte before a marker.
                position += 1
            } else if marker == jpegEnd {
                return nil
            } else if position + 3 < content.count {
                // A piece with its length; after that of a scan, its pixels follow until the next marker.
                position += 2 + (Int(content[position + 2]) << 8 | Int(content[position + 3]))
            } else {
                break
            }
        }
        return "a picture without an end"
    }

    /// Whether a byte after 0xff begins a piece: among the pixels, 0 stands for 0xff itself, and d0 to d7 count rows.
    private static func isMarker(_ value: UInt8) -> Bool {
        value != 0 && value != 1 && value != 0xff && !(0xd0...0xd8).contains(value)
    }
}

/// The checksum of PNG's pieces.
enum Crc32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1 }
    }

    /// The checksum of some bytes.
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { value, byte in table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8 }
    }
}
