import Foundation
import RealtimeCore

/// The models in the app's bundle: of each `Models/X.mlmodel` Xcode makes `X.mlmodelc`, and beside it lies
/// `X.manifest.json`, which `make ios` wrote.
struct InstalledModels: Sendable {
    private static let manifestEnding = ".manifest.json"
    private static let compiledEnding = ".mlmodelc"
    private static let wayOut = "run make ios, and build the app again in Xcode"

    private let folder: URL

    /// Looks nowhere yet.
    ///
    /// - Parameter folder: where the bundle keeps its resources.
    init(folder: URL) {
        self.folder = folder
    }

    /// All of them, sorted by name, also those that cannot be used.
    ///
    /// - Throws: `DeploymentError.unexpected` where the bundle cannot be read.
    func list() throws(DeploymentError) -> [InstalledModel] {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw DeploymentError.unexpected(
                "cannot read the app's own folder: \(error.localizedDescription); install the app again")
        }
        let names = Set(
            [Self.manifestEnding, Self.compiledEnding].flatMap { ending in
                files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
            })
        return names.sorted().map { model($0, files) }
    }

    /// All of them, or why there are none.
    func found() -> (models: [InstalledModel], problem: DeploymentError?) {
        do {
            return (try list(), nil)
        } catch {
            return ([], error)
        }
    }

    private func model(_ name: String, _ files: [String]) -> InstalledModel {
        let manifestFile = name + Self.manifestEnding
        let compiledFile = name + Self.compiledEnding
        let compiled = files.contains(compiledFile) ? folder.appendingPathComponent(compiledFile) : nil
        do {
            guard files.contains(manifestFile) else {
                throw DeploymentError.manifest(
                    "expected \(manifestFile) beside the model \(name), received none; \(Self.wayOut)")
            }
            let content = try Data(contentsOf: folder.appendingPathComponent(manifestFile))
            let manifest = try Manifest.parse(content, name: manifestFile)
            var problem: DeploymentError?
            if compiled == nil {
                problem = .modelFile(
                    "expected \(name).mlmodel to be compiled into the app, received its manifest alone; \(Self.wayOut)")
            } else if !manifest.has(ModelFile.mlmodel) {
                problem = .manifest(
                    "expected \(manifestFile) to describe a file of the format \(ModelFile.mlmodel), received "
                        + "none; \(Self.wayOut)")
            }
            return InstalledModel(name: name, manifest: manifest, compiled: compiled, problem: problem)
        } catch let error as DeploymentError {
            return InstalledModel(name: name, manifest: nil, compiled: compiled, problem: error)
        } catch {
            let problem = DeploymentError.manifest(
                "cannot read \(manifestFile): \(error.localizedDescription); install the app again")
            return InstalledModel(name: name, manifest: nil, compiled: compiled, problem: problem)
        }
    }
}
