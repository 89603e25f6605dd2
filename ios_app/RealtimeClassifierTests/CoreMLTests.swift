import RealtimeCore
import XCTest

@testable import RealtimeClassifier

/// Core ML and Image I/O themselves, on the golden pictures that pytest and JUnit read as well. They need an iPhone or
/// its simulator; where there are only stand-ins, these tests are compiled and skipped.
final class CoreMLTests: XCTestCase {
    private let bundle = Bundle.main.bundleURL

    override func setUpWithError() throws {
        #if os(Linux)
            throw XCTSkip("expected Apple's frameworks, received stand-ins; run this in Xcode")
        #endif
    }

    func testTheAppBringsWhatItNeeds() throws {
        let lenet = try lenet()
        XCTAssertNil(lenet.problem)
        XCTAssertTrue(lenet.readsDigits)
        let digits = try IdxImages(
            images: bundle.appendingPathComponent("t10k-images-idx3-ubyte"),
            labels: bundle.appendingPathComponent("t10k-labels-idx1-ubyte"), classes: 10)
        XCTAssertEqual(digits.count, 10_000)
        XCTAssertNotNil(Bundle.main.object(forInfoDictionaryKey: "NSCameraUsageDescription"))
    }

    func testPicturesAreReadToTheLastBit() throws {
        let golden = bundle.appendingPathComponent("golden")
        let index: Golden = try read("golden.json")
        XCTAssertGreaterThan(index.pictures.count, 5)
        for picture in index.pictures {
            let content = try Data(contentsOf: golden.appendingPathComponent(picture.file))
            let image = try PictureDecoder().decode(content, name: picture.file)
            XCTAssertEqual(Sha256.of(bytes(image, picture.channels)), picture.pixelsSha256, picture.file)
        }
    }

    func testADamagedPictureIsRefused() throws {
        let content = try Data(contentsOf: bundle.appendingPathComponent("golden/large.png"))
        XCTAssertThrowsError(try PictureDecoder().decode(content.dropLast(content.count / 2), name: "half")) { error in
            XCTAssertTrue(((error as? DeploymentError)?.message ?? "").contains("half"))
        }
    }

    func testLeNetAnswersAsKerasDoes() throws {
        let golden = bundle.appendingPathComponent("golden")
        let index: LogProbabilities = try read("log_probabilities.json")
        let expected = try XCTUnwrap(index.entries.first { $0.model == "lenet" && $0.input == "digit.png" })
        let picture = try PictureDecoder().decode(
            Data(contentsOf: golden.appendingPathComponent("digit.png")), name: "digit.png")
        for units in ComputeUnits.allCases {
            let opened = try OpenedModel.coreML(lenet(), units, osVersion: "of the test", placement: nil).opened
            let pixels = picture.pixels.map { UInt8($0 & 0xff) }
            let probabilities = try opened.engine.classify(.pixels(pixels), cancellation: Cancellation())
            XCTAssertEqual(try TopK.of(probabilities, 1)[0].classNumber, expected.top[0].classNumber, units.title)
            // Other units may compute with half as many bits.
            guard units == .cpu else {
                continue
            }
            for top in expected.top {
                let received = log(max(Double(probabilities[top.classNumber]), index.smallestProbability))
                let most = index.largestError * max(abs(top.logProbability), index.leastLogarithm)
                XCTAssertEqual(received, top.logProbability, accuracy: most, "class \(top.classNumber)")
            }
        }
    }

    func testThePlugAndPlayModelReadsADrawing() async throws {
        // A 7: a bar, and a slant.
        let seven = [[0.3, 0.25], [0.7, 0.25], [0.45, 0.8]].map { StrokePoint(x: $0[0], y: $0[1]) }
        let answer = try await DigitReader.open(.cpu).read(MnistDigit.of(Ink(strokes: [seven])))
        XCTAssertEqual(answer.digit, "7")
        XCTAssertEqual(answer.probabilities.count, 10)
        XCTAssertEqual(answer.probabilities.values.reduce(0, +), 1, accuracy: 1e-3)
    }

    func testAModelOfAnotherManifestIsRefused() throws {
        let lenet = try lenet()
        let other = try TestModels.manifest { fields in
            var weights = fields["weights"] as? [String: Any]
            weights?["sha256"] = String(repeating: "0", count: 64)
            fields["weights"] = weights
        }
        let wrong = InstalledModel(name: lenet.name, manifest: other, compiled: lenet.compiled, problem: nil)
        XCTAssertThrowsError(try CoreMLModel(wrong, .cpu)) { error in
            XCTAssertTrue(((error as? DeploymentError)?.message ?? "").contains("with the weights 00000000"))
        }
    }

    func testADamagedModelIsRefused() throws {
        let damaged = try makeFolder().appendingPathComponent("LeNet.mlmodelc")
        try FileManager.default.createDirectory(at: damaged, withIntermediateDirectories: false)
        try Data("no model".utf8).write(to: damaged.appendingPathComponent("coremldata.bin"))
        let wrong = InstalledModel(name: "LeNet", manifest: try lenet().manifest, compiled: damaged, problem: nil)
        XCTAssertThrowsError(try CoreMLModel(wrong, .cpu)) { error in
            XCTAssertTrue(((error as? DeploymentError)?.message ?? "").hasPrefix("Core ML cannot open LeNet"))
        }
    }

    private func read<Index: Decodable>(_ name: String) throws -> Index {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let content = try Data(contentsOf: bundle.appendingPathComponent("golden").appendingPathComponent(name))
        return try decoder.decode(Index.self, from: content)
    }

    private func lenet() throws -> InstalledModel {
        try XCTUnwrap(InstalledModels(folder: bundle).list().first { $0.name == "LeNet" })
    }

    /// A picture's values as the golden vectors have them: gray, or red, green and blue together.
    private func bytes(_ image: ArgbImage, _ channels: Int) -> [UInt8] {
        image.pixels.flatMap { pixel in
            [16, 8, 0].prefix(channels).map { UInt8(truncatingIfNeeded: pixel >> $0) }
        }
    }

    private struct Golden: Decodable {
        struct Picture: Decodable {
            let file: String
            let channels: Int
            let pixelsSha256: String
        }

        let pictures: [Picture]
    }

    private struct LogProbabilities: Decodable {
        struct Top: Decodable {
            let classNumber: Int
            let logProbability: Double
        }

        struct Entry: Decodable {
            let model: String
            let input: String
            let top: [Top]
        }

        let smallestProbability: Double
        let largestError: Double
        let leastLogarithm: Double
        let entries: [Entry]
    }
}
