import Foundation
import RealtimeCore

/// What a measurement is just doing.
enum RunStep: Equatable, Sendable {
    /// Something whose end is not known.
    case doing(String)
    /// So many of so many are done.
    case counted(String, done: Int, total: Int)
}

/// One line of a result.
struct ResultLine: Equatable, Identifiable, Sendable {
    /// What it is.
    let label: String
    /// How much it is, with its unit.
    let value: String

    var id: String { label }
}

/// What a measurement gave.
struct RunResult: Sendable {
    /// The result in lines for the screen.
    let lines: [ResultLine]
    /// The run log.
    let log: URL
    /// Whether the model is untrained; then the screen says so.
    let isUntrained: Bool
}
