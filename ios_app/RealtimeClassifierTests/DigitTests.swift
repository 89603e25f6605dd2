import XCTest

@testable import RealtimeClassifier

/// From strokes to what LeNet sees.
final class DigitTests: XCTestCase {
    private let line = [StrokePoint(x: 0.5, y: 0.2), StrokePoint(x: 0.5, y: 0.8)]

    func testNothingDrawnIsBlack() {
        XCTAssertEqual(MnistDigit.of(Ink(strokes: [])), [UInt8](repeating: 0, count: 28 * 28))
        XCTAssertEqual(MnistDigit.of(Ink(strokes: [[]])), [UInt8](repeating: 0, count: 28 * 28))
    }

    func testADotIsRoundAndInItsPlace() {
        let ink = Ink(strokes: [[StrokePoint(x: 0.25, y: 0.75)]], side: 40)
        XCTAssertEqual(ink.values[30 * 40 + 10], 255)
        XCTAssertEqual(ink.values[10 * 40 + 30], 0)
        let area = ink.values.reduce(0.0) { $0 + Double($1) / 255 }
        XCTAssertEqual(area, .pi * 1.5 * 1.5, accuracy: 0.7)
    }

    func testADigitFillsTwentyRowsAroundItsCentreOfMass() {
        let digit = MnistDigit.of(Ink(strokes: [line]))
        let rows = (0..<28).filter { row in digit[row * 28..<(row + 1) * 28].contains { $0 > 0 } }
        XCTAssertEqual(rows, Array(4..<24))
        let (x, y) = centre(digit)
        XCTAssertEqual(x, 14, accuracy: 0.1)
        XCTAssertEqual(y, 14, accuracy: 0.1)
    }

    func testWhereAndHowLargeItIsDrawnDoesNotMatter() {
        let small = line.map { StrokePoint(x: $0.x / 2 + 0.2, y: $0.y / 2 + 0.1) }
        let moved = line.map { StrokePoint(x: $0.x + 0.2, y: $0.y) }
        let digit = MnistDigit.of(Ink(strokes: [line]))
        XCTAssertLessThan(difference(digit, MnistDigit.of(Ink(strokes: [moved]))), 1)
        // Half as high and as wide a stroke as before: thicker, as a part of the digit.
        XCTAssertEqual(centre(MnistDigit.of(Ink(strokes: [small]))).x, 14, accuracy: 0.1)
        let lying = line.map { StrokePoint(x: $0.y, y: $0.x) }
        XCTAssertGreaterThan(difference(digit, MnistDigit.of(Ink(strokes: [lying]))), 10)
    }

    func testAFingerThatLeavesThePadDoesNoHarm() {
        let wild = [StrokePoint(x: -1e9, y: 0.5), StrokePoint(x: 1e9, y: .infinity), StrokePoint(x: .nan, y: 0.5)]
        XCTAssertEqual(Ink(strokes: [wild]).values.count, 140 * 140)
        let leaving = Ink(strokes: [[StrokePoint(x: 0.5, y: 0.5), StrokePoint(x: 1.5, y: 0.5)]])
        XCTAssertEqual(leaving.values[70 * 140 + 139], 255)
    }

    func testEachTouchIsAStrokeOfItsOwn() {
        let (first, second) = (line[0], line[1])
        var drawing = Drawing()
        drawing.follow(first, from: first)
        drawing.follow(second, from: first)
        XCTAssertEqual(drawing.strokes, [[first, second]])
        // Cancelled by a second finger: no end was told.
        drawing.follow(second, from: second)
        XCTAssertEqual(drawing.strokes, [[first, second], [second]])
        drawing.lift()
        drawing.follow(second, from: second)
        XCTAssertEqual(drawing.strokes, [[first, second], [second], [second]])
    }

    private func centre(_ digit: [UInt8]) -> (x: Double, y: Double) {
        let mass = digit.reduce(0.0) { $0 + Double($1) }
        let x = digit.enumerated().reduce(0.0) { $0 + Double($1.element) * (Double($1.offset % 28) + 0.5) }
        let y = digit.enumerated().reduce(0.0) { $0 + Double($1.element) * (Double($1.offset / 28) + 0.5) }
        return (x / mass, y / mass)
    }

    private func difference(_ one: [UInt8], _ other: [UInt8]) -> Double {
        zip(one, other).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(one.count)
    }
}
