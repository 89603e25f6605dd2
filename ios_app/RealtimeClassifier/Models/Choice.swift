import Foundation

/// What the user chose: a model, what it may compute with, and the kind of pipeline.
struct Choice: Equatable, Sendable {
    private static let modelKey = "choice.model"
    private static let unitsKey = "choice.units"
    private static let multithreadedKey = "choice.multithreaded"

    /// The model's name.
    var model: String
    /// What Core ML may compute with.
    var units: ComputeUnits
    /// Whether the screen and the network run on threads of their own.
    var isMultithreaded: Bool

    /// The last choice, as far as it still exists; else the first model that the camera's frames fit, then the first
    /// that can be used at all. A chosen model that has become damaged stays chosen: the screen says what is wrong.
    ///
    /// - Parameter models: those in the app.
    /// - Returns: nil where there is no model.
    static func load(_ defaults: UserDefaults, _ models: [InstalledModel]) -> Choice? {
        let saved = defaults.string(forKey: modelKey)
        let usable = models.filter { $0.problem == nil }
        guard
            let model = models.first(where: { $0.name == saved }) ?? usable.first(where: { $0.takesFrames })
                ?? usable.first ?? models.first
        else {
            return nil
        }
        return Choice(
            model: model.name,
            units: defaults.string(forKey: unitsKey).flatMap(ComputeUnits.init(rawValue:)) ?? .all,
            isMultithreaded: defaults.object(forKey: multithreadedKey) as? Bool ?? true)
    }

    /// Keeps it for the next start of the app.
    func save(_ defaults: UserDefaults) {
        defaults.set(model, forKey: Self.modelKey)
        defaults.set(units.rawValue, forKey: Self.unitsKey)
        defaults.set(isMultithreaded, forKey: Self.multithreadedKey)
    }
}
