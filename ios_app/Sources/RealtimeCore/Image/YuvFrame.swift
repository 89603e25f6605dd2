/// One plane of a camera's image, where the camera keeps it: valid only as long as the camera lends it.
public struct Plane {
    let bytes: UnsafeRawBufferPointer
    let rowStride: Int
    let pixelStride: Int

    /// Describes one.
    ///
    /// - Parameters:
    ///   - bytes: from the plane's first value on.
    ///   - rowStride: bytes from one row to the next, at least the row's length.
    ///   - pixelStride: bytes from one value to the next, at least 1; 2 where U and V lie interleaved.
    public init(_ bytes: UnsafeRawBufferPointer, rowStride: Int, pixelStride: Int) {
        self.bytes = bytes
        self.rowStride = rowStride
        self.pixelStride = pixelStride
    }
}

/// A camera frame: Y for each pixel, U and V for each block of 2 x 2 pixels.
///
/// A camera's planes are copied in, because the camera wants its own buffers back. Rows may be padded, and U and V may
/// lie interleaved, as in Apple's `420f`: a copy here is neither.
public struct YuvFrame: Sendable, Equatable {
    /// The longest side of a frame, in pixels.
    public static let longestSide = 16_384

    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    private(set) var y: [UInt8]
    private(set) var u: [UInt8]
    private(set) var v: [UInt8]

    /// Takes memory for frames of a size; a new frame is green, all zeros.
    ///
    /// - Throws: `DeploymentError.image` where a side is less than 1 or more than `longestSide`, or there are too many
    ///   pixels.
    public init(width: Int, height: Int) throws {
        let sides = 1...Self.longestSide
        guard sides.contains(width), sides.contains(height), width * height <= ArgbImage.mostPixels else {
            throw DeploymentError.image(
                "expected a frame with sides of 1 to \(Self.longestSide) and at most \(ArgbImage.mostPixels) pixels, "
                    + "received \(width) x \(height) (width x height); choose another camera resolution")
        }
        self.width = width
        self.height = height
        y = [UInt8](repeating: 0, count: width * height)
        u = [UInt8](repeating: 0, count: (width + 1) / 2 * ((height + 1) / 2))
        v = u
    }

    /// Columns of U and V: one for two of the frame's, rounded up.
    public var chromaWidth: Int { (width + 1) / 2 }

    /// Rows of U and V: one for two of the frame's, rounded up.
    public var chromaHeight: Int { (height + 1) / 2 }

    /// Copies a camera's planes in. Takes no memory, unless the frame's pixels are shared with a copy of it.
    ///
    /// - Throws: `DeploymentError.image` where a plane is too short for its strides, or a stride is too small; the
    ///   frame is then as it was.
    public mutating func copy(y yPlane: Plane, u uPlane: Plane, v vPlane: Plane) throws {
        // All are checked before the first is copied: a frame is new as a whole or not at all.
        try Self.check(yPlane, "Y", width, height)
        try Self.check(uPlane, "U", chromaWidth, chromaHeight)
        try Self.check(vPlane, "V", chromaWidth, chromaHeight)
        Self.copy(yPlane, to: &y, width: width)
        Self.copy(uPlane, to: &u, width: chromaWidth)
        Self.copy(vPlane, to: &v, width: chromaWidth)
    }

    private static func check(_ plane: Plane, _ name: String, _ width: Int, _ height: Int) throws {
        let (steps, tooLong) = (width - 1).multipliedReportingOverflow(by: plane.pixelStride)
        guard plane.pixelStride >= 1, !tooLong, plane.rowStride > steps else {
            throw DeploymentError.image(
                "expected plane \(name) of \(width) x \(height) values to have a pixel stride of at least 1 and rows "
                    + "that do not overlap, received pixel stride \(plane.pixelStride) and row stride "
                    + "\(plane.rowStride); give the strides of the same camera image")
        }
        // A camera may leave out the padding after the last row.
        let (rows, overflow) = (height - 1).multipliedReportingOverflow(by: plane.rowStride)
        let needed = overflow || rows > Int.max / 2 ? Int.max : rows + steps + 1
        guard plane.bytes.count >= needed else {
            throw DeploymentError.image(
                "expected plane \(name) of \(width) x \(height) values to have \(needed) bytes (row stride "
                    + "\(plane.rowStride), pixel stride \(plane.pixelStride)), received \(plane.bytes.count); "
                    + "give the planes of a frame of this size")
        }
    }

    private static func copy(_ plane: Plane, to target: inout [UInt8], width: Int) {
        target.withUnsafeMutableBytes { values in
            for row in 0..<values.count / width {
                let from = row * plane.rowStride
                if plane.pixelStride == 1 {
                    let line = UnsafeMutableRawBufferPointer(rebasing: values[row * width..<(row + 1) * width])
                    line.copyMemory(from: UnsafeRawBufferPointer(rebasing: plane.bytes[from..<from + width]))
                } else {
                    for column in 0..<width {
                        values[row * width + column] = plane.bytes[from + column * plane.pixelStride]
                    }
                }
            }
        }
    }

    /// The frame's colours, opaque and not turned; for checks, since it needs no resizing.
    public func argb() -> ArgbImage {
        var pixels = [UInt32](repeating: 0, count: y.count)
        for row in 0..<height {
            for column in 0..<width {
                let chroma = row / 2 * chromaWidth + column / 2
                let luma = Int32(y[row * width + column])
                let blueness = Int32(u[chroma])
                let redness = Int32(v[chroma])
                let red = UInt32(Yuv.red(luma, redness))
                let green = UInt32(Yuv.green(luma, blueness, redness))
                let blue = UInt32(Yuv.blue(luma, blueness))
                pixels[row * width + column] = 0xff00_0000 | red << 16 | green << 8 | blue
            }
        }
        return ArgbImage(frame: self, pixels: pixels)
    }
}

extension ArgbImage {
    /// The colours of a frame, whose size was checked when it was made.
    fileprivate init(frame: YuvFrame, pixels: [UInt32]) {
        width = frame.width
        height = frame.height
        self.pixels = pixels
    }
}
