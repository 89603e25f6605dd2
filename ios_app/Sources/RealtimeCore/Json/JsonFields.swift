/// The members of a JSON object, each asked for by name and kind; every error names the field.
struct JsonFields: Sendable {
    private static let longestText = 10_000
    private static let mostDigits = 18

    private let prefix: String
    private let members: [String: JsonValue]

    init(_ members: [String: JsonValue], prefix: String = "") {
        self.members = members
        self.prefix = prefix
    }

    /// Refuses members of any other name.
    func only(_ names: String...) throws {
        // Sorted, so that of several the same one is named each time.
        for name in members.keys.sorted() where !names.contains(name) {
            throw JsonError(
                message: "\(path(name)): expected only the names \(names.joined(separator: ", ")), "
                    + "received \(JsonValue.quoted(name))")
        }
    }

    /// Whether there is a member of that name, be it null.
    func names(_ name: String) -> Bool {
        members[name] != nil
    }

    /// Whether there is a member of that name that is not null.
    func has(_ name: String) -> Bool {
        switch members[name] {
        case nil, .null?: return false
        default: return true
        }
    }

    /// A text of at least one character.
    func text(_ name: String) throws -> String {
        try Self.text(required(name), path(name))
    }

    /// A text of a given form.
    ///
    /// - Parameters:
    ///   - wanted: the form in words, for the error message.
    ///   - fits: whether a text has it.
    func text(_ name: String, _ wanted: String, _ fits: (String) -> Bool) throws -> String {
        let text = try text(name)
        guard fits(text) else {
            throw wrong(name, wanted)
        }
        return text
    }

    /// An integer, written without fraction or exponent, between two bounds that belong to the range.
    func integer(_ name: String, _ range: ClosedRange<Int>) throws -> Int {
        // "-0" is read as 0, as Java does; more digits than Int has are no integer of any range.
        guard case .number(let written) = try required(name), written.count <= Self.mostDigits + 1,
            let number = Int(written), range.contains(number)
        else {
            throw wrong(name, "an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Numbers, each rounded to the nearest float32; none may be infinite.
    func floats(_ name: String, count: Int) throws -> [Float] {
        try list(name, count...count).enumerated().map { index, element in
            // By way of float64, as Python reads it.
            guard case .number(let written) = element, let number = Double(written), Float(number).isFinite else {
                throw Self.wrong("\(path(name)).\(index)", "a finite number that float32 can hold", element)
            }
            return Float(number)
        }
    }

    /// A list of texts, each of at least one character.
    func texts(_ name: String, _ count: ClosedRange<Int>) throws -> [String] {
        try list(name, count).enumerated().map { index, element in
            try Self.text(element, "\(path(name)).\(index)")
        }
    }

    /// A list of texts that may be left out, and is empty then.
    func optionalTexts(_ name: String, most: Int) throws -> [String] {
        names(name) ? try texts(name, 0...most) : []
    }

    /// A nested object.
    func object(_ name: String) throws -> JsonFields {
        try Self.object(required(name), path(name))
    }

    /// A list of objects.
    func objects(_ name: String, _ count: ClosedRange<Int>) throws -> [JsonFields] {
        try list(name, count).enumerated().map { index, element in
            try Self.object(element, "\(path(name)).\(index)")
        }
    }

    /// All members, where each is a text.
    func allTexts() throws -> [String: String] {
        var texts: [String: String] = [:]
        for name in members.keys.sorted() {
            texts[name] = try text(name)
        }
        return texts
    }

    /// Says what is wrong with a member whose value the caller looked at.
    func wrong(_ name: String, _ wanted: String) -> JsonError {
        Self.wrong(path(name), wanted, members[name] ?? .null)
    }

    private func required(_ name: String) throws -> JsonValue {
        guard let value = members[name] else {
            throw JsonError(message: "\(path(name)): expected this field, received none")
        }
        return value
    }

    private func list(_ name: String, _ count: ClosedRange<Int>) throws -> [JsonValue] {
        let least = count.lowerBound
        let wanted = "a list of \(least == count.upperBound ? "\(least)" : "\(least) to \(count.upperBound)") values"
        guard case .list(let elements) = try required(name) else {
            throw wrong(name, wanted)
        }
        guard count.contains(elements.count) else {
            throw JsonError(message: "\(path(name)): expected \(wanted), received \(elements.count)")
        }
        return elements
    }

    private static func text(_ value: JsonValue, _ path: String) throws -> String {
        guard case .text(let text) = value, (1...longestText).contains(text.utf16.count) else {
            throw wrong(path, "a text of 1 to \(longestText) characters", value)
        }
        return text
    }

    private static func object(_ value: JsonValue, _ path: String) throws -> JsonFields {
        guard case .object(let members) = value else {
            throw wrong(path, "an object", value)
        }
        return JsonFields(members, prefix: path + ".")
    }

    private func path(_ name: String) -> String {
        prefix + JsonValue.shortened(name)
    }

    private static func wrong(_ path: String, _ wanted: String, _ received: JsonValue) -> JsonError {
        JsonError(message: "\(path): expected \(wanted), received \(received.shown)")
    }
}
