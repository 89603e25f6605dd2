import RealtimeCore
import SwiftUI

/// The run logs: what they are of, to be shared or deleted.
struct LogsScreen: View {
    @ObservedObject var app: AppModel
    @State private var logs: [RunLogs.Entry] = []
    @State private var toDelete: RunLogs.Entry?
    @State private var failure: String?

    var body: some View {
        NavigationStack {
            List {
                if logs.isEmpty {
                    MessagePanel(message: Message(title: Words.noLogsTitle, text: Words.noLogsText))
                } else {
                    Section {
                        ForEach(logs) { log in
                            row(log)
                        }
                    } footer: {
                        Text(Words.logsPlace)
                    }
                }
            }
            .navigationTitle(Words.logsTitle)
            .toolbar {
                if !logs.isEmpty {
                    ShareLink(items: logs.map(\.file)) {
                        Label(Words.shareAll, systemImage: "square.and.arrow.up")
                    }
                }
            }
            .confirmationDialog(
                Words.deleteQuestion, isPresented: isAsking, titleVisibility: .visible, presenting: toDelete
            ) { log in
                Button(Words.delete, role: .destructive) { delete(log) }
            } message: { log in
                Text(title(log))
            }
            .alert(Words.failedTitle, isPresented: hasFailed) {
                Button(Words.close, role: .cancel) {}
            } message: {
                Text(failure ?? "")
            }
        }
        .onAppear { list() }
        .onChange(of: app.logChanges) { _ in list() }
    }

    private var isAsking: Binding<Bool> {
        Binding {
            toDelete != nil
        } set: { isShown in
            toDelete = isShown ? toDelete : nil
        }
    }

    private var hasFailed: Binding<Bool> {
        Binding {
            failure != nil
        } set: { isShown in
            failure = isShown ? failure : nil
        }
    }

    private func row(_ log: RunLogs.Entry) -> some View {
        HStack(spacing: 12) {
            VStack(alignment: .leading, spacing: 2) {
                Text(title(log))
                Text(text(log))
                    .font(.footnote)
                    .foregroundStyle(.secondary)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            .accessibilityElement(children: .combine)
            ShareLink(item: log.file) {
                Label(Words.shareThis(title(log)), systemImage: "square.and.arrow.up").labelStyle(.iconOnly)
            }
            .buttonStyle(.borderless)
            Button {
                toDelete = log
            } label: {
                Label(Words.deleteThis(title(log)), systemImage: "trash").labelStyle(.iconOnly)
            }
            .buttonStyle(.borderless)
        }
    }

    private func title(_ log: RunLogs.Entry) -> String {
        guard let name = log.name else {
            return log.id
        }
        let engine = name.engine == CoreMLNames.short ? "Core ML" : name.engine
        return Words.logTitle(kind(name.kind), name.model, engine)
    }

    private func kind(_ kind: String) -> String {
        kind == "live" ? Words.kindLive : Measure(rawValue: kind)?.title ?? kind
    }

    private func text(_ log: RunLogs.Entry) -> String {
        let time = (log.name?.time ?? log.written).formatted(date: .abbreviated, time: .shortened)
        return Words.logText(time, log.bytes.formatted(.byteCount(style: .file)))
    }

    private func list() {
        logs = app.logs.list()
    }

    private func delete(_ log: RunLogs.Entry) {
        do {
            try app.logs.delete(log)
        } catch {
            failure = (error as? DeploymentError)?.sentence ?? error.localizedDescription
        }
        list()
    }
}
