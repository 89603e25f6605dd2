import CoreVideo
import RealtimeCore

/// Pictures as Core ML takes them.
enum PixelBuffers {
    /// Takes memory for one.
    ///
    /// - Parameter isGray: one byte a pixel; else four: blue, green, red and one that is not looked at.
    /// - Throws: `DeploymentError.modelFile` where there is no memory.
    static func make(width: Int, height: Int, isGray: Bool) throws -> CVPixelBuffer {
        let format = isGray ? kCVPixelFormatType_OneComponent8 : kCVPixelFormatType_32BGRA
        var made: CVPixelBuffer?
        let status = CVPixelBufferCreate(nil, width, height, format, nil, &made)
        guard status == kCVReturnSuccess, let buffer = made else {
            throw DeploymentError.modelFile(
                "expected memory for a picture of \(width) x \(height) pixels, received the status \(status); close "
                    + "other apps")
        }
        return buffer
    }

    /// Copies a picture in.
    ///
    /// - Parameters:
    ///   - pixels: height x width x channels values, row by row, a pixel's red, green and blue together; or gray.
    ///   - buffer: of that size, from `make`.
    /// - Throws: `DeploymentError.modelFile` where the system does not lend the buffer's memory.
    static func fill(_ buffer: CVPixelBuffer, _ pixels: [UInt8], width: Int, height: Int, isGray: Bool) throws {
        guard CVPixelBufferLockBaseAddress(buffer, []) == kCVReturnSuccess else {
            throw DeploymentError.modelFile("expected a picture's memory, received none; start the app again")
        }
        defer { CVPixelBufferUnlockBaseAddress(buffer, []) }
        guard let address = CVPixelBufferGetBaseAddress(buffer) else {
            throw DeploymentError.modelFile("expected a picture's memory, received none; start the app again")
        }
        // Rows may be longer than the picture is wide.
        let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
        let channels = isGray ? 1 : 3
        precondition(
            pixels.count == width * height * channels,
            "expected \(width * height * channels) values, received \(pixels.count)")
        let target = UnsafeMutableRawBufferPointer(start: address, count: rowBytes * height)
        for row in 0..<height {
            for column in 0..<width {
                let from = (row * width + column) * channels
                if isGray {
                    target[row * rowBytes + column] = pixels[from]
                } else {
                    let to = row * rowBytes + 4 * column
                    target[to] = pixels[from + 2]
                    target[to + 1] = pixels[from + 1]
                    target[to + 2] = pixels[from]
                    target[to + 3] = 255
                }
            }
        }
    }
}
