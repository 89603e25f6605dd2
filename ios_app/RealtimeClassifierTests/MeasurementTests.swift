import RealtimeCore
import XCTest

@testable import RealtimeClassifier

/// Measurements from the request to the run log, with a stub engine in the place of Core ML.
final class MeasurementTests: XCTestCase {
    private static let digits = 20

    func testDigitsAreToldInMillisecondsAnImage() throws {
        let steps = Monitor<[RunStep]>([])
        let result = try measurement(.digits, numbers: [12]).run(cancellation: Cancellation()) { step in
            steps.withLock { $0.append(step) }
        }
        XCTAssertEqual(
            result.lines.map(\.label),
            ["Model", "Engine", "Time per image", "Images", "Top-1 accuracy", "CPU, of all cores", "Duration"])
        XCTAssertEqual(value(result, "Model"), "LeNet")
        XCTAssertEqual(value(result, "Engine"), "stub, 1")
        XCTAssertEqual(value(result, "Images"), "12")
        XCTAssertTrue(try XCTUnwrap(value(result, "Time per image")).hasSuffix(" ms"))
        XCTAssertTrue(try XCTUnwrap(value(result, "Top-1 accuracy")).hasSuffix(" of 12)"))
        XCTAssertEqual(steps.withLock { $0.filter { $0 == .counted("Classifying", done: 12, total: 12) }.count }, 1)
        let log = try content(result.log)
        XCTAssertEqual(log["kind"] as? String, "accuracy")
        XCTAssertEqual((log["golden"] as? [Any])?.count, 1)
        XCTAssertFalse(result.isUntrained)
    }

    func testAFolderOfImagesIsMeasured() throws {
        let folder = try makeFolder()
        let labelled = folder.appendingPathComponent("7")
        try FileManager.default.createDirectory(at: labelled, withIntermediateDirectories: false)
        try picture().write(to: labelled.appendingPathComponent("seven.pgm"))
        try Data("no picture".utf8).write(to: folder.appendingPathComponent("damaged.pgm"))
        let result = try run(measurement(.accuracy, numbers: [100], images: folder))
        XCTAssertEqual(value(result, "Images"), "1")
        XCTAssertTrue(try XCTUnwrap(value(result, "Could not be read")).hasPrefix("1: expected damaged.pgm"))
        XCTAssertTrue(try XCTUnwrap(value(result, "Top-5 accuracy")).hasSuffix(" of 1)"))
        XCTAssertTrue(try XCTUnwrap(value(result, "Latency")).hasPrefix("mean "))
    }

    func testWithoutAFolderThereIsNothingToMeasure() throws {
        XCTAssertThrowsError(try run(measurement(.accuracy, numbers: [1]))) { error in
            XCTAssertEqual(
                error as? DeploymentError, .image("expected a folder of images, received none; choose one"))
        }
    }

    func testABenchmarkTellsItsCallsApart() throws {
        for manifest in [try TestModels.manifest(), try TestModels.takingFrames()] {
            let result = try run(measurement(.benchmark, manifest, numbers: [8, 2, 60]))
            XCTAssertEqual(value(result, "Steady calls"), "8")
            XCTAssertEqual(value(result, "Opening"), "1.00 ms")
            let latency = try XCTUnwrap(try content(result.log)["latency"] as? [String: Any])
            XCTAssertEqual((latency["warm_up_ns"] as? [Any])?.count, 2)
            XCTAssertEqual((latency["steady_invoke_ns"] as? [Any])?.count, 8)
        }
    }

    func testCancelledItSavesNothing() throws {
        let folder = try makeFolder()
        let cancellation = Cancellation()
        let measurement = try measurement(.digits, numbers: [20], logs: RunLogs(documents: folder))
        XCTAssertThrowsError(
            try measurement.run(cancellation: cancellation) { step in
                if case .counted(_, 5, _) = step {
                    cancellation.cancel()
                }
            }
        ) { XCTAssertTrue($0 is CancellationError) }
        XCTAssertEqual(RunLogs(documents: folder).list(), [])
    }

    func testUntrainedWeightsAreSaidWithTheResult() throws {
        let result = try run(measurement(.digits, try TestModels.untrained(), numbers: [2]))
        XCTAssertTrue(result.isUntrained)
        XCTAssertEqual(value(result, "Weights"), "untrained: the classes mean nothing, only the speed does")
    }

    func testADamagedModelIsAFailure() throws {
        let damaged = InstalledModel(name: "LeNet", manifest: nil, compiled: nil, problem: .manifest("damaged"))
        XCTAssertThrowsError(try run(measurement(.digits, numbers: [1], installed: damaged))) { error in
            XCTAssertEqual(error as? DeploymentError, .manifest("damaged"))
        }
    }

    func testNumbersAreCheckedBeforeTheyAreUsed() {
        for (text, number) in [("1", 1), (" 100 ", 100), ("100000", 100_000)] {
            XCTAssertEqual(RunRequest.count.number(text), number, text)
        }
        for text in ["0", "100001", "99999999999999999999", "", "ten", "1e2", "-1"] {
            XCTAssertNil(RunRequest.count.number(text), text)
        }
        XCTAssertEqual(RunRequest.warmUp.number("0"), 0)
        for measure in Measure.allCases {
            for field in RunRequest.fields(measure) {
                XCTAssertEqual(field.number(field.usual.map(String.init) ?? ""), field.usual ?? field.range.upperBound)
            }
        }
    }

    func testOnlyLeNetReadsDigits() throws {
        let lenet = TestModels.installed(try TestModels.manifest())
        let other = TestModels.installed(try TestModels.takingFrames(), name: "Tiny")
        XCTAssertTrue(Measure.digits.fits(lenet))
        XCTAssertFalse(Measure.digits.fits(other))
        XCTAssertTrue(Measure.benchmark.fits(other))
    }

    private func measurement(
        _ measure: Measure, _ manifest: Manifest? = nil, numbers: [Int], images: URL? = nil, logs: RunLogs? = nil,
        installed: InstalledModel? = nil
    ) throws -> RealtimeClassifier.Measurement {
        let manifest = try manifest ?? TestModels.manifest()
        let folder = try makeFolder()
        let golden = folder.appendingPathComponent("golden")
        try FileManager.default.createDirectory(at: golden, withIntermediateDirectories: false)
        try picture().write(to: golden.appendingPathComponent("digit.pgm"))
        let digits = folder.appendingPathComponent("digits")
        let labels = folder.appendingPathComponent("labels")
        let count = UInt8(Self.digits)
        let values = (0..<Self.digits * 784).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 784 * 31) }
        try Data([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28] + values).write(to: digits)
        try Data([0, 0, 8, 1, 0, 0, 0, count] + (0..<count).map { $0 % 10 }).write(to: labels)
        let request = RunRequest(
            measure: measure, model: installed ?? TestModels.installed(manifest), units: .all, numbers: numbers,
            images: images)
        return RealtimeClassifier.Measurement(
            request: request,
            open: { model, _ in try TestModels.opened(try model.parts().manifest) },
            resources: .init(golden: golden, digits: digits, digitLabels: labels, decoder: PixmapDecoder()),
            phone: .ofTests, logs: try logs ?? makeLogs())
    }

    private func run(_ measurement: RealtimeClassifier.Measurement) throws -> RunResult {
        try measurement.run(cancellation: Cancellation()) { _ in }
    }

    private func picture() -> Data {
        Data("P5 28 28 255\n".utf8) + Data((0..<784).map { UInt8(truncatingIfNeeded: $0 * 3) })
    }

    private func value(_ result: RunResult, _ label: String) -> String? {
        result.lines.first { $0.label == label }?.value
    }

    private func content(_ log: URL) throws -> [String: Any] {
        try XCTUnwrap(try JSONSerialization.jsonObject(with: Data(contentsOf: log)) as? [String: Any])
    }
}
