import Foundation

/// The pictures of a folder and of the folders in it, sorted by name.
///
/// A folder inside it that is called like a class tells the label of its images: by the class's WordNet id
/// (`n02123045/cat.png`), by its number (`7/digit.png`) or by its name. Images elsewhere have no label.
public struct ImageFolder: ImageSet {
    private static let largestFileBytes = 200_000_000
    private static let mostImages = 200_000

    private let folder: URL
    private let decoder: any ImageDecoder
    private let entries: [(id: String, label: Int?)]

    /// Lists a folder.
    ///
    /// - Parameters:
    ///   - manifest: tells the classes.
    ///   - decoder: says by its file names' ends what is a picture.
    /// - Throws: `DeploymentError.image` where it is no folder, cannot be read, or holds no images or too many.
    public init(folder: URL, manifest: Manifest, decoder: any ImageDecoder) throws {
        func pictures(_ inner: String, label: Int?) throws -> [(id: String, label: Int?)] {
            let place = folder.appendingPathComponent(inner)
            return try Self.sorted(place).filter { name in
                decoder.extensions.contains { name.lowercased().hasSuffix("." + $0) }
                    && !Self.isFolder(place.appendingPathComponent(name))
            }.map { (inner.isEmpty ? $0 : inner + "/" + $0, label) }
        }
        var entries = try pictures("", label: nil)
        for name in try Self.sorted(folder) where Self.isFolder(folder.appendingPathComponent(name)) {
            entries += try pictures(name, label: Self.label(name, manifest))
        }
        guard (1...Self.mostImages).contains(entries.count) else {
            throw DeploymentError.image(
                "expected 1 to \(Self.mostImages) \(decoder.extensions.joined(separator: ", ")) files in "
                    + "\(folder.path), received \(entries.count); choose another folder")
        }
        self.folder = folder
        self.decoder = decoder
        self.entries = entries
    }

    private static func sorted(_ place: URL) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: place.path)
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw DeploymentError.image(
                "expected a folder of images, received \(place.path), which is none or cannot be read; "
                    + "correct the path or its rights")
        }
    }

    private static func isFolder(_ place: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func label(_ name: String, _ manifest: Manifest) -> Int? {
        if let label = manifest.labelIds.firstIndex(of: name) ?? manifest.labels.firstIndex(of: name) {
            return label
        }
        let isNumber = (1...6).contains(name.utf8.count) && name.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isNumber ? Int(name).flatMap { $0 < manifest.labels.count ? $0 : nil } : nil
    }

    public var name: String { folder.lastPathComponent == "/" ? "folder" : folder.lastPathComponent }

    public var count: Int { entries.count }

    public func id(_ image: Int) -> String { entries[image].id }

    public func label(_ image: Int) -> Int? { entries[image].label }

    public func read(_ image: Int) throws -> ArgbImage {
        let file = folder.appendingPathComponent(id(image))
        let content: Data
        do {
            content = try BoundedRead.upTo(Self.largestFileBytes, of: file)
        } catch let failure as BoundedRead.Failure {
            throw DeploymentError.image("cannot read \(file.path): \(failure.reason); correct its rights")
        }
        guard content.count <= Self.largestFileBytes else {
            throw DeploymentError.image(
                "expected \(file.path) to have at most \(Self.largestFileBytes) bytes, received more; "
                    + "save it smaller")
        }
        return try decoder.decode(content, name: id(image))
    }
}
