import Combine
import RealtimeCore
import SwiftUI

/// A digit, drawn with a finger, and what LeNet says of it while it is drawn.
struct DrawScreen: View {
    @StateObject private var control: DrawControl

    init(app: AppModel) {
        _control = StateObject(wrappedValue: DrawControl(app: app))
    }

    var body: some View {
        NavigationStack {
            ScrollView {
                VStack(spacing: 16) {
                    if let message = control.message {
                        MessagePanel(message: message)
                    } else {
                        if control.isUntrained {
                            Notice(text: Words.untrained)
                        }
                        DigitPad(drawing: $control.drawing)
                            .frame(maxWidth: 360)
                        answer
                        ProbabilityBars(rows: control.rows, count: 10, strong: control.best, hasShortNames: true)
                        LabeledContent(Words.pickerUnits) {
                            Picker(Words.pickerUnits, selection: $control.units) {
                                ForEach(ComputeUnits.allCases, id: \.self) { units in
                                    Text(units.title).tag(units)
                                }
                            }
                            .labelsHidden()
                        }
                    }
                }
                .padding()
            }
            .navigationTitle(Words.drawTitle)
            .toolbar {
                Button(Words.clear) { control.drawing = Drawing() }
                    .disabled(control.drawing.strokes.isEmpty)
            }
        }
        .task(id: control.units) { await control.open() }
        .onChange(of: control.drawing.strokes) { _ in control.read() }
    }

    private var answer: some View {
        HStack(spacing: 16) {
            SeenDigit(pixels: control.digit)
                .frame(width: 84, height: 84)
            VStack(alignment: .leading, spacing: 4) {
                Text(control.answer.map { Words.digitRead($0.digit) } ?? Words.digitNone)
                    .font(.title2.weight(.semibold))
                Text(detail)
                    .font(.callout)
                    .foregroundStyle(.secondary)
                    .monospacedDigit()
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            .accessibilityElement(children: .combine)
            .accessibilityAddTraits(.updatesFrequently)
        }
    }

    private var detail: String {
        guard let answer = control.answer else {
            return Words.digitNoneText
        }
        let millis = answer.millis.formatted(.number.precision(.fractionLength(1)))
        return Words.digitText(CoreMLNames.title(control.units), millis)
    }
}

/// Reads the newest drawing, and no older one that still waits.
@MainActor
final class DrawControl: ObservableObject {
    @Published var drawing = Drawing()
    @Published var units: ComputeUnits
    @Published private(set) var message: Message?
    @Published private(set) var answer: DigitReader.Answer?
    /// What the network sees: 28 x 28 gray values.
    @Published private(set) var digit: [UInt8]?

    private let model: InstalledModel?
    private let modelsProblem: DeploymentError?
    private var reader: DigitReader?
    private var isReading = false
    private var isWaiting = false

    init(app: AppModel) {
        model = app.models.first { $0.readsDigits }
        modelsProblem = app.modelsProblem
        units = app.loadChoice()?.units ?? .all
    }

    var isUntrained: Bool { model?.isUntrained ?? false }

    private var strokes: [[StrokePoint]] { drawing.strokes }

    private var labels: [String] { model?.manifest?.labels ?? [] }

    /// The answer as rows, in the order of the digits.
    var rows: [ProbabilityBars.Row] {
        guard let answer else {
            return []
        }
        return labels.enumerated().map { number, label in
            ProbabilityBars.Row(id: number, name: label, probability: answer.probabilities[label] ?? 0)
        }
    }

    /// The row of the most probable digit.
    var best: Int { answer.flatMap { labels.firstIndex(of: $0.digit) } ?? 0 }

    /// Opens LeNet with the units that are chosen.
    func open() async {
        reader = nil
        answer = nil
        guard let model else {
            message = Message(
                modelsProblem, otherwise: Message(title: Words.noDigitModelTitle, text: Words.noDigitModelText))
            return
        }
        if let problem = model.problem {
            message = Message(problem, button: nil)
            return
        }
        do {
            let opened = try await DigitReader.open(units)
            guard !Task.isCancelled else {
                return
            }
            reader = opened
            message = nil
            read()
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: any Error) {
        let failure = error as? DeploymentError ?? .unexpected(error.localizedDescription)
        let again = Message.Button(title: Words.tryAgain) { [weak self] in
            Task { await self?.open() }
        }
        message = Message(failure, button: again)
    }

    /// The drawing has changed.
    func read() {
        guard !strokes.isEmpty else {
            digit = nil
            answer = nil
            return
        }
        isWaiting = true
        guard !isReading, let reader else {
            return
        }
        isReading = true
        Task {
            while isWaiting, !strokes.isEmpty {
                isWaiting = false
                let strokes = strokes
                let drawn = await Task.detached { MnistDigit.of(Ink(strokes: strokes)) }.value
                do {
                    let read = try await reader.read(drawn)
                    // Cleared meanwhile, or Core ML computes with something else now.
                    if !self.strokes.isEmpty, self.reader === reader {
                        digit = drawn
                        answer = read
                    }
                } catch {
                    fail(error)
                }
            }
            isReading = false
        }
    }
}
