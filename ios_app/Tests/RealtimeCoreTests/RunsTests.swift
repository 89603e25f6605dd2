import Foundation
import XCTest

@testable import RealtimeCore

/// Validation, benchmark, and the logs they are written to. The twin of Java's `RunsTest`.
final class RunsTests: FolderTestCase {
    private static let milli = 1_000_000

    private let input = Inputs.gray(2, 2, 2)
    // Time passes only where the stub engine sleeps.
    private let clock = FakeClock()
    private let never = Cancellation()

    private func engine(millis: Int = 5, takes: InputKind = .tensor) throws -> StubEngine {
        try StubEngine(
            clock: clock, inputLength: 4, classes: 2, threads: 1, latencyNanos: millis * Self.milli, takes: takes)
    }

    /// Images of 2 x 2 whose left column is dark or light; each third one cannot be read.
    private struct TestImages: ImageSet {
        let name = "test images"
        let count = 12

        func id(_ image: Int) -> String { "image \(image)" }

        func label(_ image: Int) -> Int? { image < 10 ? image % 2 : nil }

        func read(_ image: Int) throws -> ArgbImage {
            if image % 3 == 2 {
                throw DeploymentError.image("damaged")
            }
            let left: UInt32 = image % 2 == 0 ? 0xffffff : 0
            let right: UInt32 = image == 4 ? 0xffffff : 0xffffff - left
            return try ArgbImage(width: 2, height: 2, pixels: [left, right, left, right])
        }
    }

    private func validate(
        limit: Int = 100, takes: InputKind = .tensor, _ progress: (ValidationStep) throws -> Void = { _ in }
    ) throws -> AccuracyResult {
        try Validation.run(
            engine: engine(takes: takes), input: input, images: TestImages(), limit: limit, clock: clock,
            cancellation: never, progress: progress)
    }

    func testValidationCountsWhatIsRight() throws {
        for takes in [InputKind.tensor, .pixels] {
            var heard: [String] = []
            let result = try validate(takes: takes) { step in
                switch step {
                case .classified(let image, let total, let probabilities):
                    heard.append("\(image) of \(total): \(probabilities[0] >= probabilities[1] ? 0 : 1)")
                case .failed(let image, let total, let message):
                    heard.append("\(image) of \(total) \(message)")
                }
            }
            // Of 0, 1, 3, 4, 6, 7, 9, 10: image 4 is light on both sides, a tie, which the lower number wins.
            XCTAssertEqual(result.images.count, 8)
            XCTAssertEqual(result.failed.map(\.id), ["image 2", "image 5", "image 8", "image 11"])
            XCTAssertEqual(result.failed[1].message, "damaged")
            XCTAssertEqual(result.labelled, 7)
            XCTAssertEqual(result.correct(top: 1), 7)
            XCTAssertEqual(result.correct(top: 5), 7)
            XCTAssertEqual(heard.count, 12)
            XCTAssertEqual(heard[1], "1 of 12: 1")
            XCTAssertEqual(heard[2], "2 of 12 damaged")
            XCTAssertEqual(result.images[0].invokeNanos, 5 * Self.milli)
            XCTAssertEqual(result.images[0].preprocessNanos, 0)
            XCTAssertEqual(result.dataSet, "test images")
        }
    }

    func testValidationStopsAtItsLimitAtACancellationAndWhenItIsTold() throws {
        XCTAssertEqual(try validate(limit: 2).images.count, 2)
        assertRefused("enough") { try validate { _ in throw DeploymentError.modelFile("enough") } }
        XCTAssertThrowsError(try validate { [never] _ in never.cancel() }) { XCTAssertTrue($0 is CancellationError) }
    }

    func testABenchmarkKeepsItsPartsApart() throws {
        let frame = try YuvFrame(width: 6, height: 4)
        for takes in [InputKind.tensor, .pixels] {
            let start = clock.nanoTime()
            let result = try Benchmark(warmUpCount: 3, count: 10, seconds: 60).run(
                engine: engine(takes: takes), input: input, frame: frame, rotation: .degrees90, clock: clock,
                cancellation: never)
            XCTAssertEqual(result.firstNanos, 5 * Self.milli)
            XCTAssertEqual(result.warmUpNanos, [Int](repeating: 5 * Self.milli, count: 3))
            XCTAssertEqual(result.invokeNanos, [Int](repeating: 5 * Self.milli, count: 10))
            XCTAssertEqual(result.preprocessNanos.count, 10)
            XCTAssertEqual(result.steady.percentileMillis(50), 5)
            XCTAssertEqual(clock.nanoTime() - start, 14 * 5 * Self.milli)
        }
    }

    func testABenchmarkEndsWithItsTime() throws {
        let frame = try YuvFrame(width: 6, height: 4)
        func calls(millis: Int, warmUp: Int) throws -> Int {
            try Benchmark(warmUpCount: warmUp, count: 100, seconds: 1).run(
                engine: engine(millis: millis), input: input, frame: frame, rotation: .degrees0, clock: clock,
                cancellation: never
            ).invokeNanos.count
        }
        XCTAssertEqual(try calls(millis: 400, warmUp: 1), 3, "the third begins within the second")
        XCTAssertEqual(try calls(millis: 9_000, warmUp: 0), 1)
        for (warmUp, count, seconds) in [(0, 0, 1), (-1, 1, 1), (0, 1, 0), (0, 100_001, 1), (0, 1, Int.max)] {
            assertRefused("expected up to 100000 calls") {
                try Benchmark(warmUpCount: warmUp, count: count, seconds: seconds)
            }
        }
        never.cancel()
        XCTAssertThrowsError(try calls(millis: 1, warmUp: 0)) { XCTAssertTrue($0 is CancellationError) }
    }

    func testGoldenPicturesAreHashedAndSummedUp() throws {
        struct OnePicture: ImageSet {
            let name = "golden"
            let count = 1
            func id(_ image: Int) -> String { "p.png" }
            func label(_ image: Int) -> Int? { nil }
            func read(_ image: Int) throws -> ArgbImage {
                try ArgbImage(width: 2, height: 2, pixels: [0, 0x333333, 0xffffff, 0xcccccc])
            }
        }
        for takes in [InputKind.tensor, .pixels] {
            let results = try GoldenResult.of(
                engine: engine(takes: takes), input: input, pictures: OnePicture(), cancellation: never)
            let result = try XCTUnwrap(results.first)
            XCTAssertEqual(result.picture, "p.png")
            XCTAssertEqual(result.fittedSha256, Sha256.of([0, 0x33, 0xff, 0xcc]))
            XCTAssertEqual(result.channels[0].min, 0)
            XCTAssertEqual(result.channels[0].max, 1)
            XCTAssertEqual(result.channels[0].mean, 0.5, accuracy: 1e-7)
            XCTAssertEqual(result.top.count, 2)
        }
        let others = try GoldenResult.of(
            engine: engine(), input: Inputs.gray(3, 3, nil), pictures: OnePicture(), cancellation: never)
        XCTAssertTrue(others.isEmpty, "another size")
    }

    private struct HalfCpu: CpuTime {
        let clock: FakeClock
        func processCpuNanos() -> Int { clock.nanoTime() / 2 }
    }

    private func accuracyLog() throws -> RunLog {
        let manifest = try Models.parse(Models.json)
        let timer = RunTimer(cpuTime: HalfCpu(clock: clock), clock: clock, cores: 2)
        let result = try validate()
        let device = Device(
            manufacturer: "", model: String(repeating: "é", count: 400), soc: "", os: "Linux", osVersion: "1", cores: 2)
        var resources = Resources()
        resources.batteryPercent = (80, 79.5)
        resources.thermalState = "fair"
        let head = RunHead(
            place: .swiftLinux, device: device, appName: "core", appBuild: "1", manifest: manifest,
            file: try manifest.file(ModelFile.mlmodel), engine: try engine(), initNanos: 42)
        return RunLog(head: head, time: timer.stop(), resources: resources, part: .accuracy(result))
    }

    func testALogIsWrittenWholeOrNotAtAll() throws {
        let log = try accuracyLog()
        let file = try self.file("log.json", Array("an older one".utf8))
        try log.write(to: file)
        XCTAssertEqual(try Data(contentsOf: file), try log.json())
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        XCTAssertEqual(left, ["log.json"], "nothing half-written is left")
        assertRefused("could not write the run log") {
            try log.write(to: folder.appendingPathComponent("none/log.json"))
        }
        assertRefused("could not write the run log") { try log.write(to: folder) }
    }

    /// Each field is there, and what is not known is null; what Python reads and checks is asserted in Python.
    func testALogSaysWhatIsKnown() throws {
        let text = String(decoding: try accuracyLog().json(), as: UTF8.self)
        for part in [
            #""kind":"accuracy""#, #""started_at":"2017-07-14T02:40:00.123Z""#, #""wall_ns":40000000"#,
            #""cpu_percent":25,"#, #""battery_end_percent":79.5"#, #""thermal_state":"fair""#, #""soc":null"#,
            #""gpu_percent":null"#, #""peak_memory_bytes":null"#, #""latency":null"#, #""where":"swift-linux""#,
            #""manufacturer":"unknown""#, #""label":null"#, #""file_format":"mlmodel""#, #""threads":1"#,
            #""top1_correct":7"#, #""model":""# + String(repeating: "é", count: 297) + #"...""#,
        ] {
            XCTAssertTrue(text.contains(part), "\(part) in \(text)")
        }
        XCTAssertTrue(text.hasSuffix("}\n"))
    }

    func testALogHoldsNumbersOnly() throws {
        let manifest = try Models.parse(Models.json)
        let head = RunHead(
            place: .phone,
            device: Device(manufacturer: "Apple", model: "iPhone10,1", soc: "", os: "iOS", osVersion: "16", cores: 6),
            appName: "app", appBuild: "1", manifest: manifest, file: nil, engine: try engine(), initNanos: 1)
        var resources = Resources()
        resources.gpuPercent = (.nan, "Instruments")
        let result = BenchmarkResult(firstNanos: 1, warmUpNanos: [], preprocessNanos: [1], invokeNanos: [1])
        let time = RunTimer(cpuTime: HalfCpu(clock: clock), clock: clock, cores: 2).stop()
        let log = RunLog(head: head, time: time, resources: resources, part: .benchmark(result))
        assertRefused("expected a run log of finite numbers") { try log.json() }
    }
}
