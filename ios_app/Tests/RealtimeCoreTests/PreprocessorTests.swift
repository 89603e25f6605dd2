import XCTest

@testable import RealtimeCore

/// Preprocessing: the same bits as the straightforward way, wrong sizes refused. The twin of Java's `PreprocessorTest`.
final class PreprocessorTests: XCTestCase {
    private var random = SeededRandom(7)

    private func anyInput() -> ImageInput {
        let height = Int.random(in: 1...30, using: &random)
        let width = Int.random(in: 1...30, using: &random)
        let side = max(height, width) + Int.random(in: 0..<12, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return Inputs.gray(height, width, side)
        case 1: return Inputs.colour(height, width, side, "rgb")
        default: return Inputs.colour(height, width, side, "bgr")
        }
    }

    private func anyRotation() -> Rotation {
        Rotation.allCases[Int.random(in: 0..<4, using: &random)]
    }

    private func noise(_ width: Int, _ height: Int) throws -> ArgbImage {
        let pixels = (0..<width * height).map { _ in UInt32(truncatingIfNeeded: random.next()) }
        return try ArgbImage(width: width, height: height, pixels: pixels)
    }

    func testGivesTheBitsOfTheStraightforwardWayForPicturesOfAnySize() throws {
        for i in 0..<100 {
            let image = try noise(Int.random(in: 1...60, using: &random), Int.random(in: 1...60, using: &random))
            let input = anyInput()
            let rotation = anyRotation()
            var fitted: [UInt8] = []
            var tensor = [Float](repeating: 0, count: input.length)
            var preprocessor = try Preprocessor(
                input: input, width: image.width, height: image.height, rotation: rotation)
            try preprocessor.fit(image, into: &fitted)
            try preprocessor.preprocess(image, into: &tensor)
            let expected = Straightforward.fitted(image, rotation, input)
            XCTAssertEqual(fitted, expected, "picture \(i), \(image.width) x \(image.height), \(rotation)")
            XCTAssertEqual(tensor, Straightforward.tensor(expected, input), "picture \(i)")
        }
    }

    func testGivesTheBitsOfTheStraightforwardWayForFramesOfAnySize() throws {
        for i in 0..<100 {
            let frame = try YuvFrame.noise(
                Int.random(in: 1...60, using: &random), Int.random(in: 1...60, using: &random), &random)
            let input = anyInput()
            let rotation = anyRotation()
            var tensor = [Float](repeating: 0, count: input.length)
            var preprocessor = try Preprocessor(
                input: input, width: frame.width, height: frame.height, rotation: rotation)
            try preprocessor.preprocess(frame, into: &tensor)
            let expected = Straightforward.tensor(Straightforward.fitted(frame.argb(), rotation, input), input)
            XCTAssertEqual(tensor, expected, "frame \(i), \(frame.width) x \(frame.height), \(rotation)")
        }
    }

    /// The comparison above can fail: another rotation or channel order gives other bits.
    func testNoticesAWrongRotationAndAWrongChannelOrder() throws {
        let frame = try YuvFrame.noise(40, 30, &random)
        let input = Inputs.colour(20, 20, 20, "rgb")
        var fitted: [UInt8] = []
        var preprocessor = try Preprocessor(input: input, width: 40, height: 30, rotation: .degrees90)
        try preprocessor.fit(frame, into: &fitted)
        XCTAssertNotEqual(Straightforward.fitted(frame.argb(), .degrees270, input), fitted)
        let swapped = Inputs.colour(20, 20, 20, "bgr")
        XCTAssertNotEqual(Straightforward.tensor(fitted, swapped), Straightforward.tensor(fitted, input))
    }

    func testTurnsClockwise() throws {
        let image = try ArgbImage(width: 3, height: 2, pixels: (1...6).map { UInt32($0) * 0x101010 })
        let expected: [Rotation: [UInt8]] = [
            .degrees0: [1, 2, 3, 4, 5, 6], .degrees90: [4, 1, 5, 2, 6, 3], .degrees180: [6, 5, 4, 3, 2, 1],
            .degrees270: [3, 6, 2, 5, 1, 4],
        ]
        for (rotation, values) in expected {
            let height = rotation.isSideways ? 3 : 2
            var fitted: [UInt8] = []
            var preprocessor = try Preprocessor(
                input: Inputs.gray(height, 5 - height, nil), width: 3, height: 2, rotation: rotation)
            try preprocessor.fit(image, into: &fitted)
            XCTAssertEqual(fitted, values.map { 16 * $0 }, "\(rotation)")
        }
    }

    func testLooksAtNoAlpha() throws {
        var preprocessor = try Preprocessor(
            input: Inputs.colour(1, 2, 2, "rgb"), width: 4, height: 2, rotation: .degrees0)
        var opaque: [UInt8] = []
        var transparent: [UInt8] = []
        let colours: [UInt32] = [0x112233, 0x445566, 0x778899, 0xaabbcc, 1, 2, 3, 4]
        try preprocessor.fit(ArgbImage(width: 4, height: 2, pixels: colours.map { $0 | 0xff00_0000 }), into: &opaque)
        try preprocessor.fit(ArgbImage(width: 4, height: 2, pixels: colours), into: &transparent)
        XCTAssertEqual(opaque, transparent)
        XCTAssertNotEqual(opaque, [0, 0, 0, 0, 0, 0])
    }

    func testRefusesPicturesThatTheNetworkCannotTake() {
        assertRefused(
            "expected a picture of 28 x 28, because this network has no resize rule; received one of 29 x 28 "
                + "(height x width); resize or crop it first"
        ) { try Preprocessor(input: Inputs.gray(28, 28, nil), width: 28, height: 29, rotation: .degrees0) }
        let input = Inputs.colour(8, 8, 256, "rgb")
        assertRefused("sides of at most 16384 pixels; received one of 1 x 60000") {
            try Preprocessor(input: input, width: 60_000, height: 1, rotation: .degrees0)
        }
        for (width, height) in [(3, 193), (0, 5), (46_341, 46_341), (Int.max, Int.max), (-1, -1)] {
            assertRefused("expected a picture") {
                try Preprocessor(input: input, width: width, height: height, rotation: .degrees0)
            }
        }
    }

    func testTakesTheLongestAllowedStrip() throws {
        let input = Inputs.colour(8, 8, 256, "rgb")
        let nines = try ArgbImage(width: 3, height: 192, pixels: [UInt32](repeating: 0x090909, count: 3 * 192))
        var fitted: [UInt8] = []
        var preprocessor = try Preprocessor(input: input, width: 3, height: 192, rotation: .degrees90)
        try preprocessor.fit(nines, into: &fitted)
        XCTAssertEqual(fitted, [UInt8](repeating: 9, count: 192))
    }

    func testRefusesBuffersOfAnotherSize() throws {
        var preprocessor = try Preprocessor(
            input: Inputs.colour(8, 8, 8, "rgb"), width: 9, height: 9, rotation: .degrees0)
        var tensor = [Float](repeating: 0, count: 8 * 8 * 3)
        let image = try noise(9, 8)
        assertRefused("expected pictures of 9 x 9") { try preprocessor.preprocess(image, into: &tensor) }
        let frame = try YuvFrame(width: 9, height: 10)
        assertRefused("received one of 9 x 10") { try preprocessor.preprocess(frame, into: &tensor) }
        var short: [Float] = []
        let right = try noise(9, 9)
        assertRefused("192 and 0") { try preprocessor.preprocess(right, into: &short) }
        assertRefused("3 and 192") { try preprocessor.tensor(of: [1, 2, 3], into: &tensor) }
    }

    func testPicturesHaveAsManyPixelsAsTheySay() {
        assertRefused("expected 2 x 3 pixels (width x height), received 5") {
            try ArgbImage(width: 2, height: 3, pixels: [1, 2, 3, 4, 5])
        }
        assertRefused("at most 64000000 pixels") { try ArgbImage(width: 0, height: 3, pixels: []) }
    }
}
