import Combine
import CoreML
import RealtimeCore
import SwiftUI

/// What all screens share: the models, the phone, the run logs, and the one thing that is measured at a time.
@MainActor
final class AppModel: ObservableObject {
    /// The models in the app; empty where there are none, or where `modelsProblem` says why they are not known.
    let models: [InstalledModel]
    /// Why the app cannot tell which models it has; nil if it can.
    let modelsProblem: DeploymentError?
    /// How hot the phone is.
    @Published private(set) var thermalState = ProcessInfo.processInfo.thermalState
    /// How many run logs were written or deleted: who shows them looks again.
    @Published var logChanges = 0

    let phone = Phone.this
    let runs = Runs()
    let logs = RunLogs(documents: URL.documentsDirectory)
    /// Live sessions and measurements wait for one another on it.
    let oneAtATime = DispatchQueue(label: "measuring", qos: .userInitiated)
    private var thermalObserver: (any NSObjectProtocol)?
    private var placements: [String: Placement] = [:]

    init() {
        (models, modelsProblem) = InstalledModels(folder: Bundle.main.bundleURL).found()
        thermalObserver = NotificationCenter.default.addObserver(
            forName: ProcessInfo.thermalStateDidChangeNotification, object: nil, queue: .main
        ) { [weak self] _ in
            MainActor.assumeIsolated {
                self?.thermalState = ProcessInfo.processInfo.thermalState
            }
        }
    }

    /// What the user chose last; nil where there is no model.
    func loadChoice() -> Choice? { Choice.load(.standard, models) }

    /// The model of a name.
    func model(_ name: String) -> InstalledModel? { models.first { $0.name == name } }

    /// On what Core ML plans to run a model; asked once.
    func placement(_ model: InstalledModel, _ units: ComputeUnits) async -> Placement? {
        let key = "\(model.name) \(units.rawValue)"
        if let known = placements[key] {
            return known
        }
        guard model.problem == nil, let compiled = model.compiled else {
            return nil
        }
        let placement = await Placement.plan(compiled, units)
        placements[key] = placement
        return placement
    }

    /// Opens models in Core ML, for measurements.
    func opener(_ placement: Placement?) -> OpenModel {
        let osVersion = UIDevice.current.systemVersion
        return { installed, units in
            try OpenedModel.coreML(installed, units, osVersion: osVersion, placement: placement).opened
        }
    }

    /// What the app brings along for measurements.
    ///
    /// - Throws: `DeploymentError.image` where the app was built without it.
    func measurementResources() throws -> Measurement.Resources {
        Measurement.Resources(
            golden: try resource("golden", isFolder: true), digits: try resource("t10k-images-idx3-ubyte"),
            digitLabels: try resource("t10k-labels-idx1-ubyte"), decoder: PictureDecoder())
    }

    private func resource(_ name: String, isFolder: Bool = false) throws -> URL {
        let url = Bundle.main.bundleURL.appendingPathComponent(name, isDirectory: isFolder)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw DeploymentError.image(
                "expected \(name) in this app, received an app without it; build it again in "
                    + "Xcode")
        }
        return url
    }
}
