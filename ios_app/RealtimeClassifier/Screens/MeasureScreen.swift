import SwiftUI
import UniformTypeIdentifiers

/// Measurements without the camera: accuracy over a folder, a benchmark, MNIST's digits.
struct MeasureScreen: View {
    @ObservedObject private var app: AppModel
    @ObservedObject private var runs: Runs
    @State private var measure = Measure.accuracy
    @State private var model: String
    @State private var units: ComputeUnits
    @State private var texts: [String] = []
    @State private var images: URL?
    @State private var isChoosing = false

    init(app: AppModel) {
        self.app = app
        runs = app.runs
        let choice = app.loadChoice()
        _model = State(initialValue: choice?.model ?? "")
        _units = State(initialValue: choice?.units ?? .all)
    }

    var body: some View {
        NavigationStack {
            Form {
                if fitting.isEmpty {
                    MessagePanel(message: missing)
                }
                Group {
                    what
                    if !fitting.isEmpty {
                        how
                    }
                }
                .disabled(runs.isRunning)
                RunPanel(runs: runs)
            }
            .navigationTitle(Words.measureTitle)
            .fileImporter(isPresented: $isChoosing, allowedContentTypes: [.folder]) { result in
                images = try? result.get()
            }
            .onAppear { reset() }
            .onChange(of: measure) { _ in reset() }
        }
    }

    private var what: some View {
        Section {
            Picker(Words.measureKind, selection: $measure) {
                ForEach(Measure.allCases) { measure in
                    Text(measure.title).tag(measure)
                }
            }
            if measure == .accuracy {
                Button(Words.chooseImages) { isChoosing = true }
            }
        } footer: {
            VStack(alignment: .leading, spacing: 6) {
                Text(measure.text)
                if measure == .accuracy {
                    Text(images.map { Words.imagesChosen($0.lastPathComponent) } ?? Words.imagesNone)
                }
            }
        }
    }

    private var how: some View {
        Section {
            Pickers(models: fitting, model: $model, units: $units)
            ForEach(Array(fields.enumerated()), id: \.offset) { number, field in
                NumberField(field: field, text: text(number))
            }
            Button(Words.measureStart) { start() }
                .disabled(request == nil)
        }
    }

    private var fitting: [InstalledModel] { app.models.filter { measure.fits($0) } }

    private var missing: Message {
        let none =
            app.models.isEmpty
            ? Message(title: Words.noModelsTitle, text: Words.noModelsText)
            : Message(title: Words.noDigitModelTitle, text: Words.noDigitModelText)
        return Message(app.modelsProblem, otherwise: none)
    }

    private var fields: [RunRequest.Field] { RunRequest.fields(measure) }

    private func text(_ number: Int) -> Binding<String> {
        Binding {
            number < texts.count ? texts[number] : ""
        } set: { text in
            if number < texts.count {
                texts[number] = text
            }
        }
    }

    /// Begins anew for what is to be measured.
    private func reset() {
        texts = fields.map { $0.usual.map(String.init) ?? "" }
        if !fitting.contains(where: { $0.name == model }) {
            model = fitting.first?.name ?? ""
        }
    }

    /// What is asked for; nil as long as something is missing or wrong.
    private var request: RunRequest? {
        let numbers = zip(fields, texts).compactMap { field, text in field.number(text) }
        guard let chosen = fitting.first(where: { $0.name == model }), numbers.count == fields.count,
            measure != .accuracy || images != nil
        else {
            return nil
        }
        return RunRequest(measure: measure, model: chosen, units: units, numbers: numbers, images: images)
    }

    private func start() {
        if let request {
            runs.start(request, app)
        }
    }
}

/// A number to be entered; a wrong one says what is right.
private struct NumberField: View {
    let field: RunRequest.Field
    @Binding var text: String

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            LabeledContent(field.title) {
                TextField(field.title, text: $text, prompt: field.usual == nil ? Text(Words.fieldAll) : nil)
                    .keyboardType(.numberPad)
                    .multilineTextAlignment(.trailing)
            }
            if field.number(text) == nil {
                Text(Words.fieldWrong(field.range.lowerBound, field.range.upperBound))
                    .font(.footnote)
                    .foregroundStyle(.red)
            }
        }
    }
}
