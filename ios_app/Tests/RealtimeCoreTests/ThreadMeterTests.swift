import Foundation
import XCTest

@testable import RealtimeCore

/// CPU time by thread: on readings and files where every number is known, and on real pipelines. The twin of Java's
/// `ThreadMeterTest` and `PipelineCpuTest`.
final class ThreadMeterTests: XCTestCase {
    private func reading(_ identity: String, _ name: String, _ nanos: Int) -> ThreadReading {
        ThreadReading(identity: identity, name: name, cpuNanos: nanos)
    }

    private func rows(_ meter: ThreadMeter) -> [String] {
        meter.threads.map { "\($0.name) \($0.cpuNanos)" }
    }

    func testCpuTimeSinceTheStartCountsBusiestFirst() {
        var meter = ThreadMeter([reading("7", "main", 150), reading("8", "screen", 0)])
        XCTAssertEqual(rows(meter), ["main 0", "screen 0"])
        meter.add([reading("7", "main", 154), reading("8", "screen", 5), reading("9", "worker", 79)])
        XCTAssertEqual(rows(meter), ["worker 79", "screen 5", "main 4"])
        XCTAssertEqual(rows(ThreadMeter([])), [], "a system that does not tell")
    }

    func testThreadsOfOneNameAreNumberedInTheOrderOfTheirStart() {
        var meter = ThreadMeter([
            reading("9", "pool", 0), reading("10", "pool 2", 0), reading("11", "pool", 0), reading("12", "", 0),
        ])
        meter.add([reading("11", "pool", 110), reading("100", "pool", 1000), reading("9", "pool", 90)])
        XCTAssertEqual(rows(meter), ["pool 4 1000", "pool 3 110", "pool 90", "pool 2 0", "unnamed 0"])
    }

    func testAThreadThatEndedKeepsWhatItHad() {
        var meter = ThreadMeter([reading("7 1", "main", 0)])
        meter.add([reading("7 1", "main", 1), reading("8 2", "screen", 30)])
        meter.add([reading("7 1", "main", 2), reading("8 5", "other", 20)])
        XCTAssertEqual(rows(meter), ["screen 30", "other 20", "main 2"])
    }

    func testOnlyTheBusiestAreTold() {
        let many = (0..<100).map { reading("\($0)", "t\($0)", $0) }
        var meter = ThreadMeter([])
        meter.add(many)
        XCTAssertEqual(meter.threads.count, ThreadMeter.mostThreads)
        XCTAssertEqual(rows(meter).first, "t99 99")
        XCTAssertEqual(rows(meter).last, "t36 36")
    }

    #if os(Linux)
        func testLinuxTellsOfThreadsInFiles() throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            defer { try? FileManager.default.removeItem(at: folder) }
            let good = "R 1 2 3 4 5 6 7 8 9 10 30 4 77 77 20 0 30 0 55 99 99\n"
            let stats = [
                "9": "9 (worker 1) \(good)", "10": "10 (a) (b c) \(good)", "11": "11 (cut) R 1 2", "12": "",
                "13": "13 )x( \(good)", "none": "14 (no number) \(good)",
            ]
            for (number, stat) in stats {
                let thread = folder.appendingPathComponent(number)
                try FileManager.default.createDirectory(at: thread, withIntermediateDirectories: true)
                try Data(stat.utf8).write(to: thread.appendingPathComponent("stat"))
            }
            for (number, schedule) in ["10": "340001234 5 6\n", "9": "soon\n"] {
                try Data(schedule.utf8).write(to: folder.appendingPathComponent("\(number)/schedstat"))
            }
            let tick = 1_000_000_000 / sysconf(Int32(_SC_CLK_TCK))
            XCTAssertEqual(
                ThreadReading.all(in: folder.path),
                [reading("9 55", "worker 1", 34 * tick), reading("10 55", "a) (b c", 340_001_234)])
            XCTAssertEqual(ThreadReading.all(in: folder.path + "/none/at/all"), [])
        }
    #endif

    // Real threads. CPU time is the same however busy the machine is.

    private static let burnedNanos = 1_000_000_000

    private static func ownCpuNanos() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }

    /// Nanoseconds by name, in a run whose engine computes for 20 ms of its thread's CPU time at each frame.
    private func threads(_ mode: PipelineMode) throws -> [String: Int] {
        let burned = Event()
        let total = Monitor(0)
        let run = PipelineRun()
        let engine = TestEngine(run) { _, _ in
            let start = Self.ownCpuNanos()
            while Self.ownCpuNanos() - start < 20_000_000 {}
            let taken = Self.ownCpuNanos() - start
            let all = total.withLock { total in
                total += taken
                return total
            }
            if all >= Self.burnedNanos {
                burned.happen()
            }
        }
        let clock = SystemClock()
        let source = try PacedSource(
            clock: clock, picture: YuvFrame(width: 4, height: 4), rotation: .degrees0, framesPerSecond: 100,
            frameCount: .max)
        let classifier = try FrameClassifier(
            clock: clock, input: PipelineRun.input, engine: engine, source: source, topCount: 2)
        let display = TestDisplay(run) { _ in }
        let end = PipelineEnd()
        let pipeline: any Pipeline =
            mode == .single
            ? SingleThreadedPipeline(
                source: source, classifier: classifier, display: display, clock: clock, listener: end)
            : MultithreadedPipeline(
                source: source, classifier: classifier, display: display, clock: clock, listener: end)
        let timer = RunTimer(cpuTime: ProcessUse(), clock: clock, cores: ProcessUse.cores)
        end.watch(timer)
        try pipeline.start()
        XCTAssertTrue(burned.came())
        XCTAssertTrue(pipeline.stop(timeoutMillis: 60_000))
        try end.wait(cancellation: Cancellation())
        let time = timer.stop()
        let sum = time.threads.map(\.cpuNanos).reduce(0, +)
        XCTAssertLessThanOrEqual(sum, time.cpuNanos + 20_000_000 * time.threads.count, "what the process took")
        // Each name once.
        return Dictionary(uniqueKeysWithValues: time.threads.map { ($0.name, $0.cpuNanos) })
    }

    func testTheWorkerCarriesTheNetworkAndTheScreenIsFree() throws {
        let threads = try threads(.multi)
        XCTAssertGreaterThan(try XCTUnwrap(threads["worker"]), Self.burnedNanos * 9 / 10, "\(threads)")
        XCTAssertLessThan(try XCTUnwrap(threads["screen"]), Self.burnedNanos / 4, "\(threads)")
    }

    func testASingleThreadCarriesAll() throws {
        let threads = try threads(.single)
        XCTAssertGreaterThan(try XCTUnwrap(threads["screen"]), Self.burnedNanos * 9 / 10, "\(threads)")
        XCTAssertNil(threads["worker"], "\(threads)")
    }
}
