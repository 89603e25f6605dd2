import Foundation
import XCTest

@testable import RealtimeCore

/// The golden vectors of `data/golden`: the same bits as `helpers/preprocess.py` gives, for all six models.
///
/// Foundation cannot decode PNG. Who runs these tests (`tests/test_ios_core.py`) hands over the pictures' pixels as
/// files besides, and `golden.json` has the pixels' hashes: other pixels fail.
final class GoldenTests: XCTestCase {
    private struct Golden: Decodable {
        let pictures: [Picture]
        let frames: [CameraFrame]
    }

    private struct Picture: Decodable {
        let file: String
        let height: Int
        let width: Int
        let channels: Int
        let pixelsSha256: String
        let expected: [String: Expected]
    }

    private struct CameraFrame: Decodable {
        let file: String
        let sha256: String
        let height: Int
        let width: Int
        let argbSha256: String
        let argbFirst: [String]
        let rotations: [Turned]
    }

    private struct Turned: Decodable {
        let rotation: Int
        let expected: [String: Expected]
    }

    private struct Expected: Decodable {
        let fittedSha256: String
        let fittedFirst: [UInt8]
        let tensorSha256: String
        let tensorFirst: [Float]
        let channels: [Spread]
    }

    private struct Spread: Decodable {
        let min: Float
        let mean: Double
        let max: Float
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../data/golden").standardizedFileURL

    private func golden() throws -> (Golden, [String: ImageInput]) {
        let content = try Data(contentsOf: Self.folder.appendingPathComponent("golden.json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        // The inputs are read by the core itself, as it reads them in a manifest.
        let inputs = try StrictJson.readObject(content).object("inputs")
        let names = ["lenet", "resnet50", "inceptionv3", "squeezenet", "mobilenet", "densenet121"]
        let pairs = try names.map { ($0, try ImageInput(inputs.object($0))) }
        return (try decoder.decode(Golden.self, from: content), Dictionary(uniqueKeysWithValues: pairs))
    }

    private func pixels(_ picture: Picture) throws -> ArgbImage {
        let folder = try XCTUnwrap(
            ProcessInfo.processInfo.environment["GOLDEN_PIXELS"],
            "the golden pictures' pixels, which tests/test_ios_core.py hands over in the folder GOLDEN_PIXELS")
        let name = picture.file.replacingOccurrences(of: ".png", with: picture.channels == 1 ? ".pgm" : ".ppm")
        let content = try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name))
        let image = try PixmapDecoder().decode(content, name: name)
        let bytes = image.pixels.flatMap { pixel in
            [16, 8, 0].prefix(picture.channels).map { UInt8(truncatingIfNeeded: pixel >> $0) }
        }
        XCTAssertEqual(Sha256.of(bytes), picture.pixelsSha256, name)
        XCTAssertEqual([image.height, image.width], [picture.height, picture.width], name)
        return image
    }

    func testEveryPictureGivesTheSameBits() throws {
        let (golden, inputs) = try golden()
        var compared = 0
        for picture in golden.pictures {
            let image = try pixels(picture)
            for (model, expected) in picture.expected {
                let input = try XCTUnwrap(inputs[model])
                var preprocessor = try Preprocessor(
                    input: input, width: image.width, height: image.height, rotation: .degrees0)
                var fitted: [UInt8] = []
                var tensor = [Float](repeating: 0, count: input.length)
                try preprocessor.fit(image, into: &fitted)
                try preprocessor.preprocess(image, into: &tensor)
                compare(expected, fitted, tensor, input, "\(picture.file), \(model)")
                compared += 1
            }
        }
        XCTAssertEqual(compared, 7 * 5 + 1)
    }

    func testEveryFrameGivesTheSameBitsInEveryRotation() throws {
        let (golden, inputs) = try golden()
        var compared = 0
        for entry in golden.frames {
            let content = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(entry.file)))
            XCTAssertEqual(Sha256.of(content), entry.sha256, entry.file)
            let luma = entry.width * entry.height
            let chroma = (content.count - luma) / 2
            let frame = try YuvFrame.of(
                entry.width, entry.height, Array(content[..<luma]), Array(content[luma..<luma + chroma]),
                Array(content[(luma + chroma)...]))
            let argb = frame.argb().pixels
            let first = argb.prefix(entry.argbFirst.count).map { String($0, radix: 16) }
            XCTAssertEqual(first, entry.argbFirst, entry.file)
            let bytes = argb.flatMap { pixel in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: pixel >> $0) } }
            XCTAssertEqual(Sha256.of(bytes), entry.argbSha256, entry.file)
            for turned in entry.rotations {
                let rotation = try XCTUnwrap(Rotation(rawValue: turned.rotation))
                for (model, expected) in turned.expected {
                    let input = try XCTUnwrap(inputs[model])
                    var preprocessor = try Preprocessor(
                        input: input, width: frame.width, height: frame.height, rotation: rotation)
                    var fitted: [UInt8] = []
                    var tensor = [Float](repeating: 0, count: input.length)
                    try preprocessor.fit(frame, into: &fitted)
                    try preprocessor.preprocess(frame, into: &tensor)
                    compare(expected, fitted, tensor, input, "\(entry.file), \(rotation), \(model)")
                    compared += 1
                }
            }
        }
        XCTAssertEqual(compared, 4 * 5 + 4 * 6)
    }

    /// The hashes notice a single bit, and the first numbers tell which.
    func testASingleWrongBitIsNoticed() throws {
        let (golden, inputs) = try golden()
        let picture = golden.pictures[1]
        let image = try pixels(picture)
        let input = try XCTUnwrap(inputs["mobilenet"])
        var preprocessor = try Preprocessor(
            input: input, width: image.width, height: image.height, rotation: .degrees0)
        var fitted: [UInt8] = []
        try preprocessor.fit(image, into: &fitted)
        let expected = try XCTUnwrap(picture.expected["mobilenet"]).fittedSha256
        XCTAssertEqual(Sha256.of(fitted), expected)
        fitted[fitted.count - 1] ^= 1
        XCTAssertNotEqual(Sha256.of(fitted), expected)
    }

    private func compare(
        _ expected: Expected, _ fitted: [UInt8], _ tensor: [Float], _ input: ImageInput, _ which: String
    ) {
        // The numbers first: they make a failure readable.
        XCTAssertEqual(Array(fitted.prefix(expected.fittedFirst.count)), expected.fittedFirst, which)
        XCTAssertEqual(Array(tensor.prefix(expected.tensorFirst.count)), expected.tensorFirst, which)
        XCTAssertEqual(Sha256.of(fitted), expected.fittedSha256, which)
        XCTAssertEqual(Sha256.of(GoldenResult.bytes(of: tensor)), expected.tensorSha256, which)
        XCTAssertEqual(expected.channels.count, input.channels, which)
        for (channel, spread) in expected.channels.enumerated() {
            let received = TensorSpread(tensor, channel: channel, of: input.channels)
            XCTAssertEqual(received.min, spread.min, which)
            XCTAssertEqual(received.max, spread.max, which)
            XCTAssertEqual(received.mean, spread.mean, accuracy: 1e-6 * max(1, abs(spread.mean)), which)
        }
    }
}
