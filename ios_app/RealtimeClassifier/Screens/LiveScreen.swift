import SwiftUI

/// The live camera, what a model says of it, and the meters. The camera runs while the screen is in front, and only
/// then.
struct LiveScreen: View {
    @ObservedObject private var app: AppModel
    @StateObject private var control: LiveControl
    @Environment(\.scenePhase) private var scenePhase
    @Environment(\.verticalSizeClass) private var verticalSizeClass
    @State private var isAboutShown = false

    init(app: AppModel) {
        self.app = app
        _control = StateObject(wrappedValue: LiveControl(app: app))
    }

    var body: some View {
        NavigationStack {
            content
                .navigationTitle(Words.appName)
                .navigationBarTitleDisplayMode(.inline)
                .toolbar {
                    Button {
                        isAboutShown = true
                    } label: {
                        Label(Words.aboutTitle, systemImage: "info.circle")
                    }
                }
                .sheet(isPresented: $isAboutShown) {
                    AboutScreen(app: app)
                }
        }
        .onAppear { control.show(true) }
        .onDisappear { control.show(false) }
        .onChange(of: scenePhase) { phase in
            // A call may cover the app, or another app take its place; back from there, the camera starts again.
            switch phase {
            case .active: control.activate(true)
            case .background: control.activate(false)
            default: break
            }
        }
    }

    @ViewBuilder private var content: some View {
        if verticalSizeClass == .compact {
            HStack(spacing: 0) {
                picture.frame(maxWidth: .infinity, maxHeight: .infinity)
                ScrollView { panel.padding() }.frame(maxWidth: .infinity)
            }
        } else {
            ScrollView {
                picture
                panel.padding()
            }
        }
    }

    @ViewBuilder private var picture: some View {
        switch control.panel {
        case .message(let message):
            MessagePanel(message: message).frame(minHeight: 240)
        case .picture:
            PreviewView(display: control.display, shape: control.shape)
        }
    }

    private var panel: some View {
        VStack(alignment: .leading, spacing: 16) {
            if control.model?.isUntrained == true {
                Notice(text: Words.untrained)
            }
            ProbabilityBars(rows: control.rows, count: 5, strong: 0)
            MeterPanel(meters: control.meters, thermalState: app.thermalState.name)
            if app.thermalState.isHot {
                Notice(text: Words.hotText)
            }
            if let choice = control.choice {
                chooser(choice)
            }
        }
    }

    private func chooser(_ choice: Choice) -> some View {
        VStack(spacing: 8) {
            Pickers(
                models: app.models,
                model: Binding {
                    choice.model
                } set: { model in
                    control.choose { $0.model = model }
                },
                units: Binding {
                    choice.units
                } set: { units in
                    control.choose { $0.units = units }
                })
            if let placement = control.placement {
                Text(placement.text)
                    .font(.footnote)
                    .foregroundStyle(.secondary)
                    .frame(maxWidth: .infinity, alignment: .trailing)
            }
            Toggle(
                Words.multithreaded,
                isOn: Binding {
                    choice.isMultithreaded
                } set: { isOn in
                    control.choose { $0.isMultithreaded = isOn }
                })
            Button(control.isRecording ? Words.recordStop : Words.record) { control.record() }
                .buttonStyle(.bordered)
                .disabled(control.meters == nil)
                .frame(maxWidth: .infinity, alignment: .leading)
            if let recorded = control.recorded {
                Text(recorded)
                    .font(.footnote)
                    .foregroundStyle(.secondary)
                    .frame(maxWidth: .infinity, alignment: .leading)
            }
        }
    }
}
