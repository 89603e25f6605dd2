import XCTest

@testable import RealtimeCore

/// The top classes: as sorting gives them, ties broken by the class's number, and nothing that is no probability.
final class TopKTests: XCTestCase {
    func testIsWhatSortingGives() throws {
        var random = SeededRandom(4)
        for _ in 0..<500 {
            // Few values, so that many are equal.
            let probabilities = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                Float(Int.random(in: 0..<6, using: &random)) / 5
            }
            let k = Int.random(in: 1...8, using: &random)
            let sorted = probabilities.indices.sorted {
                (-probabilities[$0], $0) < (-probabilities[$1], $1)
            }
            let expected = sorted.prefix(k).map { Prediction(classNumber: $0, probability: probabilities[$0]) }
            XCTAssertEqual(try TopK.of(probabilities, k), expected)
        }
    }

    func testBreaksTiesByClassNumber() throws {
        XCTAssertEqual(try TopK.of([0.1, 0.4, 0.1, 0.4], 3).map(\.classNumber), [1, 3, 0])
    }

    func testRefusesWhatIsNoProbability() {
        for value: Float in [.nan, .infinity, -.infinity, -0.5, 1.5, 17] {
            assertRefused("received \(value) for class 1") { try TopK.of([0.2, value, 0.1], 2) }
        }
    }

    func testARoundingBeyondTheRangeIsCutOff() throws {
        XCTAssertEqual(
            try TopK.of([1.00001, -0.00001], 2),
            [Prediction(classNumber: 0, probability: 1), Prediction(classNumber: 1, probability: 0)])
    }
}

/// The stub engine: known answers, a known latency, and the errors of a real one.
final class StubEngineTests: XCTestCase {
    private let cancellation = Cancellation()

    private func stub(_ clock: any NanoClock, latency: Int = 0, takes: InputKind = .tensor) throws -> StubEngine {
        try StubEngine(clock: clock, inputLength: 4, classes: 2, threads: 3, latencyNanos: latency, takes: takes)
    }

    func testAnswersFollowFromTheInput() throws {
        let clock = FakeClock(startingAt: 1_000)
        let engine = try stub(clock, latency: 500)
        // Scores 2 and 2.
        XCTAssertEqual(try engine.classify(.tensor([1, 0, 3, 4]), cancellation: cancellation), [0.5, 0.5])
        XCTAssertEqual(clock.nanoTime(), 1_500)
        let sure = try engine.classify(.tensor([100, 0, 100, 1]), cancellation: cancellation)
        XCTAssertEqual(sure[0], 1, accuracy: 1e-6)
        XCTAssertEqual(sure[1], 0, accuracy: 1e-6)
        XCTAssertEqual(engine.threads, 3)
        let pixels = try stub(clock, takes: .pixels)
        XCTAssertEqual(try pixels.classify(.pixels([7, 9, 9, 7]), cancellation: cancellation), [0.5, 0.5])
    }

    func testRefusesWhatARealOneWould() throws {
        let engine = try stub(SystemClock())
        assertRefused("expected an input of 4 numbers, received 3") {
            try engine.classify(.tensor([1, 2, 3]), cancellation: cancellation)
        }
        assertRefused("expected an input of the kind tensor") {
            try engine.classify(.pixels([1, 2, 3, 4]), cancellation: cancellation)
        }
        engine.close()
        engine.close()
        assertRefused("one that was closed") {
            try engine.classify(.tensor([1, 2, 3, 4]), cancellation: cancellation)
        }
        assertRefused("expected 2 classes or more") {
            try StubEngine(clock: SystemClock(), inputLength: 1, classes: 2, threads: 1, latencyNanos: 0)
        }
    }

    func testCanBeCancelled() throws {
        let engine = try stub(SystemClock(), latency: Int.max / 4)
        cancellation.cancel()
        XCTAssertThrowsError(try engine.classify(.tensor([1, 2, 3, 4]), cancellation: cancellation)) {
            XCTAssertTrue($0 is CancellationError)
        }
    }

    func testSaysWhichModelsItCannotPlay() throws {
        let provider = StubProvider(clock: SystemClock(), latencyNanos: 0)
        let folder = URL(fileURLWithPath: "/nowhere")
        XCTAssertEqual(try provider.open(manifest: Models.parse(Models.json), folder: folder, threads: 2).classes, 2)
        let many = Models.json.replacingOccurrences(
            of: "[\"dark\", \"light\"], \"label_ids\": [\"n1\", \"n2\"]", with: "[\"a\", \"b\", \"c\", \"d\", \"e\"]")
        assertRefused("received 4 and 5") {
            try provider.open(manifest: Models.parse(many), folder: folder, threads: 1)
        }
    }
}
