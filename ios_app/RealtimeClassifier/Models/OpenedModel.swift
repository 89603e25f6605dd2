import RealtimeCore

/// A model in the engine that the user chose. Whoever opened it closes its engine.
struct OpenedModel: Sendable {
    private static let appName = "ios_app"

    /// What describes it.
    let manifest: Manifest
    /// The file that Xcode compiled into the app; nil for an engine that reads none.
    let file: ModelFile?
    /// The engine.
    let engine: any Engine
    /// How long it took to open it, in nanoseconds.
    let initNanos: Int

    /// Who ran what, and where, for a run log.
    func head(_ phone: Phone) -> RunHead {
        RunHead(
            place: phone.place, device: phone.device, appName: Self.appName, appBuild: phone.build, manifest: manifest,
            file: file, engine: engine, initNanos: initNanos)
    }
}

/// Opens a model, which takes seconds: not for the main thread.
typealias OpenModel = @Sendable (InstalledModel, ComputeUnits) throws -> OpenedModel
