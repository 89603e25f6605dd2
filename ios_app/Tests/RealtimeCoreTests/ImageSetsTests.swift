import Foundation
import XCTest

@testable import RealtimeCore

/// Sets of images: IDX files as MNIST's, folders, portable pixmaps; and what is refused.
final class ImageSetsTests: FolderTestCase {
    private func idx(_ shape: [Int], _ count: Int, type: UInt8 = 8) -> [UInt8] {
        [0, 0, type, UInt8(shape.count)]
            + shape.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
            + (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    }

    func testReadsGrayImagesAndTheirLabels() throws {
        let set = try IdxImages(
            images: file("images", idx([2, 3, 4], 24)), labels: file("labels", idx([2], 2)), classes: 2)
        XCTAssertEqual(set.count, 2)
        XCTAssertEqual(set.label(1), 1)
        XCTAssertEqual(set.id(1), "1")
        XCTAssertEqual(set.name, "images")
        let image = try set.read(1)
        XCTAssertEqual([image.width, image.height], [4, 3])
        XCTAssertEqual(image.pixels[0], 0xff0c_0c0c)
        XCTAssertEqual(image.pixels[11], 0xff17_1717)
    }

    func testReadsColourImages() throws {
        let set = try IdxImages(images: file("rgb", idx([2, 1, 2, 3], 12)))
        XCTAssertEqual(try set.read(1).pixels[1], 0xff09_0a0b)
        XCTAssertNil(set.label(0))
        XCTAssertEqual(try IdxImages(images: file("one", idx([1, 1, 2, 1], 2))).read(0).pixels[1], 0xff01_0101)
    }

    func testRefusesOtherFiles() throws {
        let good = idx([2, 3, 4], 24)
        let cases: [(String, [UInt8])] = [
            ("0 bytes", []), ("with another beginning", Array("hello, world".utf8)),
            ("shape [2, 3, 4]", Array(good[..<39])), ("shape [2, 3, 4]", good + [0]),
            ("shape [2, 0, 4]", idx([2, 0, 4], 0)), ("shape", idx([65_536, 65_536, 65_536], 4)),
            ("shape", idx([-1, -1, -1, -1], 4)), ("another beginning", idx([1, 1, 1, 1, 1], 1)),
            ("another beginning", idx([2, 3, 4], 24, type: 9)), ("give images, not labels", idx([7], 7)),
            ("give images", idx([1, 1, 1, 2], 2)), ("to be unpacked by gunzip first", [0x1f, 0x8b, 8, 0]),
        ]
        for (part, content) in cases {
            let file = try file("images", content)
            assertRefused(part) { try IdxImages(images: file) }
        }
        assertRefused("there is no such file") { try IdxImages(images: folder.appendingPathComponent("none")) }
        assertRefused("not a regular file") { try IdxImages(images: folder) }
        let images = try file("good", good)
        let three = try file("three", idx([3], 3))
        assertRefused("expected 2 labels") { try IdxImages(images: images, labels: three, classes: 10) }
        let two = try file("two", idx([2], 2))
        assertRefused("labels below 1") { try IdxImages(images: images, labels: two, classes: 1) }
    }

    func testEveryPartOfAFileAndEveryBitOfItsHeaderIsChecked() throws {
        let good = idx([2, 3, 4], 24)
        for length in 0..<good.count {
            let file = try file("images", Array(good[..<length]))
            assertRefused("; give a file in MNIST's format") { try IdxImages(images: file) }
        }
        for bit in 0..<8 * 16 {
            var damaged = good
            damaged[bit / 8] ^= 1 << (bit % 8)
            let file = try file("images", damaged)
            assertRefused("; give ") { try IdxImages(images: file) }
        }
    }

    /// Takes the content's length for a colour.
    private struct LengthDecoder: ImageDecoder {
        let extensions = ["png", "jpg", "jpeg"]

        func decode(_ content: Data, name: String) throws -> ArgbImage {
            try ArgbImage(width: 1, height: 1, pixels: [UInt32(content.count)])
        }
    }

    func testAFolderTellsLabelsByItsInnerFolders() throws {
        let manifest = try Models.parse(Models.json)
        for name in [
            "n2/b.png", "1/c.JPG", "dark/d.jpeg", "other/e.png", "7/f.png", "a.png", "notes.txt", "n2/deep/g.png",
        ] {
            _ = try file("images/" + name, [1])
        }
        let images = folder.appendingPathComponent("images")
        let set = try ImageFolder(folder: images, manifest: manifest, decoder: LengthDecoder())
        let received = (0..<set.count).map { "\(set.id($0)) \(set.label($0) ?? -1)" }
        XCTAssertEqual(
            received, ["a.png -1", "1/c.JPG 1", "7/f.png -1", "dark/d.jpeg 0", "n2/b.png 1", "other/e.png -1"])
        XCTAssertEqual(try set.read(0).pixels, [1])
        XCTAssertEqual(set.name, "images")
        try FileManager.default.removeItem(at: images.appendingPathComponent("a.png"))
        assertRefused("there is no such file") { try set.read(0) }
        assertRefused("which is none") {
            try ImageFolder(folder: folder.appendingPathComponent("no"), manifest: manifest, decoder: LengthDecoder())
        }
        assertRefused("received 0") {
            try ImageFolder(folder: images, manifest: manifest, decoder: PixmapDecoder())
        }
    }

    func testDecodesPixmaps() throws {
        let decoder = PixmapDecoder()
        let colour = try decoder.decode(Data("P6 2 1 255\n".utf8) + Data([1, 2, 3, 4, 5, 6]), name: "c.ppm")
        XCTAssertEqual(colour.pixels, [0xff01_0203, 0xff04_0506])
        let gray = try decoder.decode(Data("P5\n# a note 9 9\n1\t2\r\n255 ".utf8) + Data([35, 10]), name: "g.pgm")
        XCTAssertEqual(gray.pixels, [0xff23_2323, 0xff0a_0a0a])
        XCTAssertEqual([gray.width, gray.height], [1, 2])
    }

    func testRefusesOtherPixmaps() {
        let decoder = PixmapDecoder()
        for (part, header, count) in [
            ("an empty file", "", 0), ("another kind", "P3 1 1 255\n1 1 1", 0), ("another header", "P6", 0),
            ("another header", "P6 1 1", 0), ("another header", "P6 1 1 65535\n", 6),
            ("another header", "P6 -1 1 255\n", 3),
            ("another header", "P61 1 255\n", 3), ("another header", "P6 1 1 255", 0),
            ("3 values, received 2", "P6 1 1 255\n", 2),
            ("3 values, received 4", "P6 1 1 255\n", 4), ("at least 1 x 1", "P5 0 9 255\n", 0),
            ("at most 64000000", "P5 999999999 999999999 255\n", 9), ("another header", "P5 9999999999 1 255\n", 9),
            ("another header", "P5 #1 1 255", 9),
        ] {
            assertRefused(part) { try decoder.decode(Data(header.utf8) + Data(count: count), name: "x.ppm") }
        }
    }
}
