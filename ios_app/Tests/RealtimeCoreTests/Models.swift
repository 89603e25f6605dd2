import Foundation
import XCTest

@testable import RealtimeCore

/// Folders of a small model for tests: a manifest, and a file that only looks like a model.
enum Models {
    static let file = Data("not a real network".utf8)

    /// A valid manifest of a model that reads gray pictures of 2 x 2.
    static let json = """
        {"schema_version": 1, "model": "tiny", "title": "Tiny", "citation": "nobody",
         "input": {"height": 2, "width": 2, "channel_order": "gray", "scale": [0.5], "bias": [-1.0],
                   "resize": \(resize)},
         "labels": ["dark", "light"], "label_ids": ["n1", "n2"],
         "weights": {"kind": "untrained", "source": "seed 1", "licence": "MIT", "sha256": "\(zeros)"},
         "files": [
          {"format": "mlmodel", "path": "Tiny.mlmodel", "sha256": "\(Sha256.of(file))", "bytes": \(file.count),
           "input_node": "image", "output_node": "out", "intermediate_nodes": ["a", "b"], "recipe": "\(zeros)"},
          {"format": "of_the_future", "path": "tiny.new", "sha256": "\(zeros)", "bytes": 123456789012,
           "input_node": "image", "output_node": "out", "recipe": "\(zeros)"}],
         "tools": {"keras": "3"}}
        """
    static let resize = #"{"shorter_side": 2, "interpolation": "bilinear", "crop": "center"}"#
    private static let zeros = String(repeating: "0", count: 64)

    static func parse(_ text: String) throws -> Manifest {
        try Manifest.parse(Data(text.utf8), name: "m.json")
    }

    /// Writes a model's folder.
    @discardableResult
    static func write(_ folder: URL) throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(json.utf8).write(to: folder.appendingPathComponent(Manifest.fileName))
        try file.write(to: folder.appendingPathComponent("Tiny.mlmodel"))
        return folder
    }
}

/// Networks' inputs for tests, written as the manifest writes them.
enum Inputs {
    static func of(_ json: String) throws -> ImageInput {
        try ImageInput(StrictJson.readObject(Data(json.utf8)))
    }

    static func colour(_ height: Int, _ width: Int, _ shorterSide: Int, _ order: String) -> ImageInput {
        try! of(
            """
            {"height": \(height), "width": \(width), "channel_order": "\(order)", "scale": [0.0171, 0.0175, 0.0174],
             "bias": [-2.1, -2.03, -1.8], "resize": {"shorter_side": \(shorterSide)}}
            """)
    }

    static func gray(_ height: Int, _ width: Int, _ shorterSide: Int?) -> ImageInput {
        try! of(
            """
            {"height": \(height), "width": \(width), "channel_order": "gray", "scale": [0.00392156862745098],
             "bias": [0.0], "resize": \(shorterSide.map { "{\"shorter_side\": \($0)}" } ?? "null")}
            """)
    }
}

/// Numbers that look random and are the same each time (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

extension YuvFrame {
    /// A frame of planes without padding.
    static func of(_ width: Int, _ height: Int, _ y: [UInt8], _ u: [UInt8], _ v: [UInt8]) throws -> YuvFrame {
        var frame = try YuvFrame(width: width, height: height)
        try y.withUnsafeBytes { y in
            try u.withUnsafeBytes { u in
                try v.withUnsafeBytes { v in
                    try frame.copy(
                        y: Plane(y, rowStride: width, pixelStride: 1),
                        u: Plane(u, rowStride: frame.chromaWidth, pixelStride: 1),
                        v: Plane(v, rowStride: frame.chromaWidth, pixelStride: 1))
                }
            }
        }
        return frame
    }

    static func noise(_ width: Int, _ height: Int, _ random: inout SeededRandom) throws -> YuvFrame {
        let chroma = (width + 1) / 2 * ((height + 1) / 2)
        return try of(width, height, random.bytes(width * height), random.bytes(chroma), random.bytes(chroma))
    }
}

/// A folder of its own for each test, gone afterwards.
class FolderTestCase: XCTestCase {
    private(set) var folder = URL(fileURLWithPath: "/")

    override func setUpWithError() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    func file(_ name: String, _ content: [UInt8]) throws -> URL {
        let place = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content).write(to: place)
        return place
    }
}

/// Asserts that something fails on purpose, with a message on one line that has a part.
func assertRefused<Result>(
    _ part: String, file: StaticString = #filePath, line: UInt = #line, _ call: () throws -> Result
) {
    XCTAssertThrowsError(try call(), part, file: file, line: line) { error in
        guard let message = (error as? DeploymentError)?.message else {
            return XCTFail("an error of another family: \(error)", file: file, line: line)
        }
        XCTAssertTrue(message.contains(part), message, file: file, line: line)
        XCTAssertEqual(message, message.onOneLine, file: file, line: line)
    }
}
