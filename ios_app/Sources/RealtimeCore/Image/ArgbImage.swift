/// A picture of one 32-bit number a pixel, 0xAARRGGBB; in memory, that is Apple's 32BGRA.
public struct ArgbImage: Sendable {
    /// The most pixels of a picture that is read: 64 million, 256 MB.
    public static let mostPixels = 64_000_000

    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Row by row, 0xAARRGGBB; the alpha byte is not looked at.
    public let pixels: [UInt32]

    /// Joins pixels and their size.
    ///
    /// - Throws: `DeploymentError.image` where there are not as many pixels as the size has, or the size is none.
    public init(width: Int, height: Int, pixels: [UInt32]) throws {
        try Self.checkSize(width: width, height: height)
        guard pixels.count == width * height else {
            throw DeploymentError.image(
                "expected \(width) x \(height) pixels (width x height), received \(pixels.count); "
                    + "give the whole picture")
        }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Refuses the size of a picture before memory is taken for it.
    ///
    /// - Throws: `DeploymentError.image` where a side is less than 1, or there are more than `mostPixels` pixels.
    public static func checkSize(width: Int, height: Int) throws {
        // Each side alone first, so that their product cannot overflow.
        let sides = 1...mostPixels
        guard sides.contains(width), sides.contains(height), width * height <= mostPixels else {
            throw DeploymentError.image(
                "expected a picture of at least 1 x 1 and at most \(mostPixels) pixels, received "
                    + "\(width) x \(height) (width x height); save it smaller")
        }
    }
}
