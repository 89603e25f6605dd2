import Foundation

/// Every error that the core throws on purpose, but for `CancellationError`.
///
/// Its message is for the person at the screen: what was expected, what was received, and what to do about it. It is
/// one line, whatever the names of files and fields in it.
public enum DeploymentError: LocalizedError, Equatable, Sendable {
    /// A manifest is malformed, or does not describe the files beside it.
    case manifest(String)
    /// A model file is missing, damaged, of another model, or cannot be run.
    case modelFile(String)
    /// An image or a camera frame has the wrong size, layout or content.
    case image(String)
    /// A camera, or whatever else gives or shows frames, failed.
    case frame(String)
    /// A run log could not be written, or would not be true.
    case runLog(String)
    /// A part of the core was used in a way that its documentation excludes.
    case misuse(String)
    /// Something below the core failed in a way of its own.
    case unexpected(String)

    /// The text for the screen.
    public var message: String {
        switch self {
        case .manifest(let message), .modelFile(let message), .image(let message), .frame(let message),
            .runLog(let message), .misuse(let message), .unexpected(let message):
            return message.onOneLine
        }
    }

    public var errorDescription: String? { message }
}

extension String {
    /// The text without what a screen or a terminal would act on: control characters, ends of lines, changes of the
    /// writing's direction.
    public var onOneLine: String {
        let unseen: [ClosedRange<UInt32>] = [0...0x1f, 0x7f...0x9f, 0x2028...0x202e, 0x2066...0x2069]
        var line = UnicodeScalarView()
        for scalar in unicodeScalars {
            line.append(unseen.contains { $0.contains(scalar.value) } ? " " : scalar)
        }
        return String(line)
    }
}

extension Error {
    /// What the error says of itself, in one text.
    var text: String { (self as? DeploymentError)?.message ?? String(describing: self) }

    /// What a file operation failed with, without the path that the caller's message has already.
    var reason: String {
        let failure = self as NSError
        if let below = failure.userInfo[NSUnderlyingErrorKey] as? NSError, below.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(below.code)))
        }
        return failure.domain == NSPOSIXErrorDomain
            ? String(cString: strerror(Int32(failure.code))) : failure.localizedDescription
    }
}
