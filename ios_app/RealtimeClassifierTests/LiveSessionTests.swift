import Dispatch
import RealtimeCore
import XCTest

@testable import RealtimeClassifier

/// A session from start to end, with a made camera and a stub engine in the places of the phone's.
final class LiveSessionTests: XCTestCase {
    private final class Screen: LiveDisplay {
        let shown = Monitor(0)
        let prepared = Monitor<Rotation?>(nil)

        func prepare(width: Int, height: Int, rotation: Rotation, input: ImageInput) {
            prepared.withLock { $0 = rotation }
        }

        func show(_ frame: Frame<YuvFrame>, latest: Classification?, cancellation: Cancellation) throws {
            shown.withLock { $0 += 1 }
        }
    }

    /// A camera that ends with a failure after some frames.
    private final class FailingCamera: FrameSource {
        let description = "failing camera"
        let width = 64
        let height = 48
        let rotation = Rotation.degrees90
        let isClosed = Monitor(false)
        private let frames: Int
        private let count = Monitor(0)

        init(frames: Int = 3) {
            self.frames = frames
        }

        func next(cancellation: Cancellation) throws -> Frame<YuvFrame>? {
            let number = count.withLock { count in
                count += 1
                return count
            }
            guard number <= frames else {
                throw DeploymentError.frame("the camera was taken away")
            }
            let picture = try YuvFrame(width: width, height: height)
            return Frame(image: picture, number: number, captureNanos: SystemClock().nanoTime())
        }

        func close() throws {
            isClosed.withLock { $0 = true }
        }
    }

    private let queue = DispatchQueue(label: "sessions")
    private let screen = Screen()
    private let told = Monitor<[String]>([])
    private let log = Monitor<URL?>(nil)

    func testARecordedSessionLeavesARunLog() throws {
        for isMultithreaded in [true, false] {
            told.withLock { $0 = [] }
            let plan = LivePlan(isMultithreaded: isMultithreaded, isRecorded: true)
            let ended = expectation(description: "ended")
            let session = try session(plan, ended) { try Self.camera(frames: 20) }
            session.start(on: queue)
            wait(for: [ended], timeout: 60)
            XCTAssertEqual(told.withLock { $0 }, ["opening", "running Tiny", "stopped"])
            let file = try XCTUnwrap(log.withLock { $0 })
            let content = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
            let pipeline = try XCTUnwrap(content?["pipeline"] as? [String: Any])
            XCTAssertEqual(pipeline["mode"] as? String, isMultithreaded ? "multi" : "single")
            XCTAssertGreaterThan(try XCTUnwrap(pipeline["shown"] as? Int), 0)
            let resources = try XCTUnwrap(content?["resources"] as? [String: Any])
            XCTAssertEqual(resources["battery_start_percent"] as? Double, 50)
            XCTAssertEqual(resources["battery_end_percent"] as? Double, 50)
            XCTAssertEqual(resources["thermal_state"] as? String, "nominal")
            XCTAssertEqual(screen.prepared.withLock { $0 }, .degrees90)
            XCTAssertNil(session.latest)
        }
    }

    func testASessionThatIsNotRecordedLeavesNone() throws {
        let ended = expectation(description: "ended")
        try session(LivePlan(isMultithreaded: true, isRecorded: false), ended) { try Self.camera(frames: 3) }
            .start(on: queue)
        wait(for: [ended], timeout: 60)
        XCTAssertNil(log.withLock { $0 })
        XCTAssertEqual(told.withLock { $0 }, ["opening", "running Tiny", "stopped"])
    }

    func testStopEndsItFromAnyThreadAndTwice() throws {
        let ended = expectation(description: "ended")
        let session = try session(LivePlan(isMultithreaded: true, isRecorded: false), ended) {
            try Self.camera(frames: 1_000_000)
        }
        session.start(on: queue)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in session.stop() }
        wait(for: [ended], timeout: 60)
        XCTAssertEqual(told.withLock { $0.last }, "stopped")
    }

    func testStoppedBeforeItsTurnItOpensNothing() throws {
        let ended = expectation(description: "ended")
        let opened = Monitor(false)
        let session = try session(LivePlan(isMultithreaded: true, isRecorded: true), ended) {
            opened.withLock { $0 = true }
            return try Self.camera(frames: 1)
        }
        session.stop()
        session.start(on: queue)
        wait(for: [ended], timeout: 60)
        XCTAssertEqual(told.withLock { $0 }, ["opening", "stopped"])
        XCTAssertFalse(opened.withLock { $0 })
    }

    func testAModelThatCannotBeOpenedIsAFailure() throws {
        let ended = expectation(description: "ended")
        let session = try session(
            LivePlan(isMultithreaded: true, isRecorded: false), ended,
            openModel: { throw DeploymentError.modelFile("damaged") },
            camera: {
                XCTFail("the camera was opened")
                return try Self.camera(frames: 1)
            })
        session.start(on: queue)
        wait(for: [ended], timeout: 60)
        XCTAssertEqual(told.withLock { $0 }, ["opening", "failed: damaged"])
    }

    func testACameraThatCannotBeOpenedLetsGoOfTheModel() throws {
        let ended = expectation(description: "ended")
        let model = try TestModels.opened(try TestModels.takingFrames())
        let session = try session(
            LivePlan(isMultithreaded: true, isRecorded: false), ended, openModel: { model },
            camera: { throw DeploymentError.frame("no camera") })
        session.start(on: queue)
        wait(for: [ended], timeout: 60)
        XCTAssertEqual(told.withLock { $0 }, ["opening", "failed: no camera"])
        // An engine that was closed says so.
        let input = NetworkInput.pixels([UInt8](repeating: 0, count: model.engine.inputLength))
        XCTAssertThrowsError(try model.engine.classify(input, cancellation: Cancellation()))
    }

    func testACameraThatIsTakenAwayIsAFailure() throws {
        for isMultithreaded in [true, false] {
            told.withLock { $0 = [] }
            let ended = expectation(description: "ended")
            let camera = FailingCamera()
            let plan = LivePlan(isMultithreaded: isMultithreaded, isRecorded: true)
            try session(plan, ended) { camera }.start(on: queue)
            wait(for: [ended], timeout: 60)
            XCTAssertEqual(
                told.withLock { $0 }, ["opening", "running Tiny", "failed: the camera was taken away"])
            XCTAssertTrue(camera.isClosed.withLock { $0 })
            // What was recorded until then is kept.
            let file = try XCTUnwrap(log.withLock { $0 })
            let content = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
            let pipeline = try XCTUnwrap(content?["pipeline"] as? [String: Any])
            XCTAssertEqual(pipeline["captured"] as? Int, 3)
            XCTAssertEqual(pipeline["shown"] as? Int, 3)
        }
    }

    func testWithoutAFrameAFailureLeavesNoLog() throws {
        let ended = expectation(description: "ended")
        try session(LivePlan(isMultithreaded: true, isRecorded: true), ended) { FailingCamera(frames: 0) }
            .start(on: queue)
        wait(for: [ended], timeout: 60)
        XCTAssertEqual(told.withLock { $0 }, ["opening", "running Tiny", "failed: the camera was taken away"])
        XCTAssertNil(log.withLock { $0 })
    }

    func testWithoutARecordingAFailureLeavesNoLog() throws {
        let ended = expectation(description: "ended")
        try session(LivePlan(isMultithreaded: true, isRecorded: false), ended) { FailingCamera() }.start(on: queue)
        wait(for: [ended], timeout: 60)
        XCTAssertNil(log.withLock { $0 })
    }

    func testWhatBecameOfARecordingIsTold() throws {
        let failure = DeploymentError.frame("the camera was taken away")
        let file = URL(fileURLWithPath: "/logs/live.json")
        XCTAssertEqual(LiveState.stopped(log: file).recorded, "Run log saved: live.json")
        XCTAssertEqual(
            LiveState.failed(failure, log: file).recorded,
            "The recording ended early. The camera was taken away.\nRun log saved up to then: live.json")
        XCTAssertEqual(
            LiveState.failed(failure, log: nil).recorded, "No run log was saved. The camera was taken away.")
        XCTAssertNil(LiveState.stopped(log: nil).recorded)
        XCTAssertNil(LiveState.running(try TestModels.manifest()).recorded)
        XCTAssertEqual(LiveState.failed(failure, log: file).log, file)
    }

    func testSessionsWaitForOneAnother() throws {
        let ended = expectation(description: "ended")
        ended.expectedFulfillmentCount = 2
        let plan = LivePlan(isMultithreaded: true, isRecorded: false)
        let first = try session(plan, ended) { try Self.camera(frames: 1_000_000) }
        let second = try session(plan, ended) { try Self.camera(frames: 2) }
        first.start(on: queue)
        second.start(on: queue)
        first.stop()
        wait(for: [ended], timeout: 60)
        XCTAssertEqual(told.withLock { $0.filter { $0 == "stopped" }.count }, 2)
        XCTAssertEqual(told.withLock { $0.prefix(2) }, ["opening", "opening"])
    }

    private static func camera(frames: Int) throws -> any FrameSource<YuvFrame> {
        let picture = try NoiseFrame.create(width: 64, height: 48)
        return try PacedSource(
            clock: SystemClock(), picture: picture, rotation: .degrees90, framesPerSecond: 200, frameCount: frames)
    }

    private func session(
        _ plan: LivePlan, _ ended: XCTestExpectation, openModel: (@Sendable () throws -> OpenedModel)? = nil,
        camera: @escaping @Sendable () throws -> any FrameSource<YuvFrame>
    ) throws -> LiveSession<YuvFrame> {
        let parts = LiveParts<YuvFrame>(
            openModel: openModel ?? { try TestModels.opened(try TestModels.takingFrames()) }, openCamera: camera,
            classifier: { model, source in
                try FrameClassifier(
                    clock: SystemClock(), input: model.manifest.input, engine: model.engine, source: source,
                    topCount: 5)
            },
            display: screen)
        return LiveSession(parts: parts, plan: plan, phone: .ofTests, logs: try makeLogs()) { [told, log] state in
            switch state {
            case .opening: told.withLock { $0.append("opening") }
            case .running(let manifest): told.withLock { $0.append("running \(manifest.title)") }
            case .failed(let failure, let file):
                log.withLock { $0 = file }
                told.withLock { $0.append("failed: \(failure.message)") }
                ended.fulfill()
            case .stopped(let file):
                told.withLock { $0.append("stopped") }
                log.withLock { $0 = file }
                ended.fulfill()
            }
        }
    }
}
