import Foundation
import RealtimeCore

/// Where a live session is in its life; it only goes forward.
enum LiveState: Sendable {
    /// The model and the camera are being opened.
    case opening
    /// Frames are shown.
    case running(Manifest)
    /// It ended because something failed; the run log up to then, if it was to leave one and frames had come.
    case failed(DeploymentError, log: URL?)
    /// It was stopped; the run log, if it was to leave one.
    case stopped(log: URL?)

    /// The run log that it left.
    var log: URL? {
        switch self {
        case .failed(_, let log), .stopped(let log): return log
        default: return nil
        }
    }

    /// What became of a recording, for the user, who may not have seen how it ended; nil while nothing is known.
    var recorded: String? {
        switch self {
        case .failed(let failure, let log?):
            return Words.recordedUntil(log.lastPathComponent, failure.sentence)
        case .failed(let failure, nil): return Words.recordedNothing(failure.sentence)
        case .stopped(let log?): return Words.recorded(log.lastPathComponent)
        default: return nil
        }
    }
}
