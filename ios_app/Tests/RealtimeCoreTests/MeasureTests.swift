import Foundation
import XCTest

@testable import RealtimeCore

/// The meters, on numbers that are known.
final class MeasureTests: XCTestCase {
    private static let second = 1_000_000_000

    /// A processor whose time the test sets.
    private struct KnownCpu: CpuTime {
        let nanos = Monitor(0)

        func processCpuNanos() -> Int { nanos.withLock { $0 } }
    }

    func testPercentilesAreByNearestRank() {
        let latency = LatencyStatistics(nanos: [3_000_000, 1_000_000, 2_000_000, 10_000_000])
        XCTAssertEqual(latency.count, 4)
        XCTAssertEqual(latency.meanMillis, 4)
        for (percent, millis) in [(1.0, 1.0), (25, 1), (26, 2), (50, 2), (95, 10), (100, 10)] {
            XCTAssertEqual(latency.percentileMillis(percent), millis)
        }
    }

    /// As float64, 28 / 100 * 25 is more than 7.
    func testARankIsNotRoundedBeyondItself() {
        let latency = LatencyStatistics(nanos: (1...25).map { $0 * 1_000_000 })
        XCTAssertEqual(latency.percentileMillis(28), 7)
    }

    func testPercentilesHoldTheirDefinition() throws {
        var random = SeededRandom(8)
        for _ in 0..<300 {
            let values = (0..<Int.random(in: 1...50, using: &random)).map { _ in
                Int.random(in: 0..<20, using: &random) * 1_000_000
            }
            let percent = Double(Int.random(in: 1...100, using: &random))
            let found = try XCTUnwrap(LatencyStatistics(nanos: values).percentileMillis(percent))
            let notAbove = values.filter { Double($0) / 1e6 <= found }.count
            let below = values.filter { Double($0) / 1e6 < found }.count
            XCTAssertGreaterThanOrEqual(Double(notAbove) * 100, percent * Double(values.count))
            XCTAssertLessThan(Double(below) * 100, percent * Double(values.count))
        }
    }

    func testNothingMeasuredIsNoNumber() {
        let none = LatencyStatistics(nanos: [])
        XCTAssertNil(none.meanMillis)
        XCTAssertNil(none.percentileMillis(50))
    }

    func testRatesAreOfTheTimeJustPast() {
        var meter = RateMeter(windowNanos: Self.second)
        XCTAssertEqual(meter.perSecond(at: 0), 0)
        for i in 0..<30 {
            meter.mark(at: i * Self.second / 30)
        }
        XCTAssertEqual(meter.perSecond(at: 29 * Self.second / 30), 30)
        XCTAssertEqual(meter.perSecond(at: Self.second + 14 * Self.second / 30), 15)
        XCTAssertEqual(meter.perSecond(at: 3 * Self.second), 0)
        var fast = RateMeter(windowNanos: Self.second)
        for i in 0..<20_000 {
            fast.mark(at: i)
        }
        XCTAssertEqual(fast.perSecond(at: 20_000), 4_096, "the most it counts")
        for i in 0..<20_000 {
            fast.mark(at: Self.second + i * Self.second / 10)
        }
        XCTAssertEqual(fast.perSecond(at: Self.second + 19_999 * Self.second / 10), 10)
    }

    func testCpuUseIsCpuTimeOverTimeTimesCores() throws {
        let cpu = KnownCpu()
        let clock = FakeClock()
        let meter = CpuMeter(cpuTime: cpu, clock: clock, cores: 4)
        XCTAssertEqual(meter.percent, 0)
        try clock.sleep(until: 2 * Self.second, cancellation: Cancellation())
        cpu.nanos.withLock { $0 = 3 * Self.second }
        XCTAssertEqual(meter.percent, 37.5)
        XCTAssertEqual(meter.cpuNanos, 3 * Self.second)
        XCTAssertEqual(meter.wallNanos, 2 * Self.second)
        cpu.nanos.withLock { $0 = 100 * Self.second }
        XCTAssertEqual(meter.percent, 100)
    }

    func testARunIsTimed() throws {
        let cpu = KnownCpu()
        let clock = FakeClock(startingAt: 5)
        let timer = RunTimer(cpuTime: cpu, clock: clock, cores: 2)
        XCTAssertEqual(timer.stop().wallNanos, 1, "never nothing: rates are divided by it")
        try clock.sleep(until: 5 + Self.second, cancellation: Cancellation())
        cpu.nanos.withLock { $0 = Self.second }
        let time = timer.stop()
        XCTAssertEqual(time.startedEpochMillis, 1_500_000_000_123)
        XCTAssertEqual(time.startNanos, 5)
        XCTAssertEqual(time.wallNanos, Self.second)
        XCTAssertEqual(time.cpuPercent, 50)
    }

    func testTheSystemTellsItsCpuTimeAndItsMemory() throws {
        let use = ProcessUse()
        let before = use.processCpuNanos()
        var sum = 1.0
        while use.processCpuNanos() == before {
            sum += sum.squareRoot()
        }
        XCTAssertGreaterThan(use.processCpuNanos(), before)
        XCTAssertGreaterThanOrEqual(ProcessUse.cores, 1)
        XCTAssertGreaterThan(try XCTUnwrap(use.peakMemoryBytes()), 1_000_000)
    }
}
