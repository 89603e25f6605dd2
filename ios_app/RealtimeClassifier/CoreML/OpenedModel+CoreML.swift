import CoreML
import RealtimeCore

extension OpenedModel {
    /// Opens a model in Core ML, with what Core ML plans to run it on, where it tells.
    ///
    /// - Parameters:
    ///   - osVersion: Core ML is a part of iOS, and has its version.
    ///   - clock: times the opening, without the question for the plan.
    /// - Returns: the model twice: for the core's engine, and for Vision.
    static func coreML(
        _ installed: InstalledModel, _ units: ComputeUnits, osVersion: String, placement: Placement?,
        clock: any NanoClock = SystemClock()
    ) throws -> (opened: OpenedModel, model: CoreMLModel) {
        let start = clock.nanoTime()
        let model = try CoreMLModel(installed, units)
        let initNanos = clock.nanoTime() - start
        let version = ["iOS \(osVersion)", placement?.text].compactMap { $0 }.joined(separator: "; ")
        let engine = try CoreMLEngine(model, units, version: version)
        let opened = OpenedModel(
            manifest: model.manifest, file: try model.manifest.file(ModelFile.mlmodel), engine: engine,
            initNanos: initNanos)
        return (opened, model)
    }
}
