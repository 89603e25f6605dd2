import Foundation
import RealtimeCore

/// The folder of the run logs, which the Files app and a Mac's Finder show as well.
struct RunLogs: Sendable {
    /// One log.
    struct Entry: Identifiable, Equatable, Sendable {
        /// Where it lies.
        let file: URL
        /// Its size in bytes.
        let bytes: Int
        /// When it was written.
        let written: Date

        var id: String { file.lastPathComponent }
        /// What its name says; nil where somebody gave it another.
        var name: LogName? { LogName(fileName: file.lastPathComponent) }
    }

    private let folder: URL

    /// Makes nothing yet.
    ///
    /// - Parameter documents: the app's folder of documents.
    init(documents: URL) {
        folder = documents.appendingPathComponent("logs")
    }

    /// A file for a new log. Of two in one second, the second gets a number.
    ///
    /// - Parameters:
    ///   - kind: accuracy, benchmark or live.
    ///   - epochMillis: when the run began.
    /// - Throws: `DeploymentError.runLog` where the folder cannot be made.
    func newFile(kind: String, model: String, engine: String, epochMillis: Int) throws -> URL {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw DeploymentError.runLog(
                "could not make the folder of the run logs: \(error.localizedDescription); free some space")
        }
        let time = Date(timeIntervalSince1970: Double(epochMillis / 1_000))
        let name = LogName(kind: kind, model: model, engine: engine, time: time)
        var number = 1
        while FileManager.default.fileExists(atPath: folder.appendingPathComponent(name.fileName(number)).path) {
            number += 1
        }
        return folder.appendingPathComponent(name.fileName(number))
    }

    /// All logs, the newest first; none before the first was written.
    func list() -> [Entry] {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey, .isRegularFileKey]
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: Array(keys), options: .skipsHiddenFiles)
        let entries = (files ?? []).compactMap { file -> Entry? in
            guard file.lastPathComponent.hasSuffix(LogName.ending),
                let values = try? file.resourceValues(forKeys: keys), values.isRegularFile == true
            else {
                return nil
            }
            let written = values.contentModificationDate ?? .distantPast
            return Entry(file: file, bytes: values.fileSize ?? 0, written: written)
        }
        return entries.sorted { ($0.written, $0.id) > ($1.written, $1.id) }
    }

    /// Deletes a log.
    ///
    /// - Throws: `DeploymentError.runLog` where it cannot be deleted.
    func delete(_ entry: Entry) throws {
        do {
            try FileManager.default.removeItem(at: entry.file)
        } catch {
            throw DeploymentError.runLog(
                "could not delete \(entry.id): \(error.localizedDescription); delete it in the Files app")
        }
    }
}
