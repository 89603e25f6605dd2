import Foundation
import XCTest

@testable import RealtimeCore

/// Both pipelines with real threads: nothing twice, nothing lost, and the end always comes. The twin of Java's
/// `PipelineThreadsTest`.
final class PipelineThreadsTests: XCTestCase {
    private static let modes = PipelineMode.allCases

    private func startAndEnd(_ run: PipelineRun, _ pipeline: any Pipeline, line: UInt = #line) throws {
        try pipeline.start()
        XCTAssertTrue(run.ended.came(), "it ends by itself", line: line)
        XCTAssertTrue(pipeline.stop(timeoutMillis: 60_000), line: line)
        run.assertEndedWell(pipeline, "\(pipeline.mode)", line: line)
    }

    func testTenThousandFramesWithRandomDelays() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let pipeline = try run.pipeline(mode, TestSource(10_000), work: randomWork(5))
            try startAndEnd(run, pipeline)
            let heard = run.heard.withLock { $0 }
            XCTAssertEqual(heard.errors, [])
            XCTAssertEqual(heard.threadEnds, mode == .single ? 1 : 2)
            XCTAssertEqual(heard.shown.count, 10_000)
            XCTAssertGreaterThan(pipeline.log.dropped(.skippedBySource), 0)
            XCTAssertEqual(pipeline.log.dropped(.failed), 0)
            XCTAssertEqual(pipeline.log.dropped(.stopped), 0)
            if mode == .single {
                XCTAssertEqual(pipeline.log.processed, 10_000)
                XCTAssertEqual(pipeline.log.dropped(.replacedByNewer), 0)
            }
        }
    }

    func testStopEndsItAtAnyMoment() throws {
        for mode in Self.modes {
            var random = SeededRandom(9)
            for i in 0..<200 {
                let run = PipelineRun()
                let pipeline = try run.pipeline(mode, TestSource(), work: randomWork(UInt64(i)))
                try pipeline.start()
                rest(Int.random(in: 0..<2_000_000, using: &random))
                XCTAssertTrue(pipeline.stop(timeoutMillis: 60_000), "run \(i)")
                run.assertEndedWell(pipeline, "run \(i)")
                XCTAssertEqual(run.heard.withLock { $0.errors }, [])
            }
        }
    }

    func testStopMayBeCalledByManyThreadsAtOnce() throws {
        for mode in Self.modes {
            for i in 0..<30 {
                let run = PipelineRun()
                let pipeline = try run.pipeline(mode, TestSource(), work: randomWork(UInt64(i)))
                if i % 3 > 0 {
                    try pipeline.start()
                }
                let stopped = Monitor(0)
                DispatchQueue.concurrentPerform(iterations: 8) { _ in
                    let ended = pipeline.stop(timeoutMillis: 60_000)
                    stopped.withLock { $0 += ended ? 1 : 0 }
                }
                XCTAssertEqual(stopped.withLock { $0 }, 8)
                XCTAssertTrue(run.ended.came())
                run.assertEndedWell(pipeline, "run \(i)")
            }
        }
    }

    func testAnEngineThatFailsEndsItAndIsReportedOnce() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let pipeline = try run.pipeline(
                mode, TestSource(),
                work: { call, _ in
                    if call == 20 {
                        throw DeploymentError.modelFile("the engine failed")
                    }
                })
            try startAndEnd(run, pipeline)
            XCTAssertEqual(run.heard.withLock { $0.errors }, ["the engine failed"])
            XCTAssertEqual(pipeline.log.processed, 20)
            XCTAssertEqual(pipeline.log.dropped(.failed), 1)
        }
    }

    func testAnErrorOfAnyKindIsReportedOnce() throws {
        struct Strange: Error {}
        for mode in Self.modes {
            let run = PipelineRun()
            let pipeline = try run.pipeline(mode, TestSource(), work: { _, _ in throw Strange() })
            try startAndEnd(run, pipeline)
            let errors = run.heard.withLock { $0.errors }
            XCTAssertEqual(errors.count, 1)
            XCTAssertTrue(errors[0].contains("received Strange()"), errors[0])
        }
    }

    func testACancellationThatIsNotThePipelinesIsAFailure() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let pipeline = try run.pipeline(mode, TestSource(), work: { _, _ in throw CancellationError() })
            try startAndEnd(run, pipeline)
            let errors = run.heard.withLock { $0.errors }
            XCTAssertEqual(errors.count, 1)
            XCTAssertTrue(errors[0].contains("received another's; start it again"), errors[0])
        }
    }

    func testACameraThatIsTakenAwayAndAScreenThatFailsAreReportedOnce() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let calls = Monitor(0)
            let source = try TestSource { frame, _ in
                let call = calls.withLock { calls in
                    calls += 1
                    return calls
                }
                if call == 8 {
                    throw DeploymentError.frame("the camera was taken away")
                }
                return frame
            }
            try startAndEnd(run, run.pipeline(mode, source))
            XCTAssertEqual(run.heard.withLock { $0.errors }, ["the camera was taken away"])

            let other = PipelineRun()
            let second = try other.pipeline(
                mode, TestSource(), show: { _ in throw DeploymentError.frame("no screen") })
            try startAndEnd(other, second)
            XCTAssertEqual(other.heard.withLock { $0.errors }, ["no screen"])
        }
    }

    func testASourceThatGivesAFrameTwiceIsRefused() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let source = try TestSource { frame, _ in
                Frame(image: frame.image, number: 3, captureNanos: frame.captureNanos)
            }
            let pipeline = try run.pipeline(mode, source)
            try startAndEnd(run, pipeline)
            let errors = run.heard.withLock { $0.errors }
            XCTAssertEqual(errors.count, 1)
            XCTAssertTrue(errors[0].contains("no frame twice"), errors[0])
            XCTAssertEqual(pipeline.log.captured, 1)
        }
    }

    /// A runtime's own code that does not come back: stop returns, and the engine is closed when it does come back.
    func testStopReturnsWhileAnEngineBlocks() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let blocked = Event()
            let release = Event()
            let pipeline = try run.pipeline(
                mode, TestSource(),
                work: { _, _ in
                    blocked.happen()
                    try release.wait()
                })
            try pipeline.start()
            XCTAssertTrue(blocked.came())
            XCTAssertFalse(pipeline.stop(timeoutMillis: 20), "the engine still works")
            XCTAssertFalse(pipeline.stop(timeoutMillis: 0), "and so it does when asked again")
            let heard = run.heard.withLock { $0 }
            XCTAssertEqual(heard.engineCloses, 0)
            XCTAssertEqual(heard.ends, 0)
            let meanwhile = pipeline.log.report()
            let dropped = DropReason.allCases.map(meanwhile.dropped).reduce(0, +)
            XCTAssertEqual(meanwhile.captured, meanwhile.processed + dropped, "a frame on its way counts as stopped")
            release.happen()
            XCTAssertTrue(run.ended.came())
            XCTAssertTrue(pipeline.stop(timeoutMillis: 60_000))
            run.assertEndedWell(pipeline)
            XCTAssertEqual(run.heard.withLock { $0.errors }, [])
        }
    }

    func testStopEndsAnEngineThatSleepsAndASourceThatWaits() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let sleeping = Event()
            let pipeline = try run.pipeline(
                mode, TestSource(),
                work: { _, cancellation in
                    sleeping.happen()
                    try SystemClock().sleep(until: Int.max / 2, cancellation: cancellation)
                })
            try pipeline.start()
            XCTAssertTrue(sleeping.came())
            XCTAssertTrue(pipeline.stop(timeoutMillis: 60_000))
            run.assertEndedWell(pipeline)
            XCTAssertGreaterThanOrEqual(pipeline.log.dropped(.stopped), 1)

            let other = PipelineRun()
            let waiting = Event()
            let nothing = Event()
            let source = try TestSource { frame, cancellation in
                waiting.happen()
                try nothing.wait(cancellation)
                return frame
            }
            let second = try other.pipeline(mode, source)
            try second.start()
            XCTAssertTrue(waiting.came())
            XCTAssertTrue(second.stop(timeoutMillis: 60_000))
            other.assertEndedWell(second)
            XCTAssertEqual(second.log.captured, 0)
        }
    }

    func testItCanBeStoppedFromItsOwnThreads() throws {
        for mode in Self.modes {
            for place in ["display", "engine"] {
                let run = PipelineRun()
                let own = Monitor<(any Pipeline)?>(nil)
                let pipeline = try run.pipeline(
                    mode, TestSource(),
                    show: { frame in
                        if place == "display" && frame.number > 30 {
                            own.withLock { $0 }?.close()
                        }
                    },
                    work: { call, _ in
                        if place == "engine" && call > 30 {
                            own.withLock { $0 }?.close()
                        }
                    })
                own.withLock { $0 = pipeline }
                try startAndEnd(run, pipeline)
                XCTAssertEqual(run.heard.withLock { $0.errors }, [])
                own.withLock { $0 = nil }
            }
        }
    }

    func testItCanBeStoppedWithinCallbacks() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let own = Monitor<(any Pipeline)?>(nil)
            let stop: @Sendable () -> Void = {
                own.withLock { $0 }?.stop(timeoutMillis: 50)
                own.withLock { $0 }?.close()
            }
            run.onErrorCalls.withLock { $0 = stop }
            run.onEndCalls.withLock { $0 = stop }
            let pipeline = try run.pipeline(
                mode, TestSource(), work: { _, _ in throw DeploymentError.modelFile("the engine failed") })
            own.withLock { $0 = pipeline }
            try startAndEnd(run, pipeline)
            XCTAssertEqual(run.heard.withLock { $0.errors }, ["the engine failed"])

            let other = PipelineRun()
            other.onEndCalls.withLock { $0 = stop }
            let never = try other.pipeline(mode, TestSource())
            own.withLock { $0 = never }
            XCTAssertTrue(never.stop(timeoutMillis: 0))
            other.assertEndedWell(never)
            own.withLock { $0 = nil }
        }
    }

    func testItStartsOnceAndEndsOnce() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let pipeline = try run.pipeline(mode, TestSource(5))
            XCTAssertEqual(pipeline.mode, mode)
            XCTAssertEqual(pipeline.workers, 1)
            try pipeline.start()
            assertRefused("expected a new pipeline") { try pipeline.start() }
            XCTAssertTrue(run.ended.came())
            pipeline.close()
            pipeline.close()
            assertRefused("expected a new pipeline") { try pipeline.start() }
            run.assertEndedWell(pipeline)

            let other = PipelineRun()
            let never = try other.pipeline(mode, TestSource(5))
            XCTAssertTrue(never.stop(timeoutMillis: 0))
            never.close()
            assertRefused("expected a new pipeline") { try never.start() }
            other.assertEndedWell(never)
            XCTAssertEqual(never.log.captured, 0)
        }
    }

    func testAFrameThatWaitsWhenTheSourceEndsIsStillProcessed() throws {
        let run = PipelineRun()
        let release = Event()
        let pipeline = try run.pipeline(
            .multi, TestSource(2), work: { _, cancellation in try release.wait(cancellation) })
        try pipeline.start()
        while pipeline.log.shown < 2 {
            rest(1_000)
        }
        release.happen()
        XCTAssertTrue(run.ended.came())
        XCTAssertTrue(pipeline.stop(timeoutMillis: 60_000))
        run.assertEndedWell(pipeline)
        XCTAssertEqual(pipeline.log.processed + pipeline.log.dropped(.replacedByNewer), 2)
        XCTAssertEqual(pipeline.log.dropped(.stopped), 0)
        let lastProcessed = pipeline.log.report().frames.last { $0.endNanos != nil }
        XCTAssertEqual(run.heard.withLock { $0.shown }.last, lastProcessed?.number)
    }

    func testACameraThatCannotBeGivenBackIsReportedAndTheEngineIsClosedAllTheSame() throws {
        for mode in Self.modes {
            let run = PipelineRun()
            let pipeline = try run.pipeline(mode, TestSource(3, failingClose: .frame("no camera service")))
            try startAndEnd(run, pipeline)
            let errors = run.heard.withLock { $0.errors }
            XCTAssertEqual(errors.count, 1)
            XCTAssertTrue(errors[0].contains("no camera service"), errors[0])
        }
    }

    /// The engine fails, and so does the camera when it is told to end: one report, and both at the end.
    func testOfTwoFailuresTheFirstIsReported() throws {
        let run = PipelineRun()
        let waiting = Event()
        let nothing = Event()
        let source = try TestSource { frame, cancellation in
            if frame.number > 0 {
                waiting.happen()
                do {
                    try nothing.wait(cancellation)
                } catch {
                    throw DeploymentError.frame("the camera does not end well")
                }
            }
            return Frame(image: frame.image, number: min(frame.number, 0), captureNanos: frame.captureNanos)
        }
        let pipeline = try run.pipeline(
            .multi, source,
            work: { _, _ in
                try waiting.wait()
                throw DeploymentError.modelFile("the engine failed")
            })
        try startAndEnd(run, pipeline)
        let heard = run.heard.withLock { $0 }
        XCTAssertEqual(heard.errors, ["the engine failed"])
        XCTAssertEqual(heard.failures, ["the engine failed", "the camera does not end well"])
    }

    func testTimesAreKeptOfTheFirstFramesOnlyAndCountsOfAll() throws {
        let log = FrameLog()
        let image = try YuvFrame(width: 1, height: 1)
        for number in 0..<FrameLog.mostRows + 100 {
            let fetched = try log.captured(Frame(image: image, number: number, captureNanos: number))
            log.shown(fetched, at: number)
            log.drop(.replacedByNewer)
        }
        XCTAssertEqual(log.captured, FrameLog.mostRows + 100)
        XCTAssertEqual(log.shown, FrameLog.mostRows + 100)
        XCTAssertEqual(log.report().frames.count, FrameLog.mostRows)
        XCTAssertEqual(log.report().dropped(.replacedByNewer), FrameLog.mostRows + 100)
        assertRefused("received 5") { try log.captured(Frame(image: image, number: 5, captureNanos: 0)) }
    }

    /// Nothing that a pipeline held stays behind.
    func testAPipelineThatEndedIsLetGo() throws {
        for mode in Self.modes {
            weak var left: (any Pipeline)?
            let run = PipelineRun()
            do {
                let pipeline = try run.pipeline(mode, TestSource(5))
                left = pipeline
                try pipeline.start()
                XCTAssertTrue(run.ended.came())
                XCTAssertTrue(pipeline.stop(timeoutMillis: 60_000))
            }
            XCTAssertNil(left)
        }
    }

    func testWaitingForTheEndGivesTheFirstFailure() throws {
        let end = PipelineEnd()
        end.onEnd([.frame("first"), .modelFile("second")])
        assertRefused("first") { try end.wait(cancellation: Cancellation()) }
        let well = PipelineEnd()
        let cancellation = Cancellation()
        cancellation.cancel()
        XCTAssertThrowsError(try well.wait(cancellation: cancellation)) { XCTAssertTrue($0 is CancellationError) }
        well.onEnd([])
        XCTAssertNoThrow(try well.wait(cancellation: Cancellation()))
    }
}
