import Foundation

/// Reads JSON of unknown origin: as RFC 8259 writes it, each name once, of limited size and depth.
///
/// Foundation's `JSONDecoder` is no help here: of two members of one name it keeps either, it takes 28.0 and 1e3 for
/// integers, and members that nobody asked for go unnoticed. A typing error in a manifest would do so, too.
struct StrictJson {
    /// The longest text, in bytes. The largest manifest of the six models has 65,000.
    static let largestBytes = 8 << 20

    private static let deepest = 16
    private static let mostValues = 500_000
    private static let escapes: [UInt8: Unicode.Scalar] = [
        0x22: "\"", 0x5c: "\\", 0x2f: "/", 0x62: "\u{8}", 0x66: "\u{c}", 0x6e: "\n", 0x72: "\r", 0x74: "\t",
    ]

    private let bytes: [UInt8]
    private var at = 0
    private var values = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads a text that is one JSON object.
    ///
    /// - Parameter content: UTF-8.
    /// - Throws: `JsonError` where the content is anything else.
    static func readObject(_ content: Data) throws -> JsonFields {
        guard content.count <= largestBytes else {
            throw JsonError(message: "expected at most \(largestBytes) bytes, received more")
        }
        let bytes = [UInt8](content)
        // Decoding repairs what is no UTF-8, which then is no longer the same.
        guard String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(bytes) else {
            throw JsonError(message: "the file: expected UTF-8 text, received other bytes")
        }
        var reader = StrictJson(bytes)
        let root = try reader.readValue(depth: 0)
        reader.skipSpace()
        guard reader.at == bytes.count else {
            throw JsonError(message: "the file: expected nothing after its object" + reader.place)
        }
        guard case .object(let members) = root else {
            throw JsonError(message: "the file: expected a JSON object, received \(root.shown)")
        }
        return JsonFields(members)
    }

    private var place: String { " (at byte \(at))" }

    private var malformed: JsonError {
        JsonError(message: "the file: expected JSON, received something else or only a part" + place)
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
            at += 1
        }
    }

    private mutating func skip(_ byte: Character) -> Bool {
        guard next == byte.asciiValue else {
            return false
        }
        at += 1
        return true
    }

    private mutating func expect(_ byte: Character) throws {
        guard skip(byte) else {
            throw malformed
        }
    }

    private mutating func readValue(depth: Int) throws -> JsonValue {
        values += 1
        if values > Self.mostValues || depth > Self.deepest {
            throw JsonError(
                message: "the file: expected at most \(Self.mostValues) values, nested at most \(Self.deepest) deep"
                    + place)
        }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try readMembers(depth: depth)
        case UInt8(ascii: "["): return try readElements(depth: depth)
        case UInt8(ascii: "\""): return .text(try readText())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        default: return .number(try readNumber())
        }
    }

    private mutating func readWord(_ word: String, _ value: JsonValue) throws -> JsonValue {
        for byte in word {
            try expect(byte)
        }
        return value
    }

    private mutating func readMembers(depth: Int) throws -> JsonValue {
        try expect("{")
        var members: [String: JsonValue] = [:]
        skipSpace()
        if skip("}") {
            return .object(members)
        }
        repeat {
            skipSpace()
            let name = try readText()
            guard members[name] == nil else {
                throw JsonError(message: "expected each name once, received two of \(JsonValue.quoted(name))" + place)
            }
            skipSpace()
            try expect(":")
            members[name] = try readValue(depth: depth + 1)
            skipSpace()
        } while skip(",")
        try expect("}")
        return .object(members)
    }

    private mutating func readElements(depth: Int) throws -> JsonValue {
        try expect("[")
        var elements: [JsonValue] = []
        skipSpace()
        if skip("]") {
            return .list(elements)
        }
        repeat {
            elements.append(try readValue(depth: depth + 1))
            skipSpace()
        } while skip(",")
        try expect("]")
        return .list(elements)
    }

    /// A number as it is written: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
    private mutating func readNumber() throws -> String {
        let start = at
        _ = skip("-")
        if !skip("0") {
            try skipDigits()
        }
        if skip(".") {
            try skipDigits()
        }
        if skip("e") || skip("E") {
            if !skip("+") {
                _ = skip("-")
            }
            try skipDigits()
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func skipDigits() throws {
        let start = at
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            at += 1
        }
        if at == start {
            throw malformed
        }
    }

    private mutating func readText() throws -> String {
        try expect("\"")
        var text = [UInt8]()
        while true {
            guard let byte = next, byte >= 0x20 else {
                throw malformed
            }
            at += 1
            if byte == UInt8(ascii: "\"") {
                // Whole texts are valid, since all of the file is and escapes add whole characters.
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") {
                text += String(Character(try readEscape())).utf8
            } else {
                text.append(byte)
            }
        }
    }

    private mutating func readEscape() throws -> Unicode.Scalar {
        guard let kind = next else {
            throw malformed
        }
        at += 1
        if let scalar = Self.escapes[kind] {
            return scalar
        }
        guard kind == UInt8(ascii: "u") else {
            throw malformed
        }
        let first = try readHexadecimal()
        if let scalar = Unicode.Scalar(first) {
            return scalar
        }
        // Two halves make one character beyond 16 bits; a half alone is none.
        guard first < 0xdc00, skip("\\"), skip("u") else {
            throw malformed
        }
        let second = try readHexadecimal()
        guard (0xdc00..<0xe000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else {
            throw malformed
        }
        return scalar
    }

    private mutating func readHexadecimal() throws -> UInt32 {
        guard at + 4 <= bytes.count else {
            throw malformed
        }
        var value: UInt32 = 0
        for byte in bytes[at..<at + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw malformed
            }
            value = value << 4 | UInt32(digit)
        }
        at += 4
        return value
    }
}
