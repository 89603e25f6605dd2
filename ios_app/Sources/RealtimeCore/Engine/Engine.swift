import Foundation

/// What an engine takes of a picture.
public enum InputKind: Sendable {
    /// Numbers, preprocessed: the network's input tensor.
    case tensor
    /// The picture at the network's size as it is: scale and bias are in the model, as in a `.mlmodel` with an image
    /// input (paper, section II.B.1).
    case pixels
}

/// A picture, ready for an engine.
public enum NetworkInput: Sendable {
    /// Float32, height x width x channels, row by row, a pixel's channels together in the network's channel order.
    case tensor([Float])
    /// Values of 0-255, height x width x channels, row by row, a pixel's red, green and blue together; or gray.
    case pixels([UInt8])
}

/// A model in a runtime, opened by an `EngineProvider`. It may be handed from thread to thread, but is called by one at
/// a time.
public protocol Engine: AnyObject, Sendable {
    /// The runtime's name, such as Core ML.
    var name: String { get }

    /// The runtime's version.
    var version: String { get }

    /// How many threads the runtime itself works with; nil where it chooses.
    var threads: Int? { get }

    /// What `classify` takes.
    var takes: InputKind { get }

    /// How many numbers or pixel values the input has.
    var inputLength: Int { get }

    /// How many classes the model has.
    var classes: Int { get }

    /// Runs the network alone.
    ///
    /// - Parameters:
    ///   - input: of the kind that the engine takes, `inputLength` long.
    ///   - cancellation: an engine whose runtime cannot be interrupted runs to its end.
    /// - Returns: a probability for each class.
    /// - Throws: `DeploymentError.modelFile` where the runtime cannot run the model; `CancellationError`.
    func classify(_ input: NetworkInput, cancellation: Cancellation) throws -> [Float]

    /// Lets go of the runtime. Calling it twice does no harm; nothing else may be called afterwards.
    func close()
}

/// A kind of engine, by which models are opened.
public protocol EngineProvider: Sendable {
    /// The short name by which a user chooses it, such as coreml.
    var name: String { get }

    /// The format of the model file it reads; nil for one that reads no file.
    var fileFormat: String? { get }

    /// Opens a model; this is what a benchmark calls initialisation.
    ///
    /// - Parameters:
    ///   - manifest: describes the model.
    ///   - folder: where the model's files lie; the file is compared with the manifest before it is read.
    ///   - threads: how many threads the runtime may work with, at least 1.
    /// - Returns: an engine, to be closed by the caller.
    /// - Throws: `DeploymentError` where the file is missing, damaged or not to be run.
    func open(manifest: Manifest, folder: URL, threads: Int) throws -> any Engine
}

extension Preprocessor {
    /// Prepares a picture for an engine.
    ///
    /// - Throws: `DeploymentError.misuse` where the picture has another size.
    mutating func prepare(_ frame: YuvFrame, for kind: InputKind) throws -> NetworkInput {
        try prepared(kind) { preprocessor, pixels in try preprocessor.fit(frame, into: &pixels) }
    }

    /// Prepares a picture for an engine; see `prepare(_:for:)`.
    mutating func prepare(_ image: ArgbImage, for kind: InputKind) throws -> NetworkInput {
        try prepared(kind) { preprocessor, pixels in try preprocessor.fit(image, into: &pixels) }
    }

    private mutating func prepared(
        _ kind: InputKind, _ fit: (inout Preprocessor, inout [UInt8]) throws -> Void
    ) throws -> NetworkInput {
        var pixels: [UInt8] = []
        try fit(&self, &pixels)
        switch kind {
        case .pixels:
            return .pixels(pixels)
        case .tensor:
            var tensor = [Float](repeating: 0, count: input.length)
            try self.tensor(of: pixels, into: &tensor)
            return .tensor(tensor)
        }
    }
}
