/// What Core ML is called.
enum CoreMLNames {
    /// In the names of run logs.
    static let short = "coreml"

    /// On the screen and in run logs, with what it may compute with.
    static func title(_ units: ComputeUnits) -> String { "Core ML (\(units.title))" }
}
