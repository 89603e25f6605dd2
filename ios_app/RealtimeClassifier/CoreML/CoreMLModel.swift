import CoreML
import RealtimeCore

/// A model that Xcode compiled into the app, opened, and found to be the one that its manifest describes.
///
/// Size, channel order, scale and bias are in the model (paper, section II.B.1); what the app needs of the manifest are
/// the resize rule, the order of the labels, and the words.
struct CoreMLModel: @unchecked Sendable {
    // Core ML's documentation: a model may be used on one thread or dispatch queue at a time; engines are.
    let model: MLModel
    let manifest: Manifest
    /// The name of the image input.
    let inputName: String
    /// The name of the table from labels to probabilities.
    let probabilitiesName: String

    /// Opens it, which may take seconds: Core ML prepares it for the processors at its first use.
    ///
    /// - Throws: `DeploymentError.modelFile` where it cannot be opened, or is another than the manifest's.
    init(_ installed: InstalledModel, _ units: ComputeUnits) throws {
        let (manifest, compiled) = try installed.parts()
        do {
            model = try MLModel(contentsOf: compiled, configuration: units.configuration)
        } catch {
            throw DeploymentError.modelFile(
                "Core ML cannot open \(installed.title) with \(units.title): \(error.localizedDescription); choose "
                    + "other compute units, or build the app again with the model")
        }
        self.manifest = manifest
        let file = try manifest.file(ModelFile.mlmodel)
        inputName = file.inputNode
        probabilitiesName = file.outputNode
        try check(installed.name)
    }

    /// Compares the compiled model with the manifest. Xcode's compiler changes the file, so that its hash says nothing
    /// any more; but the model still carries the beginning of its weights' hash, as its version.
    private func check(_ name: String) throws {
        let description = model.modelDescription
        let wayOut = "run make ios for this model, and build the app again in Xcode"
        let version = description.metadata[.versionString] as? String
        let expected = String(manifest.weights.sha256.prefix(8))
        guard version == expected else {
            throw DeploymentError.modelFile(
                "expected \(name) with the weights \(expected) of its manifest, received a model with "
                    + "\(version ?? "none"); "
                    + wayOut)
        }
        guard let image = description.inputDescriptionsByName[inputName]?.imageConstraint,
            image.pixelsWide == manifest.input.width, image.pixelsHigh == manifest.input.height
        else {
            throw DeploymentError.modelFile(
                "expected \(name) to take images of \(manifest.input.width) x \(manifest.input.height) pixels as "
                    + "'\(inputName)', received a model with another input; \(wayOut)")
        }
        guard description.outputDescriptionsByName[probabilitiesName] != nil,
            description.classLabels as? [String] == manifest.labels
        else {
            throw DeploymentError.modelFile(
                "expected \(name) to give '\(probabilitiesName)' of the manifest's \(manifest.labels.count) classes, "
                    + "received a model with others; \(wayOut)")
        }
    }
}
