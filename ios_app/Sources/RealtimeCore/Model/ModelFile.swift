import Foundation

/// One file of a model, and the names by which it is fed and read. A `.mlpackage` is a folder.
public struct ModelFile: Sendable {
    /// The format that Core ML has read from the beginning, a neural network.
    public static let mlmodel = "mlmodel"

    private static let mostNodes = 10_000

    /// The format, such as `mlmodel`.
    public let format: String
    /// The file's name, in the manifest's folder.
    public let path: String
    /// The hash of the content, as 64 hexadecimal digits; of a folder, see `helpers/files.py`.
    public let sha256: String
    /// The size in bytes.
    public let bytes: Int
    /// The node that takes the image.
    public let inputNode: String
    /// The node that gives the probabilities.
    public let outputNode: String
    /// The nodes between them whose values can be fetched.
    public let intermediateNodes: [String]

    init(_ fields: JsonFields) throws {
        try fields.only(
            "format", "path", "sha256", "bytes", "input_node", "output_node", "intermediate_nodes", "recipe")
        format = try fields.text("format", "a format's name, such as mlmodel") { $0.isShortName }
        path = try fields.text("path", "the name of a file beside the manifest") { $0.isPlainFileName }
        sha256 = try fields.text("sha256", "64 hexadecimal digits") { $0.isSha256 }
        bytes = try fields.integer("bytes", 1...Int.max / 16)
        inputNode = try fields.text("input_node")
        outputNode = try fields.text("output_node")
        intermediateNodes = try fields.optionalTexts("intermediate_nodes", most: Self.mostNodes)
        _ = try fields.text("recipe", "64 hexadecimal digits") { $0.isSha256 }
    }

    /// The file or folder, after its content was compared with the manifest.
    ///
    /// - Parameter folder: the manifest's folder.
    /// - Throws: `DeploymentError.manifest` where it is missing, unreadable, damaged, of another model, or a link to
    ///   elsewhere.
    public func checked(in folder: URL) throws -> URL {
        let file = folder.appendingPathComponent(path)
        do {
            let (size, hash) = try Self.sizeAndHash(of: file, expectedBytes: bytes)
            guard size == bytes && hash == sha256 else {
                throw DeploymentError.manifest(
                    "\(path) is damaged or of another model: expected \(bytes) bytes with SHA-256 \(sha256), received "
                        + "\(size) bytes with \(hash); build the model again, or install the app again")
            }
        } catch is Missing {
            throw DeploymentError.manifest(
                "expected a file \(path) in \(folder.path), as the manifest names it; received none; "
                    + "build the model again")
        } catch let error as DeploymentError {
            throw error
        } catch {
            throw DeploymentError.manifest(
                "cannot read \(file.path): \(error.reason); correct its rights, or build the model again")
        }
        return file
    }

    private struct Missing: Error {}

    private static func sizeAndHash(of place: URL, expectedBytes: Int) throws -> (Int, String) {
        switch try kind(of: place) {
        case .typeRegular?:
            let size = try self.size(of: place)
            return (size, size == expectedBytes ? try Sha256.of(file: place) : "another hash")
        case .typeDirectory?:
            let files = try files(in: place)
            let size = try files.reduce(0) { try $0 + self.size(of: place.appendingPathComponent($1)) }
            guard size == expectedBytes else {
                return (size, "another hash")
            }
            // As sha256sum writes a list: hash, two spaces, path, line feed.
            let lines = try files.map { try Sha256.of(file: place.appendingPathComponent($0)) + "  \($0)\n" }
            return (size, Sha256.of(lines.joined().utf8))
        default:
            // A link, wherever it leads, is not the file that was built.
            throw Missing()
        }
    }

    /// The kind of what lies there, links not followed; nil where nothing does.
    private static func kind(of place: URL) throws -> FileAttributeType? {
        do {
            return try FileManager.default.attributesOfItem(atPath: place.path)[.type] as? FileAttributeType
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return nil
        }
    }

    private static func size(of file: URL) throws -> Int {
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? NSNumber
        return size?.intValue ?? 0
    }

    /// The paths of all files in a folder and the folders in it, sorted by their bytes.
    private static func files(in folder: URL) throws -> [String] {
        var files: [String] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            switch try kind(of: folder.appendingPathComponent(name)) {
            case .typeRegular?: files.append(name)
            case .typeDirectory?: continue
            default: throw Missing()
            }
        }
        return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension String {
    /// Whether it is the name of a file, on whichever system: no folder, no drive, nothing that a terminal acts on.
    fileprivate var isPlainFileName: Bool {
        (1...120).contains(unicodeScalars.count) && self != "." && self != ".."
            && unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && !"/\\:".unicodeScalars.contains($0) }
    }
}
