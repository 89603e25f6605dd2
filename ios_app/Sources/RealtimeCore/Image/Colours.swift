/// Gray from colour, as Pillow's mode L: (19595 red + 38470 green + 7471 blue + 32768) >> 16.
@inline(__always)
func gray(_ red: Int32, _ green: Int32, _ blue: Int32) -> Int32 {
    (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
}

/// Colours of a camera: one pixel's Y, U, V (0-255) as red, green and blue.
///
/// Coefficients of ITU-R BT.601 at full range, as JPEG uses them and phones' cameras deliver YUV 4:2:0 (Apple's
/// `420f`), as integers of 16 binary places. With u = U - 128 and v = V - 128, where >> rounds down:
///
///     red   = (65536 Y              +  91881 v + 32768) >> 16
///     green = (65536 Y -  22554 u   -  46802 v + 32768) >> 16
///     blue  = (65536 Y + 116130 u              + 32768) >> 16
///
/// each limited to 0-255. A pixel takes the U and V of the block of 2 x 2 pixels in which it lies: nothing is
/// interpolated.
enum Yuv {
    private static let half: Int32 = 1 << 15

    @inline(__always)
    static func red(_ y: Int32, _ v: Int32) -> Int32 {
        limited((y << 16 + 91881 * (v - 128) + half) >> 16)
    }

    @inline(__always)
    static func green(_ y: Int32, _ u: Int32, _ v: Int32) -> Int32 {
        limited((y << 16 - 22554 * (u - 128) - 46802 * (v - 128) + half) >> 16)
    }

    @inline(__always)
    static func blue(_ y: Int32, _ u: Int32) -> Int32 {
        limited((y << 16 + 116130 * (u - 128) + half) >> 16)
    }

    @inline(__always)
    private static func limited(_ value: Int32) -> Int32 {
        max(0, min(value, 255))
    }
}
