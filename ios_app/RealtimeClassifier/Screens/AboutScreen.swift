import SwiftUI

/// What the app is, and where each model's weights come from.
struct AboutScreen: View {
    @ObservedObject var app: AppModel
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            List {
                Text(Words.aboutText(Words.appName, app.phone.build))
                ForEach(app.models) { model in
                    VStack(alignment: .leading, spacing: 8) {
                        Text(model.title).font(.headline)
                        Text(text(model))
                        if model.isUntrained {
                            Notice(text: Words.untrained)
                        }
                    }
                }
            }
            .navigationTitle(Words.aboutTitle)
            .navigationBarTitleDisplayMode(.inline)
            .toolbar {
                Button(Words.close) { dismiss() }
            }
        }
    }

    private func text(_ model: InstalledModel) -> String {
        guard let manifest = model.manifest else {
            return model.problem?.sentence ?? ""
        }
        return Words.aboutModel(manifest.citation, manifest.weights.source, manifest.weights.licence)
    }
}
