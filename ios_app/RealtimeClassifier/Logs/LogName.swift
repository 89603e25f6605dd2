import Foundation

/// The name of a run log's file, `kind_model_engine_time.json`, which says what the log is of.
struct LogName: Equatable, Sendable {
    static let ending = ".json"

    /// accuracy, benchmark or live.
    let kind: String
    /// The model's short name.
    let model: String
    /// The engine's short name.
    let engine: String
    /// When the run began, in UTC, to the second.
    let time: Date

    init(kind: String, model: String, engine: String, time: Date) {
        self.kind = kind
        self.model = model
        self.engine = engine
        self.time = time
    }

    /// What a file's name says; nil where somebody gave it another name.
    init?(fileName: String) {
        // The model's name may have lines in it as well.
        let form = #/([a-z]+)_(.+)_([a-z0-9]+)_([0-9]{8}-[0-9]{6})(-[0-9]+)?\.json/#
        guard let match = fileName.wholeMatch(of: form), let time = Self.utc().date(from: String(match.4)) else {
            return nil
        }
        self.init(kind: String(match.1), model: String(match.2), engine: String(match.3), time: time)
    }

    /// Of several logs of one second, the file of one; the first is number 1.
    func fileName(_ number: Int) -> String {
        let name = "\(kind)_\(model)_\(engine)_\(Self.utc().string(from: time))"
        return name + (number == 1 ? "" : "-\(number)") + Self.ending
    }

    private static func utc() -> DateFormatter {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyyMMdd-HHmmss"
        return format
    }
}
