// A stand-in for Apple's Image I/O and the part of Core Graphics that reads pictures, for checking types where there is
// no Mac: declarations only, as Apple documents them, of what the app uses. Nothing here works; it is never part of the
// app.

@_exported import CoreVideo
@_exported import Foundation

/// How a picture is turned, as EXIF numbers it.
public enum CGImagePropertyOrientation: UInt32, Sendable {
    case up = 1
    case upMirrored = 2
    case down = 3
    case downMirrored = 4
    case leftMirrored = 5
    case right = 6
    case rightMirrored = 7
    case left = 8
}

public typealias CFData = Data

public let kCGImagePropertyOrientation: CFString = "Orientation"

public final class CGImageSource {}

public func CGImageSourceCreateWithData(_ data: CFData, _ options: CFDictionary?) -> CGImageSource? { standsIn() }

public func CGImageSourceCopyPropertiesAtIndex(
    _ isrc: CGImageSource, _ index: Int, _ options: CFDictionary?
) -> CFDictionary? { standsIn() }

public func CGImageSourceCreateImageAtIndex(
    _ isrc: CGImageSource, _ index: Int, _ options: CFDictionary?
) -> CGImage? { standsIn() }

public struct CGAffineTransform: Sendable {
    public init(rotationAngle angle: CGFloat) { standsIn() }

    public static var identity: CGAffineTransform { standsIn() }
}

public enum CGColorSpaceModel: Int32, Sendable {
    case unknown = -1
    case monochrome = 0
    case rgb = 1
    case cmyk = 2
    case lab = 3
    case deviceN = 4
    case indexed = 5
    case pattern = 6
    case XYZ = 7
}

public final class CGColorSpace {
    public static var sRGB: CFString { standsIn() }

    public init?(name: CFString) { standsIn() }

    public var model: CGColorSpaceModel { standsIn() }
    public var baseColorSpace: CGColorSpace? { standsIn() }
    public var supportsOutput: Bool { standsIn() }
}

public final class CGImage {
    public var width: Int { standsIn() }
    public var height: Int { standsIn() }
    public var colorSpace: CGColorSpace? { standsIn() }
}

public enum CGImageAlphaInfo: UInt32, Sendable {
    case none = 0
    case premultipliedLast = 1
    case premultipliedFirst = 2
    case last = 3
    case first = 4
    case noneSkipLast = 5
    case noneSkipFirst = 6
    case alphaOnly = 7
}

public struct CGBitmapInfo: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let byteOrder32Little = CGBitmapInfo(rawValue: 2 << 12)
}

public final class CGContext {
    public init?(
        data: UnsafeMutableRawPointer?, width: Int, height: Int, bitsPerComponent: Int, bytesPerRow: Int,
        space: CGColorSpace, bitmapInfo: UInt32
    ) { standsIn() }

    public func draw(_ image: CGImage, in rect: CGRect) { standsIn() }
}
