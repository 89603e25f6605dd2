import RealtimeCore
import XCTest

@testable import RealtimeClassifier

/// Pictures that are damaged, and pictures that lie on their side.
final class PictureTests: XCTestCase {
    func testTheChecksumIsThatOfPng() {
        XCTAssertEqual(Crc32.of(Array("123456789".utf8)[...]), 0xcbf4_3926)
    }

    func testAWholePngHasNoFault() {
        XCTAssertNil(WholePicture.fault(png()))
        XCTAssertTrue(WholePicture.isPng(png()))
    }

    func testADamagedPngHasOne() {
        XCTAssertEqual(WholePicture.fault([]), "an empty file")
        XCTAssertEqual(WholePicture.fault(Array("P6 1 1 255".utf8)), "a file of another kind")
        for length in 9..<png().count - 12 {
            XCTAssertEqual(WholePicture.fault(Array(png().prefix(length))), "a picture without an end", "\(length)")
        }
        var flipped = png()
        flipped[flipped.count - 12 - 5] ^= 1
        XCTAssertEqual(WholePicture.fault(flipped), "a picture whose pixels have a wrong checksum")
        var endless = png()
        endless.replaceSubrange(8..<12, with: [0xff, 0xff, 0xff, 0xff])
        XCTAssertEqual(WholePicture.fault(endless), "a picture without an end")
    }

    func testAJpegNeedsItsEnd() {
        // A piece of 4 bytes that holds what looks like an end, a scan, two pixels' bytes, the end, and a camera's
        // rest.
        let scan: [UInt8] = [0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xd9, 0xff, 0xda, 0, 2, 1, 0xff, 0, 0xff, 0xd0, 7]
        XCTAssertNil(WholePicture.fault(scan + [0xff, 0xd9, 1, 2, 3]))
        XCTAssertEqual(WholePicture.fault(scan), "a picture without an end")
        XCTAssertEqual(WholePicture.fault(scan + [0xff]), "a picture without an end")
        XCTAssertEqual(WholePicture.fault([0xff, 0xd8, 0xff, 0xe1]), "a picture without an end")
    }

    func testEachOrientationIsTurnedUpright() throws {
        // What is to be seen:  1 2 3
        //                      4 5 6
        let seen: [UInt32] = [1, 2, 3, 4, 5, 6]
        let stored: [(number: Int, width: Int, pixels: [UInt32])] = [
            (1, 3, [1, 2, 3, 4, 5, 6]), (2, 3, [3, 2, 1, 6, 5, 4]), (3, 3, [6, 5, 4, 3, 2, 1]),
            (4, 3, [4, 5, 6, 1, 2, 3]), (5, 2, [1, 4, 2, 5, 3, 6]), (6, 2, [3, 6, 2, 5, 1, 4]),
            (7, 2, [6, 3, 5, 2, 4, 1]), (8, 2, [4, 1, 5, 2, 6, 3]),
        ]
        for (number, width, pixels) in stored {
            let picture = try ArgbImage(width: width, height: 6 / width, pixels: pixels)
            let upright = try ExifOrientation(number).upright(picture)
            XCTAssertEqual(upright.width, 3, "\(number)")
            XCTAssertEqual(upright.pixels, seen, "\(number)")
        }
        XCTAssertEqual(ExifOrientation(9), ExifOrientation(1))
    }

    private func png() -> [UInt8] {
        let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        return signature + piece("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]) + piece("IDAT", [1, 2, 3, 4, 5])
            + piece("IEND", [])
    }

    private func piece(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        let checked = Array(kind.utf8) + content
        return word(UInt32(content.count)) + checked + word(Crc32.of(checked[...]))
    }

    private func word(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
