import Foundation

/// The command line is not as it should be.
struct UsageError: Error {
    let message: String
}

/// The arguments after a command, `--name value` each; every one that is given must be asked for.
struct Arguments {
    private var values: [String: String] = [:]
    private var asked: Set<String> = []

    /// Splits them.
    ///
    /// - Throws: `UsageError` where they do not come in such pairs, or one comes twice.
    init(_ words: ArraySlice<String>) throws {
        var rest = words
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), name.count > 2 else {
                throw UsageError(message: "expected an argument such as --model, received '\(name)'")
            }
            guard let value = rest.popFirst() else {
                throw UsageError(message: "expected a value after \(name), received none")
            }
            guard values.updateValue(value, forKey: String(name.dropFirst(2))) == nil else {
                throw UsageError(message: "expected \(name) once, received it twice")
            }
        }
    }

    mutating func optionalText(_ name: String) -> String? {
        asked.insert(name)
        return values[name]
    }

    mutating func text(_ name: String) throws -> String {
        guard let text = optionalText(name) else {
            throw UsageError(message: "expected --\(name), received none")
        }
        return text
    }

    mutating func path(_ name: String) throws -> URL {
        try Self.path(name, text(name))
    }

    mutating func optionalPath(_ name: String) throws -> URL? {
        try optionalText(name).map { try Self.path(name, $0) }
    }

    private static func path(_ name: String, _ text: String) throws -> URL {
        // A zero byte would end the path for the system, somewhere else.
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw UsageError(message: "expected a path after --\(name), received '\(text)'")
        }
        return URL(fileURLWithPath: text)
    }

    mutating func choice(_ name: String, _ otherwise: String, _ choices: [String]) throws -> String {
        let chosen = optionalText(name) ?? otherwise
        guard choices.contains(chosen) else {
            throw UsageError(
                message: "expected --\(name) to be one of \(choices.joined(separator: ", ")), received '\(chosen)'")
        }
        return chosen
    }

    mutating func integer(_ name: String, _ otherwise: Int, _ range: ClosedRange<Int>) throws -> Int {
        guard let text = optionalText(name) else {
            return otherwise
        }
        guard (1...10).contains(text.utf8.count), let number = Int(text), range.contains(number) else {
            throw UsageError(
                message: "expected --\(name) to be an integer from \(range.lowerBound) to \(range.upperBound), "
                    + "received '\(text)'")
        }
        return number
    }

    mutating func number(_ name: String, _ otherwise: Double, _ range: ClosedRange<Double>) throws -> Double {
        guard let text = optionalText(name) else {
            return otherwise
        }
        // No exponent, no infinity, no hexadecimal: nothing that Double would take besides. Each Double, written out,
        // has fewer characters than that.
        let isPlain = text.utf8.count <= 350 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
        guard isPlain, let number = Double(text), range.contains(number) else {
            throw UsageError(
                message: "expected --\(name) to be a number from \(range.lowerBound) to \(range.upperBound), "
                    + "received '\(text)'")
        }
        return number
    }

    /// Two sides in pixels, such as 640x480: width, then height.
    mutating func size(_ name: String, _ otherwise: (width: Int, height: Int), most: Int) throws -> (
        width: Int, height: Int
    ) {
        guard let text = optionalText(name) else {
            return otherwise
        }
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { side in
            side.utf8.allSatisfy { (0x30...0x39).contains($0) } && side.utf8.count <= 5 ? Int(side) ?? 0 : 0
        }
        guard sides.count == 2, sides.allSatisfy({ (1...most).contains($0) }) else {
            throw UsageError(
                message: "expected --\(name) to be WIDTHxHEIGHT with sides of 1 to \(most) pixels, "
                    + "received '\(text)'")
        }
        return (sides[0], sides[1])
    }

    /// Refuses arguments that nobody asked for: a mistyped name would go unnoticed.
    func checkAllAsked() throws {
        if let unknown = values.keys.sorted().first(where: { !asked.contains($0) }) {
            throw UsageError(
                message: "expected one of the arguments \(asked.sorted().joined(separator: ", ")), "
                    + "received '\(unknown)'")
        }
    }
}
