import Foundation
import RealtimeCore

/// A model in the app's bundle, whether it can be used or not.
struct InstalledModel: Identifiable, Sendable {
    /// The name by which it is chosen: that of its files, such as SqueezeNet.
    let name: String
    /// What describes it; nil where it cannot be read, as `problem` says.
    let manifest: Manifest?
    /// What Xcode made of the `.mlmodel`; nil where it is missing, as `problem` says.
    let compiled: URL?
    /// Why it cannot be used; nil if it can.
    let problem: DeploymentError?

    var id: String { name }

    /// The name to show, such as MobileNet; of a model whose manifest cannot be read, its files'.
    var title: String { manifest?.title ?? name }

    /// Whether its answers mean nothing; whatever is shown of it must say so.
    var isUntrained: Bool { manifest?.weights.isUntrained ?? false }

    /// Whether it takes pictures of any size, as cameras make them.
    var takesFrames: Bool { manifest?.input.resize != nil }

    /// Whether it reads MNIST's digits: gray pictures of 28 x 28 pixels.
    var readsDigits: Bool {
        guard let input = manifest?.input else {
            return false
        }
        return input.width == MnistDigit.side && input.height == MnistDigit.side && input.channels == 1
    }

    /// The manifest and the compiled model.
    ///
    /// - Throws: `problem`.
    func parts() throws -> (manifest: Manifest, compiled: URL) {
        guard let manifest, let compiled else {
            throw problem ?? DeploymentError.unexpected("expected a model or its problem, received neither of \(name)")
        }
        return (manifest, compiled)
    }
}
