import XCTest

@testable import RealtimeCore

/// Camera frames: every layout of the planes gives the same frame, and wrong layouts are refused.
final class YuvFrameTests: XCTestCase {
    private var random = SeededRandom(3)

    /// Lays values out with strides and noise between them, and with nothing after the last.
    private func laidOut(_ values: [UInt8], _ width: Int, _ rowStride: Int, _ pixelStride: Int) -> [UInt8] {
        let height = values.count / width
        var bytes = random.bytes((height - 1) * rowStride + (width - 1) * pixelStride + 1)
        for (at, value) in values.enumerated() {
            bytes[at / width * rowStride + at % width * pixelStride] = value
        }
        return bytes
    }

    func testReadsEveryLayoutOfTheSameFrame() throws {
        for _ in 0..<100 {
            let width = Int.random(in: 1...40, using: &random)
            let height = Int.random(in: 1...40, using: &random)
            let expected = try YuvFrame.noise(width, height, &random)
            let step = Int.random(in: 1...2, using: &random)
            let row = (width - 1) * step + 1 + Int.random(in: 0..<20, using: &random)
            let chromaStep = Int.random(in: 1...3, using: &random)
            let chromaRow = (expected.chromaWidth - 1) * chromaStep + 1 + Int.random(in: 0..<20, using: &random)
            let y = laidOut(expected.y, width, row, step)
            let u = laidOut(expected.u, expected.chromaWidth, chromaRow, chromaStep)
            let v = laidOut(expected.v, expected.chromaWidth, chromaRow, chromaStep)
            var frame = try YuvFrame(width: width, height: height)
            try copy(y, u, v, to: &frame, row, step, chromaRow, chromaStep)
            XCTAssertEqual(frame, expected)
        }
    }

    private func copy(
        _ y: [UInt8], _ u: [UInt8], _ v: [UInt8], to frame: inout YuvFrame, _ row: Int, _ step: Int, _ chromaRow: Int,
        _ chromaStep: Int
    ) throws {
        try y.withUnsafeBytes { y in
            try u.withUnsafeBytes { u in
                try v.withUnsafeBytes { v in
                    try frame.copy(
                        y: Plane(y, rowStride: row, pixelStride: step),
                        u: Plane(u, rowStride: chromaRow, pixelStride: chromaStep),
                        v: Plane(v, rowStride: chromaRow, pixelStride: chromaStep))
                }
            }
        }
    }

    /// Apple's `420f`: U and V in turn in one plane, of which V is the part from the second byte on.
    func testReadsInterleavedPlanes() throws {
        let chroma: [UInt8] = [1, 2, 3, 4, 0, 0, 5, 6, 7, 8]
        var frame = try YuvFrame(width: 3, height: 3)
        try [UInt8](repeating: 9, count: 9).withUnsafeBytes { y in
            try chroma.withUnsafeBytes { chroma in
                try frame.copy(
                    y: Plane(y, rowStride: 3, pixelStride: 1), u: Plane(chroma, rowStride: 6, pixelStride: 2),
                    v: Plane(UnsafeRawBufferPointer(rebasing: chroma[1...]), rowStride: 6, pixelStride: 2))
            }
        }
        XCTAssertEqual(frame.u, [1, 3, 5, 7])
        XCTAssertEqual(frame.v, [2, 4, 6, 8])
    }

    func testRefusesPlanesThatAreTooShortAndStridesThatAreTooSmall() throws {
        var frame = try YuvFrame(width: 4, height: 6)
        let y = [UInt8](repeating: 7, count: 24)
        let u = [UInt8](repeating: 7, count: 6)
        let short = [UInt8](repeating: 7, count: 5)
        assertRefused("plane V of 2 x 3 values to have 6 bytes") { try copy(y, u, short, to: &frame, 4, 1, 2, 1) }
        assertRefused("plane Y of 4 x 6 values to have 29 bytes") { try copy(y, u, u, to: &frame, 5, 1, 2, 1) }
        assertRefused("row stride 3") { try copy(y, u, u, to: &frame, 3, 1, 2, 1) }
        assertRefused("pixel stride 0") { try copy(y, u, u, to: &frame, 4, 0, 2, 1) }
        assertRefused("pixel stride -1") { try copy(y, u, u, to: &frame, 4, 1, 2, -1) }
        assertRefused("row stride 9223372036854775807") { try copy(y, u, u, to: &frame, Int.max, 1, 2, 1) }
        assertRefused("pixel stride 9223372036854775807") { try copy(y, u, u, to: &frame, Int.max, Int.max, 2, 1) }
        assertRefused("received 23") { try copy(Array(y.dropLast()), u, u, to: &frame, 4, 1, 2, 1) }
        XCTAssertEqual(frame, try YuvFrame(width: 4, height: 6), "a refused frame leaves nothing behind")
    }

    func testRefusesSizesThatNoCameraHas() {
        for (width, height) in [(0, 4), (4, -1), (16_385, 4), (4, 16_385), (16_000, 16_000)] {
            assertRefused("received \(width) x \(height)") { try YuvFrame(width: width, height: height) }
        }
    }

    func testShowsKnownColours() throws {
        // Black, white, gray; then red, green and blue as JPEG encodes them; then values beyond all colours.
        let known: [(UInt8, UInt8, UInt8, UInt32)] = [
            (0, 128, 128, 0x000000), (255, 128, 128, 0xffffff), (128, 128, 128, 0x808080), (76, 85, 255, 0xfe0000),
            (150, 44, 21, 0x00ff01), (29, 255, 107, 0x0000fe), (255, 255, 255, 0xff79ff), (0, 0, 0, 0x008700),
        ]
        for (y, u, v, colour) in known {
            let pixel = try YuvFrame.of(1, 1, [y], [u], [v]).argb().pixels[0]
            XCTAssertEqual(String(pixel, radix: 16), String(0xff00_0000 | colour, radix: 16))
        }
    }
}
