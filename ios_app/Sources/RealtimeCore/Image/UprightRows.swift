/// Where the pixels of a picture lie that is read row by row as it looks after its rotation.
struct UprightRows: Sendable {
    // Where the upright picture's first pixel lies, and how far a step along its rows and columns leads.
    private let firstX: Int
    private let firstY: Int
    private let xPerRow: Int
    private let yPerRow: Int
    let xPerColumn: Int
    let yPerColumn: Int

    init(width: Int, height: Int, rotation: Rotation) {
        let fromRight = rotation == .degrees180 || rotation == .degrees270
        let fromBottom = rotation == .degrees90 || rotation == .degrees180
        let xStep = fromRight ? -1 : 1
        let yStep = fromBottom ? -1 : 1
        firstX = fromRight ? width - 1 : 0
        firstY = fromBottom ? height - 1 : 0
        xPerRow = rotation.isSideways ? xStep : 0
        yPerRow = rotation.isSideways ? 0 : yStep
        xPerColumn = rotation.isSideways ? 0 : xStep
        yPerColumn = rotation.isSideways ? yStep : 0
    }

    /// Where a pixel of the upright picture lies in the picture as it is stored.
    @inline(__always)
    func position(row: Int, column: Int) -> (x: Int, y: Int) {
        (firstX + row * xPerRow + column * xPerColumn, firstY + row * yPerRow + column * yPerColumn)
    }
}

/// What a preprocessor can read pixels of.
protocol PixelSource {
    var width: Int { get }
    var height: Int { get }

    /// Reads a part of an upright row: red, green, blue (0-255) of one pixel after those of another; of a gray network
    /// one value each.
    func read(
        _ rows: UprightRows, row: Int, column: Int, count: Int, gray isGray: Bool,
        into values: inout [Int32])
}

@inline(__always)
private func put(
    _ red: Int32, _ green: Int32, _ blue: Int32, _ i: Int, gray isGray: Bool,
    into values: UnsafeMutableBufferPointer<Int32>
) {
    if isGray {
        values[i] = gray(red, green, blue)
    } else {
        values[3 * i] = red
        values[3 * i + 1] = green
        values[3 * i + 2] = blue
    }
}

extension ArgbImage: PixelSource {
    func read(
        _ rows: UprightRows, row: Int, column: Int, count: Int, gray isGray: Bool, into values: inout [Int32]
    ) {
        let (x, y) = rows.position(row: row, column: column)
        let step = rows.yPerColumn * width + rows.xPerColumn
        pixels.withUnsafeBufferPointer { pixels in
            values.withUnsafeMutableBufferPointer { values in
                var at = y * width + x
                for i in 0..<count {
                    let argb = pixels[at]
                    put(
                        Int32(argb >> 16 & 0xff), Int32(argb >> 8 & 0xff), Int32(argb & 0xff), i, gray: isGray,
                        into: values)
                    at += step
                }
            }
        }
    }
}

extension YuvFrame: PixelSource {
    /// Only the pixels that are asked for are ever converted.
    func read(
        _ rows: UprightRows, row: Int, column: Int, count: Int, gray isGray: Bool, into values: inout [Int32]
    ) {
        let start = rows.position(row: row, column: column)
        let chromaWidth = chromaWidth
        y.withUnsafeBufferPointer { lumas in
            u.withUnsafeBufferPointer { bluenesses in
                v.withUnsafeBufferPointer { rednesses in
                    values.withUnsafeMutableBufferPointer { values in
                        var (x, y) = start
                        for i in 0..<count {
                            let luma = Int32(lumas[y * width + x])
                            let chroma = (y >> 1) * chromaWidth + x >> 1
                            let blueness = Int32(bluenesses[chroma])
                            let redness = Int32(rednesses[chroma])
                            put(
                                Yuv.red(luma, redness), Yuv.green(luma, blueness, redness), Yuv.blue(luma, blueness),
                                i, gray: isGray, into: values)
                            x += rows.xPerColumn
                            y += rows.yPerColumn
                        }
                    }
                }
            }
        }
    }
}
