import RealtimeCore
import XCTest

@testable import RealtimeClassifier

/// What the meters show, by a clock that stands still until it is moved.
final class MeterTests: XCTestCase {
    private final class StillClock: NanoClock {
        let now = Monitor(0)

        func nanoTime() -> Int { now.withLock { $0 } }
        func epochMillis() -> Int { 0 }
        func sleep(until nanos: Int, cancellation: Cancellation) throws {}
    }

    private struct Work: CpuTime {
        let nanos: Monitor<Int>

        func processCpuNanos() -> Int { nanos.withLock { $0 } }
    }

    func testLatencyIsTheMeanOfTheSecondJustPast() {
        var window = LatencyWindow()
        XCTAssertNil(window.meanMillis(at: 0))
        window.add(result(1, end: 100, latency: 10))
        window.add(result(2, end: 600, latency: 20))
        // The same result again, with another frame.
        window.add(result(2, end: 600, latency: 20))
        XCTAssertEqual(window.meanMillis(at: ms(700)), 15)
        XCTAssertEqual(window.meanMillis(at: ms(1_200)), 20)
        // A network that takes longer than a second has its last latency.
        XCTAssertEqual(window.meanMillis(at: ms(9_000)), 20)
        window.add(result(3, end: 9_000, latency: 3_000))
        XCTAssertEqual(window.meanMillis(at: ms(9_001)), 3_000)
    }

    func testCpuUseIsOfTheSecondJustPast() {
        let clock = StillClock()
        let work = Work(nanos: Monitor(0))
        var window = CpuWindow(cpuTime: work, clock: clock, cores: 2)
        func pass(_ millis: Int, busy: Int) -> Double {
            clock.now.withLock { $0 += ms(millis) }
            work.nanos.withLock { $0 += ms(busy) }
            return window.percent()
        }
        XCTAssertEqual(pass(500, busy: 500), 50)
        XCTAssertEqual(pass(500, busy: 0), 25)
        XCTAssertEqual(pass(500, busy: 0), 0)
        XCTAssertEqual(pass(500, busy: 1_000), 50)
    }

    func testStepsAreToldTenTimesASecond() {
        let clock = StillClock()
        let told = Monitor<[RunStep]>([])
        let progress = StepProgress({ step in told.withLock { $0.append(step) } }, clock: clock)
        progress.tell(.doing("Opening"))
        for done in 1...4 {
            progress.tell(.counted("Counting", done: done, total: 4))
            clock.now.withLock { $0 += ms(60) }
        }
        progress.tell(.doing("Ending"))
        let counted = [1, 3].map { RunStep.counted("Counting", done: $0, total: 4) }
        XCTAssertEqual(told.withLock { $0 }, [.doing("Opening")] + counted + [.doing("Ending")])
    }

    private func result(_ frame: Int, end: Int, latency: Int) -> Classification {
        Classification(
            frameNumber: frame, captureNanos: 0, startNanos: ms(end - latency), invokeNanos: ms(end), endNanos: ms(end),
            top: [])
    }

    private func ms(_ millis: Int) -> Int { millis * 1_000_000 }
}
