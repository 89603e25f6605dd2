import AVFoundation
import Combine
import RealtimeCore
import SwiftUI

/// Starts and ends the live screen's sessions, and says why there is none.
@MainActor
final class LiveControl: ObservableObject {
    /// What the screen shows where the picture is.
    enum Panel {
        case message(Message)
        case picture
    }

    @Published private(set) var panel = Panel.message(Message(title: Words.kindLive, text: "", isBusy: true))
    @Published private(set) var choice: Choice?
    /// What frames are like.
    @Published private(set) var shape: PreviewDisplay.Shape?
    /// The newest result, as rows.
    @Published private(set) var rows: [ProbabilityBars.Row] = []
    /// What was measured; nil while nothing is.
    @Published private(set) var meters: Meters?
    /// Where Core ML plans to run the model.
    @Published private(set) var placement: Placement?
    /// Whether a run log is being recorded.
    @Published private(set) var isRecording = false
    /// What became of the last recording.
    @Published private(set) var recorded: String?

    // A name that changes more often cannot be read, nor can a number.
    private static let resultSeconds = 0.1
    private static let resultsPerMeter = 5

    let app: AppModel
    private(set) lazy var display = PreviewDisplay { [weak self] shape in self?.shape = shape }
    private var isShown = false
    private var isActive = true
    private var session: LiveSession<CameraPicture>?
    private var turn = ScreenTurn.portrait
    private var labels: [String] = []
    private var shownFrame = -1
    private var readings = 0
    private var timer: Timer?

    init(app: AppModel) {
        self.app = app
        choice = app.loadChoice()
    }

    /// The model that is chosen.
    var model: InstalledModel? { choice.flatMap { app.model($0.model) } }

    /// The screen is shown, or hidden behind another one.
    func show(_ isShown: Bool) {
        self.isShown = isShown
        follow()
    }

    /// The app is in front, or in the background, where iOS gives no camera.
    func activate(_ isActive: Bool) {
        self.isActive = isActive
        follow()
    }

    private var isInFront: Bool { isShown && isActive }

    /// The camera runs while the screen is in front, and only then.
    private func follow() {
        if !isInFront {
            stop()
        } else if session == nil {
            start(isRecorded: false)
        }
    }

    /// Something else was chosen.
    func choose(_ change: (inout Choice) -> Void) {
        guard var changed = choice else {
            return
        }
        change(&changed)
        guard changed != choice else {
            return
        }
        choice = changed
        changed.save(.standard)
        recorded = nil
        start(isRecorded: false)
    }

    /// The button for recording was pressed.
    func record() {
        recorded = nil
        start(isRecorded: !isRecording)
    }

    private func start(isRecorded: Bool) {
        stop()
        guard isInFront else {
            return
        }
        guard let choice, let model else {
            panel = .message(
                Message(
                    app.modelsProblem, otherwise: Message(title: Words.noModelsTitle, text: Words.noModelsText)))
            return
        }
        if let problem = model.problem {
            panel = .message(Message(problem, button: nil))
        } else if let input = model.manifest?.input, !model.takesFrames {
            panel = .message(
                Message(
                    title: Words.digitsOnlyTitle(model.title), text: Words.digitsOnlyText(input.width, input.height)))
        } else {
            switch AVCaptureDevice.authorizationStatus(for: .video) {
            case .authorized: run(model, choice, isRecorded)
            case .notDetermined: askForCamera()
            case .restricted:
                panel = .message(Message(title: Words.permissionTitle, text: Words.permissionRestrictedText))
            default: sendToSettings()
            }
        }
    }

    private func run(_ model: InstalledModel, _ choice: Choice, _ isRecorded: Bool) {
        let text = app.runs.isRunning ? Words.openingWaits : Words.openingText
        panel = .message(Message(title: Words.openingTitle(model.title), text: text, isBusy: true))
        turn = ScreenTurn.now
        isRecording = isRecorded
        Task {
            let placement = await app.placement(model, choice.units)
            // Something else may have been chosen while Core ML was asked.
            guard self.choice == choice, isInFront, session == nil else {
                return
            }
            self.placement = placement
            open(model, choice, placement, isRecorded)
        }
    }

    private func open(_ model: InstalledModel, _ choice: Choice, _ placement: Placement?, _ isRecorded: Bool) {
        let clock = SystemClock()
        let osVersion = UIDevice.current.systemVersion
        let turn = turn
        // Vision needs the model that was opened for the engine.
        let forVision = Monitor<CoreMLModel?>(nil)
        let parts = LiveParts<CameraPicture>(
            openModel: {
                let (opened, coreML) = try OpenedModel.coreML(
                    model, choice.units, osVersion: osVersion, placement: placement)
                forVision.withLock { $0 = coreML }
                return opened
            },
            openCamera: { try CameraFrames(screen: turn) },
            classifier: { opened, source in
                guard let coreML = forVision.withLock({ $0 }) else {
                    throw DeploymentError.misuse("expected the model to be opened first, received none")
                }
                return try VisionClassifier(coreML, engine: opened.engine, source: source, clock: clock)
            },
            display: display)
        let plan = LivePlan(isMultithreaded: choice.isMultithreaded, isRecorded: isRecorded)
        // Those before it may still be ending: what they tell is not for the screen any more, but for their logs.
        let number = Monitor<ObjectIdentifier?>(nil)
        let started = LiveSession(
            parts: parts, plan: plan, phone: app.phone, logs: app.logs, clock: clock
        ) { [weak self] state in
            self?.onChange(state, of: number.withLock { $0 }, isRecorded)
        }
        number.withLock { $0 = ObjectIdentifier(started) }
        session = started
        started.start(on: app.oneAtATime)
    }

    private func onChange(_ state: LiveState, of number: ObjectIdentifier?, _ wasRecorded: Bool) {
        // Told also of a session whose picture is gone: it was to leave a run log.
        if wasRecorded, let recorded = state.recorded {
            self.recorded = recorded
        }
        if state.log != nil {
            app.logChanges += 1
        }
        guard let session, ObjectIdentifier(session) == number else {
            return
        }
        switch state {
        case .opening: break
        case .running(let manifest):
            labels = manifest.labels
            panel = .picture
            startReading()
        case .failed(let failure, _):
            stop()
            panel = .message(Message(failure, button: tryAgain))
        case .stopped:
            stop()
        }
    }

    private var tryAgain: Message.Button {
        Message.Button(title: Words.tryAgain) { [weak self] in self?.start(isRecorded: false) }
    }

    private func askForCamera() {
        let ask = Message.Button(title: Words.permissionAsk) { [weak self] in
            Task {
                _ = await AVCaptureDevice.requestAccess(for: .video)
                self?.start(isRecorded: false)
            }
        }
        panel = .message(Message(title: Words.permissionTitle, text: Words.permissionText, button: ask))
    }

    private func sendToSettings() {
        let settings = Message.Button(title: Words.permissionSettings) {
            if let url = URL(string: UIApplication.openSettingsURLString) {
                UIApplication.shared.open(url)
            }
        }
        panel = .message(Message(title: Words.permissionTitle, text: Words.permissionSettingsText, button: settings))
    }

    /// Ends what runs; its run log, if any, is told of later.
    private func stop() {
        session?.stop()
        session = nil
        timer?.invalidate()
        timer = nil
        isRecording = false
        meters = nil
        rows = []
        shownFrame = -1
        readings = 0
        display.clear()
        UIApplication.shared.isIdleTimerDisabled = app.runs.isRunning
    }

    private func startReading() {
        // A phone that falls asleep measures nothing.
        UIApplication.shared.isIdleTimerDisabled = true
        let timer = Timer(timeInterval: Self.resultSeconds, repeats: true) { [weak self] _ in
            MainActor.assumeIsolated {
                self?.read()
            }
        }
        // In all common modes: in the default one alone, it would rest while the user scrolls.
        RunLoop.main.add(timer, forMode: .common)
        self.timer = timer
    }

    private func read() {
        guard let session else {
            return
        }
        // A recording is one run: it goes on as the phone was held when it began.
        if turn != ScreenTurn.now, !isRecording {
            start(isRecorded: false)
            return
        }
        if let result = session.latest, result.frameNumber != shownFrame {
            shownFrame = result.frameNumber
            rows = result.top.map { prediction in
                ProbabilityBars.Row(
                    id: prediction.classNumber, name: labels[prediction.classNumber],
                    probability: Double(prediction.probability))
            }
        }
        readings += 1
        if readings % Self.resultsPerMeter == 0 {
            meters = session.meters()
        }
    }
}
