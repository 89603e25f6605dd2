import Foundation
import RealtimeCore
import XCTest

@testable import RealtimeClassifier

/// Models, manifests and pictures for tests; all in memory, or in a folder that the test takes away again.
enum TestModels {
    /// LeNet's manifest, as it lies in the app.
    static func lenet() throws -> Data {
        #if os(iOS)
            return try Data(contentsOf: Bundle.main.bundleURL.appendingPathComponent("LeNet.manifest.json"))
        #else
            let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            return try Data(contentsOf: here.appendingPathComponent("../Models/LeNet.manifest.json"))
        #endif
    }

    /// LeNet's manifest with some fields changed: another input, for example.
    static func manifest(_ change: (inout [String: Any]) -> Void = { _ in }) throws -> Manifest {
        let content = try JSONSerialization.jsonObject(with: lenet())
        guard var fields = content as? [String: Any] else {
            throw DeploymentError.unexpected("expected an object in LeNet's manifest, received another thing")
        }
        change(&fields)
        return try Manifest.parse(JSONSerialization.data(withJSONObject: fields), name: "the test's manifest")
    }

    /// A manifest of a network that takes camera frames, scaled to the shorter side and cut.
    static func takingFrames(side: Int = 24, shorterSide: Int = 32) throws -> Manifest {
        try manifest { fields in
            fields["model"] = "tiny"
            fields["title"] = "Tiny"
            fields["input"] = [
                "height": side, "width": side, "channel_order": "rgb", "scale": [1, 1, 1], "bias": [0, 0, 0],
                "resize": ["shorter_side": shorterSide, "interpolation": "bilinear", "crop": "center"],
            ]
        }
    }

    /// The same, but untrained.
    static func untrained() throws -> Manifest {
        try manifest { fields in
            var weights = fields["weights"] as? [String: Any]
            weights?["kind"] = "untrained"
            fields["weights"] = weights
        }
    }

    /// A model that is there as far as anybody can see.
    static func installed(_ manifest: Manifest, name: String = "LeNet") -> InstalledModel {
        let compiled = URL(fileURLWithPath: "/\(name).mlmodelc")
        return InstalledModel(name: name, manifest: manifest, compiled: compiled, problem: nil)
    }

    /// An engine of no latency in the place of Core ML.
    static func opened(_ manifest: Manifest) throws -> OpenedModel {
        let engine = try StubEngine(
            clock: SystemClock(), inputLength: manifest.input.length, classes: manifest.labels.count, threads: 1,
            latencyNanos: 0, takes: .pixels)
        return OpenedModel(manifest: manifest, file: nil, engine: engine, initNanos: 1_000_000)
    }
}

extension Phone {
    /// No phone: run logs say so.
    static let ofTests = Phone(
        place: .swiftLinux,
        device: Device(
            manufacturer: "none", model: "none", soc: "", os: "Linux", osVersion: "none", cores: ProcessUse.cores),
        build: "test", batteryPercent: { 50 }, thermalState: { "nominal" })
}

extension XCTestCase {
    /// An empty folder, gone after the test.
    func makeFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        addTeardownBlock { try? FileManager.default.removeItem(at: folder) }
        return folder
    }

    /// Where run logs go: to a folder of the test's own, or to where the caller of all tests wants to read them.
    func makeLogs() throws -> RunLogs {
        let wanted = ProcessInfo.processInfo.environment["RUN_LOGS"]
        return RunLogs(documents: try wanted.map { URL(fileURLWithPath: $0) } ?? makeFolder())
    }
}
