import Foundation
import XCTest

@testable import RealtimeCore

/// What can be waited for, once.
final class Event: Sendable {
    private let happened = Monitor(false)

    func happen() {
        happened.withLock { $0 = true }
    }

    /// Waits; without a cancellation to look at, as a runtime's own code does.
    func wait(_ cancellation: Cancellation = Cancellation()) throws {
        _ = try happened.wait(cancellation: cancellation) { $0 ? true : nil }
    }

    /// Whether it came within a test's patience.
    func came() -> Bool {
        happened.wait(until: Date(timeIntervalSinceNow: 60)) { $0 }
    }
}

/// A pipeline's run in a test: what its engine, source and display do, and everything that was heard of it.
final class PipelineRun: PipelineListener, Sendable {
    struct Heard: Sendable {
        var shown: [Int] = []
        var errors: [String] = []
        var failures: [String] = []
        var threadEnds = 0
        var ends = 0
        var engineCloses = 0
        var sourceCloses = 0
        var closedWhileBusy = false
        var callsAfterTheEnd = 0
    }

    static let input = Inputs.gray(2, 2, 2)

    let heard = Monitor(Heard())
    let ended = Event()
    let onErrorCalls = Monitor<(@Sendable () -> Void)?>(nil)
    let onEndCalls = Monitor<(@Sendable () -> Void)?>(nil)

    func onError(_ error: DeploymentError) {
        heard.withLock { heard in
            heard.errors.append(error.message)
            heard.callsAfterTheEnd += heard.ends
        }
        onErrorCalls.withLock { $0 }?()
    }

    func onThreadEnd() {
        heard.withLock { heard in
            heard.threadEnds += 1
            heard.callsAfterTheEnd += heard.ends + heard.engineCloses + heard.sourceCloses
        }
    }

    func onEnd(_ failures: [DeploymentError]) {
        heard.withLock { heard in
            heard.ends += 1
            heard.failures = failures.map(\.message)
        }
        onEndCalls.withLock { $0 }?()
        ended.happen()
    }

    /// Makes the pipeline of a mode.
    func pipeline(
        _ mode: PipelineMode, _ source: TestSource, show: @escaping TestDisplay.Show = { _ in },
        work: @escaping TestEngine.Work = { _, _ in }
    ) throws -> any Pipeline {
        source.run.withLock { $0 = self }
        let clock = SystemClock()
        let engine = TestEngine(self, work)
        let classifier = try FrameClassifier(
            clock: clock, input: Self.input, engine: engine, source: source, topCount: 2)
        let display = TestDisplay(self, show)
        switch mode {
        case .single:
            return SingleThreadedPipeline(
                source: source, classifier: classifier, display: display, clock: clock, listener: self)
        case .multi:
            return MultithreadedPipeline(
                source: source, classifier: classifier, display: display, clock: clock, listener: self)
        }
    }

    /// Asserts what is true of every pipeline that has ended, however it did.
    func assertEndedWell(_ pipeline: any Pipeline, _ which: String = "", line: UInt = #line) {
        let heard = heard.withLock { $0 }
        XCTAssertEqual(heard.ends, 1, "onEnd \(which)", line: line)
        XCTAssertEqual(heard.engineCloses, 1, "the engine is closed once \(which)", line: line)
        XCTAssertEqual(heard.sourceCloses, 1, "the source is closed once \(which)", line: line)
        XCTAssertFalse(heard.closedWhileBusy, "an engine is never closed while it works \(which)", line: line)
        XCTAssertEqual(heard.callsAfterTheEnd, 0, "onEnd is the last call \(which)", line: line)
        XCTAssertLessThanOrEqual(heard.errors.count, 1, "onError at most once \(which)", line: line)
        XCTAssertEqual(heard.errors.first, heard.failures.first, which, line: line)
        let log = pipeline.log
        let dropped = DropReason.allCases.map(log.dropped).reduce(0, +)
        XCTAssertEqual(
            log.captured, log.processed + dropped, "every frame is processed or dropped \(which)", line: line)
        XCTAssertEqual(log.shown, heard.shown.count, which, line: line)
        let report = log.report()
        let classified = report.frames.filter { $0.startNanos != nil }.map(\.number)
        XCTAssertEqual(log.processed, classified.count, which, line: line)
        for numbers in [classified, heard.shown, report.frames.map(\.number)] {
            for (number, next) in zip(numbers, numbers.dropFirst()) {
                XCTAssertLessThan(number, next, "a frame twice or late \(which)", line: line)
            }
        }
    }
}

/// An engine whose work at each call is the test's.
final class TestEngine: Engine {
    typealias Work = @Sendable (_ call: Int, _ cancellation: Cancellation) throws -> Void

    let name = "test"
    let version = "1"
    let threads: Int? = nil
    let takes = InputKind.tensor
    let inputLength = PipelineRun.input.length
    let classes = 2
    private let run: PipelineRun
    private let work: Work
    private let calls = Monitor((count: 0, busy: false))

    init(_ run: PipelineRun, _ work: @escaping Work) {
        self.run = run
        self.work = work
    }

    func classify(_ input: NetworkInput, cancellation: Cancellation) throws -> [Float] {
        let call = calls.withLock { calls in
            calls.busy = true
            calls.count += 1
            return calls.count - 1
        }
        defer { calls.withLock { $0.busy = false } }
        try work(call, cancellation)
        return [0.5, 0.5]
    }

    func close() {
        let busy = calls.withLock { $0.busy }
        run.heard.withLock { heard in
            heard.engineCloses += 1
            heard.closedWhileBusy = heard.closedWhileBusy || busy
        }
    }
}

/// Gives frames as fast as they are fetched, after a random moment; some numbers are jumped over.
final class TestSource: FrameSource {
    typealias Next = @Sendable (_ frame: Frame<YuvFrame>, _ cancellation: Cancellation) throws -> Frame<YuvFrame>?

    private struct State {
        var random = SeededRandom(11)
        var number = -1
        var given = 0
    }

    let description = "test"
    let width = 4
    let height = 4
    let rotation = Rotation.degrees0
    let run = Monitor<PipelineRun?>(nil)
    private let image: YuvFrame
    private let frames: Int
    private let change: Next
    private let failure: DeploymentError?
    private let state = Monitor(State())

    /// - Parameters:
    ///   - frames: after so many it ends.
    ///   - failingClose: what closing fails with.
    ///   - change: what becomes of the frame that would be given.
    init(
        _ frames: Int = .max, failingClose: DeploymentError? = nil, change: @escaping Next = { frame, _ in frame }
    ) throws {
        image = try YuvFrame(width: 4, height: 4)
        self.frames = frames
        self.change = change
        failure = failingClose
    }

    func next(cancellation: Cancellation) throws -> Frame<YuvFrame>? {
        let (number, pause): (Int?, Int) = state.withLock { state in
            guard state.given < frames else {
                return (nil, 0)
            }
            let jumps = Int.random(in: 0..<10, using: &state.random) == 0
            state.given += 1
            state.number += 1 + (jumps ? Int.random(in: 0..<3, using: &state.random) : 0)
            return (state.number, randomPause(&state.random))
        }
        guard let number else {
            return nil
        }
        rest(pause)
        try cancellation.check()
        return try change(
            Frame(image: image, number: number, captureNanos: SystemClock().nanoTime()), cancellation)
    }

    func close() throws {
        run.withLock { $0 }?.heard.withLock { $0.sourceCloses += 1 }
        if let failure {
            throw failure
        }
    }
}

/// Notes the frames, and does the test's work at each.
final class TestDisplay: Display {
    typealias Show = @Sendable (_ frame: Frame<YuvFrame>) throws -> Void

    private let run: PipelineRun
    private let work: Show

    init(_ run: PipelineRun, _ work: @escaping Show) {
        self.run = run
        self.work = work
    }

    func show(_ frame: Frame<YuvFrame>, latest: Classification?, cancellation: Cancellation) throws {
        try work(frame)
        run.heard.withLock { $0.shown.append(frame.number) }
    }
}

/// None, or up to 40 microseconds.
func randomPause(_ random: inout SeededRandom) -> Int {
    Int.random(in: 0..<3, using: &random) > 0 ? Int.random(in: 0..<40_000, using: &random) : 0
}

func rest(_ nanos: Int) {
    if nanos > 0 {
        Thread.sleep(forTimeInterval: Double(nanos) / 1e9)
    }
}

/// Work that takes a random moment at each call.
func randomWork(_ seed: UInt64) -> TestEngine.Work {
    let random = Monitor(SeededRandom(seed))
    return { _, _ in rest(random.withLock { randomPause(&$0) }) }
}
