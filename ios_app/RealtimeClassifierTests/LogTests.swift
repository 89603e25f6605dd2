import RealtimeCore
import XCTest

@testable import RealtimeClassifier

/// The run logs' names and their folder.
final class LogTests: XCTestCase {
    private let time = Date(timeIntervalSince1970: 1_700_000_000)

    func testANameSaysWhatTheLogIsOf() throws {
        let name = LogName(kind: "live", model: "dense_net_121", engine: "coreml", time: time)
        XCTAssertEqual(name.fileName(1), "live_dense_net_121_coreml_20231114-221320.json")
        XCTAssertEqual(name.fileName(2), "live_dense_net_121_coreml_20231114-221320-2.json")
        XCTAssertEqual(LogName(fileName: name.fileName(1)), name)
        XCTAssertEqual(LogName(fileName: name.fileName(2)), name)
    }

    func testAnotherNameSaysNothing() {
        for name in ["mine.json", "live_x_coreml_2023.json", "live_x_coreml_20231314-221320.json", "a_b_c.txt", ""] {
            XCTAssertNil(LogName(fileName: name), name)
        }
    }

    func testTwoLogsOfOneSecondHaveTwoNames() throws {
        let logs = RunLogs(documents: try makeFolder())
        let first = try logs.newFile(kind: "live", model: "m", engine: "coreml", epochMillis: 1_700_000_000_123)
        try Data("{}".utf8).write(to: first)
        let second = try logs.newFile(kind: "live", model: "m", engine: "coreml", epochMillis: 1_700_000_000_999)
        XCTAssertEqual(second.lastPathComponent, "live_m_coreml_20231114-221320-2.json")
    }

    func testTheNewestLogComesFirstAndOthersAreLeftOut() throws {
        let folder = try makeFolder()
        let logs = RunLogs(documents: folder)
        XCTAssertEqual(logs.list(), [])
        for (number, model) in ["a", "b"].enumerated() {
            let file = try logs.newFile(kind: "live", model: model, engine: "coreml", epochMillis: 0)
            try Data("{}".utf8).write(to: file)
            let date = time.addingTimeInterval(Double(number))
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
        }
        try Data().write(to: folder.appendingPathComponent("logs/note.txt"))
        XCTAssertEqual(logs.list().map { $0.name?.model }, ["b", "a"])
        try logs.delete(logs.list()[0])
        XCTAssertEqual(logs.list().map { $0.name?.model }, ["a"])
    }

    func testALogThatIsGoneCannotBeDeleted() throws {
        let logs = RunLogs(documents: try makeFolder())
        let gone = RunLogs.Entry(file: try makeFolder().appendingPathComponent("gone.json"), bytes: 0, written: time)
        XCTAssertThrowsError(try logs.delete(gone)) { error in
            XCTAssertTrue((error as? DeploymentError)?.message.hasPrefix("could not delete gone.json") ?? false)
        }
    }
}
