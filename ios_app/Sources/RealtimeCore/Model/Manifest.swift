import Foundation

/// A model as an app sees it: `manifest.json`, which lies beside the model's files. Nothing about a model is typed by
/// hand in Swift.
///
/// `helpers/manifest.py` defines the fields. Each field of schema version 1 is checked and an unknown one refused; only
/// a file of an unknown format is let pass, since a model may be there for other platforms too.
public struct Manifest: Sendable {
    /// The file's name in a model's folder.
    public static let fileName = "manifest.json"

    private static let mostLabels = 100_000
    private static let mostFiles = 100

    /// The model's short name, such as mobilenet; fit for the name of a folder.
    public let model: String
    /// The name to show, such as MobileNet.
    public let title: String
    /// The publication of the network.
    public let citation: String
    /// Size and preprocessing of the network's input.
    public let input: ImageInput
    /// The class names, in the order of the network's outputs; no two are the same.
    public let labels: [String]
    /// The WordNet ids of the classes, in the same order; empty for the digits.
    public let labelIds: [String]
    /// Where the weights come from.
    public let weights: Weights
    /// The model's files, one of each format.
    public let files: [ModelFile]
    /// The tools that made the files, and their versions.
    public let tools: [String: String]

    private init(_ fields: JsonFields) throws {
        try fields.only(
            "schema_version", "model", "title", "citation", "input", "labels", "label_ids", "weights", "files", "tools")
        // Asked first: of another version, nothing else can be said.
        if fields.names("schema_version") {
            _ = try fields.integer("schema_version", 1...1)
        }
        model = try fields.text("model", "1 to 60 of the characters a-z, 0-9 and _") { $0.isShortName }
        title = try fields.text("title")
        citation = try fields.text("citation")
        input = try ImageInput(fields.object("input"))
        labels = try fields.texts("labels", 2...Self.mostLabels)
        // An app finds a class by its label. Texts that Unicode holds to be the same are the same to Swift as well.
        guard Set(labels).count == labels.count else {
            throw fields.wrong("labels", "each label once")
        }
        labelIds = try fields.optionalTexts("label_ids", most: Self.mostLabels)
        if !labelIds.isEmpty && labelIds.count != labels.count {
            throw fields.wrong("label_ids", "none, or as many as labels, \(labels.count)")
        }
        weights = try Weights(fields.object("weights"))
        files = try Self.files(fields)
        tools = try fields.object("tools").allTexts()
    }

    private static func files(_ fields: JsonFields) throws -> [ModelFile] {
        var files: [ModelFile] = []
        for entry in try fields.objects("files", 1...mostFiles) {
            let file = try ModelFile(entry)
            guard !files.contains(where: { $0.format == file.format || $0.path == file.path }) else {
                throw entry.wrong("format", "each format and each path once")
            }
            files.append(file)
        }
        return files
    }

    /// Reads the manifest in a model's folder. The files it names are checked when they are opened.
    ///
    /// - Throws: `DeploymentError.manifest` where there is none, or it breaks a rule; the message names the field.
    public static func read(folder: URL) throws -> Manifest {
        let file = folder.appendingPathComponent(fileName)
        do {
            return try parse(BoundedRead.upTo(StrictJson.largestBytes, of: file), name: file.path)
        } catch let failure as BoundedRead.Failure {
            throw DeploymentError.manifest(
                "expected \(fileName) in \(folder.path): \(failure.reason); make it with 'make notebooks'")
        }
    }

    /// Reads a manifest's content.
    ///
    /// - Parameter name: what messages call it.
    /// - Throws: `DeploymentError.manifest` where it breaks a rule; the message names the field.
    public static func parse(_ content: Data, name: String) throws -> Manifest {
        do {
            return try Manifest(StrictJson.readObject(content))
        } catch let error as JsonError {
            throw DeploymentError.manifest(
                "\(name) is not a valid manifest: \(error.message); build the model again to replace it")
        }
    }

    /// The file of a format.
    ///
    /// - Throws: `DeploymentError.manifest` where the model has none.
    public func file(_ format: String) throws -> ModelFile {
        guard let file = files.first(where: { $0.format == format }) else {
            throw DeploymentError.manifest(
                "expected a file of the format \(format) for \(model), received "
                    + "\(files.map(\.format).joined(separator: ", ")); build the model again, or choose another engine")
        }
        return file
    }

    /// Whether there is a file of a format.
    public func has(_ format: String) -> Bool {
        files.contains { $0.format == format }
    }
}

extension String {
    /// Whether it is the short name of a model or a format: 1 to 60 of the characters a-z, 0-9 and _.
    var isShortName: Bool {
        (1...60).contains(utf8.count)
            && utf8.allSatisfy { $0 == 0x5f || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
    }

    /// Whether it is a SHA-256 as the project writes it: 64 hexadecimal digits, lower case.
    var isSha256: Bool {
        utf8.count == 64 && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
