import Foundation

/// Images to be classified, counted from 0.
public protocol ImageSet {
    /// What run logs call the set.
    var name: String { get }

    /// How many images there are.
    var count: Int { get }

    /// What run logs call an image; no two have the same.
    func id(_ image: Int) -> String

    /// The true class; nil where it is not known.
    func label(_ image: Int) -> Int?

    /// Reads an image.
    ///
    /// - Throws: `DeploymentError.image` where it is missing, damaged or too large.
    func read(_ image: Int) throws -> ArgbImage
}

/// Turns the bytes of a picture's file into pixels; each platform has its own.
public protocol ImageDecoder: Sendable {
    /// The ends of the names of files that it reads, in lower case, such as png.
    var extensions: [String] { get }

    /// Decodes a file.
    ///
    /// - Parameters:
    ///   - content: the whole file.
    ///   - name: what messages call the picture.
    /// - Returns: the picture as a viewer shows it, opaque: transparent parts laid on white.
    /// - Throws: `DeploymentError.image` where the content is no such picture, is damaged, or too large.
    func decode(_ content: Data, name: String) throws -> ArgbImage
}
