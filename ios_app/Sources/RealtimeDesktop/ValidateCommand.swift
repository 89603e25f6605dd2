import Foundation
import RealtimeCore

/// Classifies all images of a set: prints the counts, writes all probabilities (float32, the least significant byte
/// first) and the run log.
struct ValidateCommand {
    private let images: URL
    private let labels: URL?
    private let limit: Int
    private let probabilities: URL?
    private let golden: URL?
    private let log: URL?

    init(_ arguments: inout Arguments) throws {
        images = try arguments.path("images")
        labels = try arguments.optionalPath("labels")
        limit = try arguments.integer("limit", Int(Int32.max), 1...Int(Int32.max))
        probabilities = try arguments.optionalPath("probabilities")
        golden = try arguments.optionalPath("golden")
        log = try arguments.optionalPath("log")
    }

    func run(_ model: OpenModel, _ clock: any NanoClock, _ out: (String) -> Void) throws {
        defer { model.engine.close() }
        let set = try imageSet(model.manifest)
        let sink = try probabilities.map(Sink.init)
        let timer = RunTimer(cpuTime: ProcessUse(), clock: clock, cores: ProcessUse.cores)
        let result = try Validation.run(
            engine: model.engine, input: model.manifest.input, images: set, limit: limit, clock: clock,
            cancellation: Cancellation()
        ) { step in
            switch step {
            case .classified(_, _, let probabilities):
                try sink?.write(probabilities)
            case .failed(let image, let total, let message):
                // A failed image has no row among the probabilities.
                out("failed image \(image) of \(total): \(message.onOneLine)")
            }
        }
        let time = timer.stop()
        try sink?.close()
        let goldenResults = try golden.map { folder in
            let pictures = try ImageFolder(folder: folder, manifest: model.manifest, decoder: PixmapDecoder())
            return try GoldenResult.of(
                engine: model.engine, input: model.manifest.input, pictures: pictures, cancellation: Cancellation())
        }
        out("images \(result.images.count)")
        out("failed \(result.failed.count)")
        out("labelled \(result.labelled)")
        out("top1_correct \(result.correct(top: 1))")
        out("top5_correct \(result.correct(top: 5))")
        try model.log(.accuracy(result), time, golden: goldenResults ?? [], to: log)
    }

    private func imageSet(_ manifest: Manifest) throws -> any ImageSet {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: images.path, isDirectory: &isFolder), isFolder.boolValue {
            guard labels == nil else {
                throw UsageError(
                    message: "expected --labels with an IDX file of images only, received the folder \(images.path), "
                        + "whose inner folders tell the labels")
            }
            return try ImageFolder(folder: images, manifest: manifest, decoder: PixmapDecoder())
        }
        return try labels.map { try IdxImages(images: images, labels: $0, classes: manifest.labels.count) }
            ?? IdxImages(images: images)
    }

    /// The file of all probabilities.
    private struct Sink {
        private let file: URL
        private let handle: FileHandle

        init(_ file: URL) throws {
            self.file = file
            do {
                try Data().write(to: file)
                handle = try FileHandle(forWritingTo: file)
            } catch {
                throw Self.failure(file)
            }
        }

        func write(_ probabilities: [Float]) throws {
            do {
                try handle.write(contentsOf: Data(GoldenResult.bytes(of: probabilities)))
            } catch {
                throw Self.failure(file)
            }
        }

        func close() throws {
            do {
                try handle.close()
            } catch {
                throw Self.failure(file)
            }
        }

        private static func failure(_ file: URL) -> DeploymentError {
            .runLog("cannot write \(file.path); free some space, or choose a place that can be written")
        }
    }
}
