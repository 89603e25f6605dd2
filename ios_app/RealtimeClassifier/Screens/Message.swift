import RealtimeCore
import SwiftUI

/// What takes a screen's place while it has nothing to show: what is the matter, and what to do.
struct Message {
    /// A button below the text.
    struct Button {
        let title: String
        let action: @MainActor @Sendable () -> Void
    }

    let title: String
    let text: String
    var button: Button?
    var isBusy = false

    /// What failed, in a few words, and what to do.
    init(_ failure: DeploymentError, button: Button?) {
        switch failure {
        case .frame: title = Words.cameraFailedTitle
        case .manifest: title = Words.modelFailedTitle
        case .modelFile: title = Words.engineFailedTitle
        default: title = Words.failedTitle
        }
        text = failure.sentence
        self.button = button
    }

    /// What failed, if something did; else another message.
    init(_ failure: DeploymentError?, otherwise message: Message) {
        self = failure.map { Message($0, button: nil) } ?? message
    }

    init(title: String, text: String, button: Button? = nil, isBusy: Bool = false) {
        self.title = title
        self.text = text
        self.button = button
        self.isBusy = isBusy
    }
}

/// Shows a message.
struct MessagePanel: View {
    let message: Message

    var body: some View {
        VStack(spacing: 12) {
            if message.isBusy {
                ProgressView()
            }
            Text(message.title)
                .font(.headline)
                .accessibilityAddTraits(.isHeader)
            Text(message.text)
                .font(.callout)
                .foregroundStyle(.secondary)
            if let button = message.button {
                Button(button.title, action: button.action)
                    .buttonStyle(.borderedProminent)
                    .padding(.top, 4)
            }
        }
        .multilineTextAlignment(.center)
        .padding(24)
        .frame(maxWidth: .infinity)
        .accessibilityElement(children: .contain)
    }
}

/// Says of an untrained model, or of a hot phone, that its numbers are not to be taken as they are.
struct Notice: View {
    let text: String

    var body: some View {
        Label(text, systemImage: "exclamationmark.triangle")
            .font(.footnote)
            .foregroundStyle(Color("NoticeText"))
            .padding(10)
            .frame(maxWidth: .infinity, alignment: .leading)
            .background(Color("NoticeBackground"), in: RoundedRectangle(cornerRadius: 8))
    }
}
