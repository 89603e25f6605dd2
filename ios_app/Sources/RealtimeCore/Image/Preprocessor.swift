/// Turns pictures of one size into a network's input: turned upright, resized and cropped, then scaled.
///
/// Bit for bit what `helpers/preprocess.py` defines. A gray network reads the gray of the colours. A Core ML model with
/// an image input scales by itself (paper, section II.B.1) and takes what `fit` gives; one with an array input takes
/// what `preprocess` gives. The weights of the resize rule are computed once.
public struct Preprocessor: Sendable {
    /// The longest side that a picture may have after resizing and before cropping, in pixels.
    public static let longestResizedSide = 16_384

    private static let levels = 256

    /// The network's input.
    public let input: ImageInput
    private let sourceWidth: Int
    private let sourceHeight: Int
    private let upright: UprightRows
    private let columns: Resampling
    private let rows: Resampling

    // One row of the picture; the rows of the network's width that the next rows are made of, one after another; sums.
    private var sourceRow: [Int32]
    private var narrowRows: [Int32]
    private var sums: [Int32]
    private var fitted: [UInt8]

    // What each level of each channel of the tensor becomes.
    private let tensorValues: [Float]

    /// Prepares for pictures of one size.
    ///
    /// - Parameters:
    ///   - width: the pictures' columns, before they are turned.
    ///   - height: the pictures' rows, before they are turned.
    ///   - rotation: how they are turned to stand upright.
    /// - Throws: `DeploymentError.image` where the network cannot take pictures of that size.
    public init(input: ImageInput, width: Int, height: Int, rotation: Rotation) throws {
        try ArgbImage.checkSize(width: width, height: height)
        let uprightWidth = rotation.isSideways ? height : width
        let uprightHeight = rotation.isSideways ? width : height
        let received = "received one of \(uprightHeight) x \(uprightWidth) (height x width)"
        guard input.resize != nil || (uprightWidth == input.width && uprightHeight == input.height) else {
            throw DeploymentError.image(
                "expected a picture of \(input.height) x \(input.width), because this network has no resize rule; "
                    + "\(received); resize or crop it first")
        }
        let newWidth = input.resize?.resizedSide(uprightWidth, other: uprightHeight) ?? uprightWidth
        let newHeight = input.resize?.resizedSide(uprightHeight, other: uprightWidth) ?? uprightHeight
        guard max(newWidth, newHeight) <= Self.longestResizedSide else {
            throw DeploymentError.image(
                "expected a picture that resizes to sides of at most \(Self.longestResizedSide) pixels; \(received), "
                    + "which would become \(newHeight) x \(newWidth); crop it to a less extreme shape first")
        }
        self.input = input
        sourceWidth = width
        sourceHeight = height
        upright = UprightRows(width: width, height: height, rotation: rotation)
        columns = Resampling(
            from: uprightWidth, to: newWidth, cropStart: (newWidth - input.width) / 2, cropLength: input.width)
        rows = Resampling(
            from: uprightHeight, to: newHeight, cropStart: (newHeight - input.height) / 2, cropLength: input.height)
        sourceRow = [Int32](repeating: 0, count: columns.span * input.channels)
        sums = [Int32](repeating: 0, count: input.width * input.channels)
        narrowRows = [Int32](repeating: 0, count: rows.longest * sums.count)
        fitted = [UInt8](repeating: 0, count: input.length)
        tensorValues = (0..<input.channels).flatMap { channel in
            // Two operations, each rounded: the compiler is never free to make one of them.
            (0..<Self.levels).map { Float($0) * input.scale[channel] + input.bias[channel] }
        }
    }

    /// Turns a picture into the network's input.
    ///
    /// - Parameter tensor: gets height x width x channels numbers, row by row, a pixel's channels together in the
    ///   network's channel order.
    /// - Throws: `DeploymentError.misuse` where the picture has another size, or the tensor another length.
    public mutating func preprocess(_ image: ArgbImage, into tensor: inout [Float]) throws {
        try fit(image)
        try self.tensor(of: fitted, into: &tensor)
    }

    /// Turns a camera frame into the network's input; see `preprocess(_:into:)`.
    public mutating func preprocess(_ frame: YuvFrame, into tensor: inout [Float]) throws {
        try fit(frame)
        try self.tensor(of: fitted, into: &tensor)
    }

    /// Does the first half: brings a picture to the network's size.
    ///
    /// - Parameter pixels: gets height x width x channels values of 0-255, a pixel's red, green and blue together
    ///   whatever the network's channel order.
    /// - Throws: `DeploymentError.misuse` where the picture has another size.
    public mutating func fit(_ image: ArgbImage, into pixels: inout [UInt8]) throws {
        try fit(image)
        pixels = fitted
    }

    /// Does the first half for a camera frame; see `fit(_:into:)`.
    public mutating func fit(_ frame: YuvFrame, into pixels: inout [UInt8]) throws {
        try fit(frame)
        pixels = fitted
    }

    /// Does the second half: scales a picture of the network's size.
    ///
    /// - Parameters:
    ///   - pixels: as `fit(_:into:)` gives them.
    ///   - tensor: gets the network's input.
    /// - Throws: `DeploymentError.misuse` where one of them has another length.
    public func tensor(of pixels: [UInt8], into tensor: inout [Float]) throws {
        guard pixels.count == input.length, tensor.count == input.length else {
            throw DeploymentError.misuse(
                "expected \(input.length) pixel values and as many numbers, received \(pixels.count) and "
                    + "\(tensor.count)")
        }
        let channels = input.channels
        let swapped = input.channelOrder == .bgr
        pixels.withUnsafeBufferPointer { pixels in
            tensorValues.withUnsafeBufferPointer { values in
                tensor.withUnsafeMutableBufferPointer { tensor in
                    for channel in 0..<channels {
                        let from = swapped ? channels - 1 - channel : channel
                        for at in stride(from: 0, to: tensor.count, by: channels) {
                            tensor[at + channel] = values[channel * Self.levels + Int(pixels[at + from])]
                        }
                    }
                }
            }
        }
    }

    private mutating func fit(_ source: some PixelSource) throws {
        guard source.width == sourceWidth, source.height == sourceHeight else {
            throw DeploymentError.misuse(
                "expected pictures of \(sourceWidth) x \(sourceHeight) pixels (width x height), received one of "
                    + "\(source.width) x \(source.height)")
        }
        let ring = narrowRows.count / sums.count
        var read = rows.firsts[0]
        for row in 0..<rows.length {
            while read < rows.end(row) {
                source.read(
                    upright, row: read, column: columns.firsts[0], count: columns.span, gray: input.channels == 1,
                    into: &sourceRow)
                Self.narrow(
                    sourceRow, columns, channels: input.channels, to: &narrowRows, at: read % ring * sums.count)
                read += 1
            }
            Self.combine(narrowRows, rows, row: row, sums: &sums, to: &fitted)
        }
    }

    /// The first pass: along a row, to the network's width.
    private static func narrow(
        _ sourceRow: [Int32], _ columns: Resampling, channels: Int, to narrowRows: inout [Int32], at start: Int
    ) {
        let first = columns.firsts[0]
        sourceRow.withUnsafeBufferPointer { values in
            narrowRows.withUnsafeMutableBufferPointer { narrow in
                columns.weights.withUnsafeBufferPointer { weights in
                    for column in 0..<columns.length {
                        let weightRange = columns.starts[column]..<columns.starts[column + 1]
                        let at = start + column * channels
                        var from = (columns.firsts[column] - first) * channels
                        if channels == 1 {
                            var sum = Resampling.rounding
                            for k in weightRange {
                                sum += weights[k] * values[from]
                                from += 1
                            }
                            narrow[at] = level(sum)
                        } else {
                            var red = Resampling.rounding
                            var green = Resampling.rounding
                            var blue = Resampling.rounding
                            for k in weightRange {
                                red += weights[k] * values[from]
                                green += weights[k] * values[from + 1]
                                blue += weights[k] * values[from + 2]
                                from += 3
                            }
                            narrow[at] = level(red)
                            narrow[at + 1] = level(green)
                            narrow[at + 2] = level(blue)
                        }
                    }
                }
            }
        }
    }

    /// The second pass: along the columns, all of a row at once.
    private static func combine(
        _ narrowRows: [Int32], _ rows: Resampling, row: Int, sums: inout [Int32], to fitted: inout [UInt8]
    ) {
        sums.withUnsafeMutableBufferPointer { sums in
            let length = sums.count
            let ring = narrowRows.count / length
            sums.update(repeating: Resampling.rounding)
            narrowRows.withUnsafeBufferPointer { narrow in
                for old in rows.firsts[row]..<rows.end(row) {
                    let weight = rows.weights[rows.starts[row] + old - rows.firsts[row]]
                    let from = old % ring * length
                    for at in 0..<length {
                        sums[at] += weight * narrow[from + at]
                    }
                }
            }
            fitted.withUnsafeMutableBufferPointer { fitted in
                for at in 0..<length {
                    fitted[row * length + at] = UInt8(level(sums[at]))
                }
            }
        }
    }

    // No weight is negative, so neither is a sum.
    @inline(__always)
    private static func level(_ sum: Int32) -> Int32 {
        min(sum >> Resampling.weightBits, 255)
    }
}
