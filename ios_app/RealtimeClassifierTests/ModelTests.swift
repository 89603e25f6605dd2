import RealtimeCore
import XCTest

@testable import RealtimeClassifier

/// The models in the app, and what of them is chosen.
final class ModelTests: XCTestCase {
    func testAWholeModelCanBeUsed() throws {
        let folder = try makeFolder()
        try put(folder, manifest: TestModels.lenet(), compiled: true)
        let model = try XCTUnwrap(InstalledModels(folder: folder).list().first)
        XCTAssertEqual(model.name, "LeNet")
        XCTAssertNil(model.problem)
        XCTAssertEqual(try model.parts().compiled.lastPathComponent, "LeNet.mlmodelc")
        XCTAssertTrue(model.readsDigits)
        XCTAssertFalse(model.takesFrames)
        XCTAssertFalse(model.isUntrained)
    }

    func testAModelWithoutItsFileSaysSo() throws {
        let folder = try makeFolder()
        try put(folder, manifest: TestModels.lenet(), compiled: false)
        let model = try XCTUnwrap(InstalledModels(folder: folder).list().first)
        XCTAssertEqual(
            model.problem,
            .modelFile(
                "expected LeNet.mlmodel to be compiled into the app, received its manifest alone; run make ios, and "
                    + "build the app again in Xcode"))
        XCTAssertThrowsError(try model.parts())
    }

    func testAModelWithoutItsManifestSaysSo() throws {
        let folder = try makeFolder()
        try put(folder, manifest: nil, compiled: true)
        let model = try XCTUnwrap(InstalledModels(folder: folder).list().first)
        XCTAssertEqual(model.title, "LeNet")
        XCTAssertTrue(
            try XCTUnwrap(model.problem).message.hasPrefix(
                "expected LeNet.manifest.json beside the model "
                    + "LeNet"))
    }

    func testADamagedManifestSaysSo() throws {
        let folder = try makeFolder()
        try put(folder, manifest: TestModels.lenet().dropLast(20), compiled: true)
        let model = try XCTUnwrap(InstalledModels(folder: folder).list().first)
        XCTAssertTrue(try XCTUnwrap(model.problem).message.hasPrefix("LeNet.manifest.json is not a valid manifest"))
        XCTAssertNil(model.manifest)
        XCTAssertThrowsError(try model.parts())
    }

    func testAFolderWithoutModelsHasNone() throws {
        XCTAssertEqual(try InstalledModels(folder: makeFolder()).list().count, 0)
        XCTAssertThrowsError(try InstalledModels(folder: makeFolder().appendingPathComponent("none")).list())
    }

    func testAFolderThatCannotBeReadIsSaid() throws {
        let (models, problem) = InstalledModels(folder: try makeFolder().appendingPathComponent("none")).found()
        XCTAssertEqual(models.count, 0)
        let none = Message(title: Words.noModelsTitle, text: Words.noModelsText)
        let told = Message(problem, otherwise: none)
        XCTAssertTrue(told.text.hasPrefix("Cannot read the app's own folder: "), told.text)
        XCTAssertTrue(told.text.hasSuffix("; install the app again."), told.text)
        XCTAssertNil(InstalledModels(folder: try makeFolder()).found().problem)
        XCTAssertEqual(Message(nil, otherwise: none).text, Words.noModelsText)
    }

    func testTheFirstChoiceTakesTheCamerasFrames() throws {
        let models = [
            TestModels.installed(try TestModels.manifest()),
            TestModels.installed(try TestModels.takingFrames(), name: "Tiny"),
        ]
        let choice = try XCTUnwrap(Choice.load(defaults(), models))
        XCTAssertEqual(choice, Choice(model: "Tiny", units: .all, isMultithreaded: true))
        XCTAssertEqual(Choice.load(defaults(), [models[0]])?.model, "LeNet")
        XCTAssertNil(Choice.load(defaults(), []))
    }

    func testAChoiceIsKept() throws {
        let models = [
            TestModels.installed(try TestModels.manifest()),
            TestModels.installed(try TestModels.takingFrames(), name: "Tiny"),
        ]
        let kept = defaults()
        let choice = Choice(model: "LeNet", units: .cpuAndNeuralEngine, isMultithreaded: false)
        choice.save(kept)
        XCTAssertEqual(Choice.load(kept, models), choice)
        // What does not exist any more is forgotten.
        XCTAssertEqual(Choice.load(kept, [models[1]])?.model, "Tiny")
    }

    func testADamagedModelStaysChosen() throws {
        let kept = defaults()
        Choice(model: "LeNet", units: .all, isMultithreaded: true).save(kept)
        let damaged = InstalledModel(name: "LeNet", manifest: nil, compiled: nil, problem: .manifest("damaged"))
        let other = TestModels.installed(try TestModels.takingFrames(), name: "Tiny")
        XCTAssertEqual(Choice.load(kept, [damaged, other])?.model, "LeNet")
    }

    func testAMessageIsShownAsASentence() {
        XCTAssertEqual(DeploymentError.frame("expected a camera; try again").sentence, "Expected a camera; try again.")
        XCTAssertEqual(DeploymentError.frame("LeNet is damaged.").sentence, "LeNet is damaged.")
        XCTAssertEqual(DeploymentError.frame("").sentence, ".")
    }

    func testAPlanIsToldInWords() {
        XCTAssertEqual(
            Placement(neuralEngine: 60, gpu: 0, cpu: 6).text, "Neural Engine 60, CPU 6 of 66 layers")
        XCTAssertEqual(Placement(neuralEngine: 0, gpu: 2, cpu: 40).text, "CPU 40, GPU 2 of 42 layers")
    }

    private func put(_ folder: URL, manifest: Data?, compiled: Bool) throws {
        try manifest?.write(to: folder.appendingPathComponent("LeNet.manifest.json"))
        if compiled {
            let place = folder.appendingPathComponent("LeNet.mlmodelc")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        }
    }

    private func defaults() -> UserDefaults {
        let name = "test-\(UUID().uuidString)"
        addTeardownBlock { UserDefaults.standard.removePersistentDomain(forName: name) }
        return UserDefaults(suiteName: name)!
    }
}
