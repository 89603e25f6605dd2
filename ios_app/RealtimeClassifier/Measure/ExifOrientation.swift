import RealtimeCore

/// How a camera held a picture, as EXIF numbers it: 1 is upright.
struct ExifOrientation: Equatable, Sendable {
    private let number: Int

    /// - Parameter number: 1 to 8; anything else counts as upright.
    init(_ number: Int) {
        self.number = (1...8).contains(number) ? number : 1
    }

    /// The picture as it is to be seen.
    ///
    /// - Throws: never for a picture that was read.
    func upright(_ image: ArgbImage) throws -> ArgbImage {
        if number == 1 {
            return image
        }
        // From 5 on, rows become columns.
        let isSideways = number >= 5
        let (width, height) = isSideways ? (image.height, image.width) : (image.width, image.height)
        let (lastColumn, lastRow) = (image.width - 1, image.height - 1)
        let pixels = (0..<width * height).map { pixel -> UInt32 in
            let (x, y) = (pixel % width, pixel / width)
            let (column, row): (Int, Int)
            switch number {
            case 2: (column, row) = (lastColumn - x, y)
            case 3: (column, row) = (lastColumn - x, lastRow - y)
            case 4: (column, row) = (x, lastRow - y)
            case 5: (column, row) = (y, x)
            case 6: (column, row) = (y, lastRow - x)
            case 7: (column, row) = (lastColumn - y, lastRow - x)
            default: (column, row) = (lastColumn - y, x)
            }
            return image.pixels[row * image.width + column]
        }
        return try ArgbImage(width: width, height: height, pixels: pixels)
    }
}
