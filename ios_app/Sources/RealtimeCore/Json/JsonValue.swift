/// A JSON value. A number is kept as it was written: whoever asks for it says which kind, and no digit is lost before.
enum JsonValue: Sendable {
    case null
    case bool(Bool)
    case number(String)
    case text(String)
    case list([JsonValue])
    case object([String: JsonValue])

    private static let longestShown = 80

    /// The value in a message: short, and on one line.
    var shown: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let digits): return Self.shortened(digits)
        case .text(let text): return Self.quoted(text)
        case .list(let elements): return "a list of \(elements.count)"
        case .object: return "an object"
        }
    }

    static func quoted(_ text: String) -> String {
        shortened("\"" + text + "\"")
    }

    /// Counted in code points: of a single visible character, any number of marks could be a part.
    static func shortened(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(longestShown)
        return shown.endIndex == text.endIndex ? text : String(shown) + "..."
    }
}

/// A JSON text is malformed, too large, or has not the expected content; the message names the field.
struct JsonError: Error {
    let message: String
}
