import Foundation

/// An array of uint8 in MNIST's IDX format: two zero bytes, the type code 8, the number of dimensions, each dimension's
/// size as 32-bit integer with the most significant byte first, then the values. Not gzipped: Foundation cannot unpack.
struct IdxFile: Sendable {
    private static let largestBytes = 400_000_000
    private static let uint8Code: UInt8 = 0x08

    let shape: [Int]
    let values: [UInt8]

    /// Reads a file.
    ///
    /// - Throws: `DeploymentError.image` where it is anything else, damaged or too large.
    init(_ file: URL) throws {
        let content: [UInt8]
        do {
            content = [UInt8](try BoundedRead.upTo(Self.largestBytes, of: file))
        } catch let failure as BoundedRead.Failure {
            throw DeploymentError.image(
                "cannot read \(file.path): \(failure.reason); correct the path, or fetch the file again")
        }
        func refused(_ received: String) -> DeploymentError {
            .image(
                "expected \(file.path) to be an IDX file of at most \(Self.largestBytes) uint8 values in 1 to 4 "
                    + "dimensions, received \(received); give a file in MNIST's format")
        }
        if content.starts(with: [0x1f, 0x8b]) {
            throw refused("one that is gzipped, to be unpacked by gunzip first")
        }
        let dimensions = content.count < 4 ? 0 : Int(content[3])
        let header = 4 + 4 * dimensions
        guard content.count <= Self.largestBytes, (1...4).contains(dimensions), content.count >= header,
            content.starts(with: [0, 0, Self.uint8Code])
        else {
            throw refused("\(content.count) bytes with another beginning")
        }
        shape = (0..<dimensions).map { dimension in
            content[4 + 4 * dimension..<8 + 4 * dimension].reduce(0) { $0 << 8 | Int($1) }
        }
        var length = 1
        for size in shape {
            // Before the product can overflow: four 32-bit sizes do not fit into 64 bits.
            length = length > Self.largestBytes ? length : length * size
        }
        guard length == content.count - header, length > 0 else {
            throw refused("\(content.count) bytes that say to have the shape \(shape)")
        }
        values = Array(content[header...])
    }
}

/// Images of one size from a single file without compression, and their labels from another: the MNIST test set, or any
/// batch of uint8 images of shape (n, height, width), gray, or (n, height, width, channels) with 1 or 3 channels.
public struct IdxImages: ImageSet, Sendable {
    public let name: String
    private let images: IdxFile
    private let labels: [Int]?

    /// Opens images whose labels are not known.
    ///
    /// - Throws: `DeploymentError.image` where the file is no batch of images.
    public init(images file: URL) throws {
        name = file.lastPathComponent
        images = try Self.readImages(file)
        labels = nil
    }

    /// Opens images and their labels.
    ///
    /// - Parameter classes: how many classes there are.
    /// - Throws: `DeploymentError.image` where a file is not what it should be, or the two do not fit together.
    public init(images file: URL, labels labelsFile: URL, classes: Int) throws {
        name = file.lastPathComponent
        images = try Self.readImages(file)
        let values = try IdxFile(labelsFile)
        guard values.shape == [images.shape[0]] else {
            throw DeploymentError.image(
                "expected \(images.shape[0]) labels in \(labelsFile.path), received \(values.shape[0]) in "
                    + "\(values.shape.count) dimensions; give the labels of the same images")
        }
        if let wrong = values.values.firstIndex(where: { Int($0) >= classes }) {
            throw DeploymentError.image(
                "expected labels below \(classes) in \(labelsFile.path), received \(values.values[wrong]) for image "
                    + "\(wrong); choose the model of this data set")
        }
        labels = values.values.map(Int.init)
    }

    private static func readImages(_ file: URL) throws -> IdxFile {
        let images = try IdxFile(file)
        let shape = images.shape
        guard shape.count == 3 || (shape.count == 4 && (shape[3] == 1 || shape[3] == 3)) else {
            throw DeploymentError.image(
                "expected images of shape (n, height, width) or (n, height, width, 1 or 3) in \(file.path), received "
                    + "\(shape.count) dimensions; give images, not labels")
        }
        try ArgbImage.checkSize(width: shape[2], height: shape[1])
        return images
    }

    public var count: Int { images.shape[0] }

    public func id(_ image: Int) -> String { String(image) }

    public func label(_ image: Int) -> Int? { labels?[image] }

    public func read(_ image: Int) throws -> ArgbImage {
        let (height, width) = (images.shape[1], images.shape[2])
        let channels = images.shape.count == 3 ? 1 : images.shape[3]
        let start = image * height * width * channels
        let pixels = stride(from: start, to: start + height * width * channels, by: channels).map { at in
            let red = UInt32(images.values[at])
            let green = channels == 1 ? red : UInt32(images.values[at + 1])
            let blue = channels == 1 ? red : UInt32(images.values[at + 2])
            return 0xff00_0000 | red << 16 | green << 8 | blue
        }
        return try ArgbImage(width: width, height: height, pixels: pixels)
    }
}
