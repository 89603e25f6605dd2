import Foundation
import ImageIO
import RealtimeCore

/// Reads PNG and JPEG files with Apple's Image I/O.
///
/// The numbers in the file count, whatever colour profile lies beside them, as on the other platforms; transparent
/// parts are laid on white; a JPEG is turned as its EXIF orientation says.
struct PictureDecoder: ImageDecoder {
    let extensions = ["png", "jpg", "jpeg"]

    func decode(_ content: Data, name: String) throws -> ArgbImage {
        // What Image I/O leaves behind would otherwise stay until the measurement's end.
        try autoreleasepool {
            let bytes = [UInt8](content)
            if let fault = WholePicture.fault(bytes) {
                throw DeploymentError.image(
                    "expected \(name) to be a whole PNG or JPEG picture, received \(fault); save it anew as PNG")
            }
            guard let source = CGImageSourceCreateWithData(content as CFData, nil),
                let image = CGImageSourceCreateImageAtIndex(source, 0, nil)
            else {
                throw DeploymentError.image(
                    "expected \(name) to be a PNG or JPEG picture that iOS can read, received a damaged or unusual "
                        + "one; save it anew as PNG")
            }
            try ArgbImage.checkSize(width: image.width, height: image.height)
            let stored = try Self.pixels(image, name)
            if WholePicture.isPng(bytes) {
                return stored
            }
            let properties = CGImageSourceCopyPropertiesAtIndex(source, 0, nil) as NSDictionary?
            let orientation = properties?[kCGImagePropertyOrientation] as? NSNumber
            return try ExifOrientation(orientation?.intValue ?? 1).upright(stored)
        }
    }

    private static func pixels(_ image: CGImage, _ name: String) throws -> ArgbImage {
        let isGray = image.colorSpace?.model == .monochrome
        // A canvas in the picture's own colour space: what is drawn on it is not converted.
        let own = image.colorSpace?.model == .indexed ? image.colorSpace?.baseColorSpace : image.colorSpace
        let canBeDrawnOn = own?.supportsOutput == true && (own?.model == .rgb || isGray)
        guard let space = canBeDrawnOn ? own : CGColorSpace(name: CGColorSpace.sRGB) else {
            throw DeploymentError.image(
                "expected \(name) to have colours that iOS knows, received others; save it as "
                    + "PNG")
        }
        let width = image.width
        let height = image.height
        let drawnGray = canBeDrawnOn && isGray
        // All bits set: white paper.
        var gray = [UInt8](repeating: 0xff, count: drawnGray ? width * height : 0)
        var pixels = [UInt32](repeating: 0xffff_ffff, count: width * height)
        let bitmapInfo =
            drawnGray
            ? CGImageAlphaInfo.none.rawValue
            : CGImageAlphaInfo.noneSkipFirst.rawValue | CGBitmapInfo.byteOrder32Little.rawValue
        func draw(_ memory: UnsafeMutableRawBufferPointer, _ bytesPerPixel: Int) -> Bool {
            guard
                let canvas = CGContext(
                    data: memory.baseAddress, width: width, height: height, bitsPerComponent: 8,
                    bytesPerRow: width * bytesPerPixel, space: space, bitmapInfo: bitmapInfo)
            else {
                return false
            }
            canvas.draw(image, in: CGRect(x: 0, y: 0, width: width, height: height))
            return true
        }
        let isDrawn =
            drawnGray
            ? gray.withUnsafeMutableBytes { draw($0, 1) } : pixels.withUnsafeMutableBytes { draw($0, 4) }
        guard isDrawn else {
            throw DeploymentError.image(
                "expected \(name) to fit into the phone's memory, received no canvas of its size; save it smaller")
        }
        if drawnGray {
            pixels = gray.map { 0xff00_0000 | 0x01_0101 * UInt32($0) }
        }
        return try ArgbImage(width: width, height: height, pixels: pixels)
    }
}
