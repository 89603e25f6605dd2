import XCTest

@testable import RealtimeCore

/// Both pipelines under a clock that the test holds: every number is known beforehand. The twin of Java's
/// `FakeClockPipelineTest`, number for number.
final class FakeClockPipelineTests: XCTestCase {
    private static let milli = 1_000_000

    /// Notes which result each frame is shown with, and takes its time.
    private final class NotedDisplay: Display {
        let results = Monitor<[Int]>([])
        private let clock: FakeClock
        private let nanos: Int

        init(_ clock: FakeClock, nanos: Int = 0) {
            self.clock = clock
            self.nanos = nanos
        }

        func show(_ frame: Frame<YuvFrame>, latest: Classification?, cancellation: Cancellation) throws {
            results.withLock { $0.append(latest?.frameNumber ?? -1) }
            try clock.sleep(until: clock.nanoTime() + nanos, cancellation: cancellation)
        }
    }

    private let input = Inputs.colour(4, 4, 4, "rgb")
    private let clock = FakeClock()
    private let never = Cancellation()

    private func source(_ frames: Int) throws -> PacedSource<YuvFrame> {
        try PacedSource(
            clock: clock, picture: YuvFrame(width: 8, height: 6), rotation: .degrees0, framesPerSecond: 50,
            frameCount: frames)
    }

    private func classifier(_ source: PacedSource<YuvFrame>, millis: Int) throws -> FrameClassifier {
        let engine = try StubEngine(
            clock: clock, inputLength: input.length, classes: 10, threads: 1, latencyNanos: millis * Self.milli)
        return try FrameClassifier(clock: clock, input: input, engine: engine, source: source, topCount: 5)
    }

    /// 50 frames a second, 70 ms for the network and 2 ms to draw: the screen gets what the network manages, and the
    /// camera loses the rest.
    func testASingleThreadShowsNoMoreThanItsNetworkManages() throws {
        let source = try source(101)
        let display = NotedDisplay(clock, nanos: 2 * Self.milli)
        let pipeline = SingleThreadedPipeline(
            source: source, classifier: try classifier(source, millis: 70), display: display, clock: clock,
            listener: PipelineEnd())
        while try pipeline.step(never) {}
        let report = pipeline.log.report()
        // A turn takes 72 ms. Fetched at 0, 72 (frame 3, taken at 60), 144 (frame 7), ... until 1,944; the next turn,
        // at 2,016 ms, would fetch frame 100, the last.
        XCTAssertEqual(report.processed, 29)
        XCTAssertEqual(report.shown, 29)
        XCTAssertEqual(report.captured, 101)
        XCTAssertEqual(report.dropped(.skippedBySource), 72)
        XCTAssertEqual(report.frames[1].number, 3)
        XCTAssertEqual(report.frames[2].number, 7)
        XCTAssertEqual(report.frames[1].captureNanos, 60 * Self.milli)
        XCTAssertEqual(report.frames[1].startNanos, 72 * Self.milli)
        XCTAssertEqual(report.frames[1].endNanos, 142 * Self.milli)
        XCTAssertEqual(report.frames[1].shownNanos, 144 * Self.milli)
        XCTAssertEqual(report.latency.percentileMillis(100), 70)
        // Frame 0 is fetched at once; frame 3 is 12 ms old by then.
        XCTAssertEqual(LatencyStatistics(nanos: [142 * Self.milli - 60 * Self.milli]).meanMillis, 82)
        XCTAssertEqual(display.results.withLock { Array($0[..<3]) }, [0, 3, 7])
    }

    /// The same camera and the same network on two threads: every frame is shown, the worker is never idle.
    func testTwoThreadsShowEveryFrameAndProcessAsManyAsTheNetworkManages() throws {
        let source = try source(101)
        let display = NotedDisplay(clock)
        let pipeline = MultithreadedPipeline(
            source: source, classifier: try classifier(source, millis: 70), display: display, clock: clock,
            listener: PipelineEnd())
        try play(pipeline, 101)
        let report = pipeline.log.report()
        XCTAssertEqual(report.captured, 101)
        XCTAssertEqual(report.shown, 101)
        XCTAssertEqual(report.dropped(.skippedBySource), 0)
        // The worker begins at 0 and every 70 ms after that; at 2,030 ms it takes the last frame, taken at 2,000 ms.
        XCTAssertEqual(report.processed, 30)
        XCTAssertEqual(report.dropped(.replacedByNewer), 71)
        var previousEnd = 0
        for (row, frame) in report.frames.enumerated() {
            XCTAssertEqual(frame.captureNanos, row * 20 * Self.milli)
            XCTAssertEqual(frame.shownNanos, row * 20 * Self.milli)
            if let start = frame.startNanos, let end = frame.endNanos {
                XCTAssertEqual(start, previousEnd, "the worker is never idle")
                XCTAssertEqual(end, start + 70 * Self.milli)
                previousEnd = end
            }
        }
        XCTAssertEqual(previousEnd, 2_100 * Self.milli)
        // It takes the newest frame each time: at 70 ms that of 60 ms, at 140 ms that of 140 ms, ... An older one would
        // be older when its result is there: 70 ms for the network, after 0 or 10 ms of waiting; the last waits 30 ms.
        let processed = report.frames.filter { $0.endNanos != nil }.map(\.number)
        XCTAssertEqual(processed, (0..<29).map { $0 * 70 / 20 } + [100])
        XCTAssertEqual(report.age.percentileMillis(50), 70)
        XCTAssertEqual(report.age.percentileMillis(95), 80)
        XCTAssertEqual(report.age.percentileMillis(100), 100)
        XCTAssertEqual(report.latency.percentileMillis(1), 70)
        XCTAssertEqual(report.latency.percentileMillis(100), 70)
        // Shown with each frame: nothing until 70 ms, then the result of frame 0, which frame 4 is the first to meet.
        XCTAssertEqual(display.results.withLock { Array($0[..<5]) }, [-1, -1, -1, -1, 0])
    }

    /// A network faster than the camera processes every frame: both rates are the same.
    func testNothingIsDroppedWhenTheNetworkIsFastEnough() throws {
        let source = try source(40)
        let pipeline = MultithreadedPipeline(
            source: source, classifier: try classifier(source, millis: 15), display: NotedDisplay(clock), clock: clock,
            listener: PipelineEnd())
        try play(pipeline, 40)
        let report = pipeline.log.report()
        XCTAssertEqual(report.processed, 40)
        XCTAssertEqual(report.shown, 40)
        XCTAssertEqual(report.age.percentileMillis(100), 15)
        // Of the frames at 0 to 780 ms, all lie in the last second.
        XCTAssertEqual(pipeline.log.shownPerSecond(at: 790 * Self.milli), 40)
        XCTAssertEqual(pipeline.log.shownPerSecond(at: 1_000 * Self.milli), 39)
        XCTAssertEqual(pipeline.log.processedPerSecond(at: 1_015 * Self.milli), 39)
    }

    /// Plays the display's thread as planned events, one when each frame is taken, and the worker's on the test's own.
    private func play(_ pipeline: MultithreadedPipeline<YuvFrame>, _ frames: Int) throws {
        for i in 0..<frames {
            clock.plan(i * 20 * Self.milli) { [never] in XCTAssertTrue(try pipeline.displayStep(never)) }
        }
        while try pipeline.isWorkWaiting || clock.sleepToNext() {
            if pipeline.isWorkWaiting {
                try pipeline.workerStep(never)
            }
        }
        XCTAssertFalse(try pipeline.displayStep(never), "the source has ended")
    }

    func testASourceNeedsARateAndACount() throws {
        for (rate, count) in [(0.0, 5), (-1, 5), (.nan, 5), (2e6, 5), (30, 0)] {
            assertRefused("expected up to a million frames a second") {
                try PacedSource(
                    clock: clock, picture: YuvFrame(width: 2, height: 2), rotation: .degrees0, framesPerSecond: rate,
                    frameCount: count)
            }
        }
    }
}
