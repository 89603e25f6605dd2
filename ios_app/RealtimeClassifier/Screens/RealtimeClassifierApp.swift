import SwiftUI

/// The app: four screens, side by side.
@main
struct RealtimeClassifierApp: App {
    @StateObject private var app = AppModel()

    var body: some Scene {
        WindowGroup {
            TabView {
                LiveScreen(app: app)
                    .tabItem { Label(Words.kindLive, systemImage: "camera.viewfinder") }
                MeasureScreen(app: app)
                    .tabItem { Label(Words.measureTitle, systemImage: "stopwatch") }
                DrawScreen(app: app)
                    .tabItem { Label(Words.drawTitle, systemImage: "scribble") }
                LogsScreen(app: app)
                    .tabItem { Label(Words.logsTitle, systemImage: "doc.text") }
            }
        }
    }
}
