import Foundation
import XCTest

@testable import RealtimeCore
@testable import RealtimeDesktop

/// The command line: every command, and one line and exit code 2 for whatever is wrong.
final class RealtimeCommandTests: FolderTestCase {
    private var out: [String] = []
    private var errors: [String] = []

    override func setUpWithError() throws {
        try super.setUpWithError()
        try Models.write(folder.appendingPathComponent("model"))
        _ = try file("images/light/a.ppm", Array("P5 2 2 255\n".utf8) + [0, 255, 0, 255])
        _ = try file("images/broken.ppm", [1, 2, 3])
    }

    private func run(_ words: [String]) -> Int32 {
        out = []
        errors = []
        let command = RealtimeCommand(
            out: { self.out += $0.components(separatedBy: "\n") }, errors: { self.errors.append($0) })
        return command.run(words.map { $0.replacingOccurrences(of: "@", with: folder.path + "/") })
    }

    private func assertDone(_ words: String, line: UInt = #line) {
        XCTAssertEqual(run(words.components(separatedBy: " ")), RealtimeCommand.done, "\(errors)", line: line)
        XCTAssertEqual(errors, [], line: line)
    }

    private func assertFails(_ part: String, _ words: [String], line: UInt = #line) {
        XCTAssertEqual(run(words), RealtimeCommand.failed, line: line)
        XCTAssertEqual(errors.count, 1, "\(errors)", line: line)
        let message = errors.first ?? ""
        XCTAssertTrue(message.hasPrefix("error: ") && message.contains(part), message, line: line)
        XCTAssertEqual(message, message.onOneLine, line: line)
    }

    private func log(_ name: String) throws -> JsonFields {
        try StrictJson.readObject(Data(contentsOf: folder.appendingPathComponent(name)))
    }

    func testHelpListsEveryCommand() {
        XCTAssertEqual(run([]), RealtimeCommand.done)
        for command in ["pipeline", "benchmark", "validate"] {
            XCTAssertTrue(out.contains { $0.hasPrefix("  " + command) }, "\(out)")
        }
        assertDone("--help")
    }

    func testValidateCountsAndWritesProbabilitiesAndLog() throws {
        assertDone(
            "validate --model @model --images @images --probabilities @p.f32 --golden @images/light --log @v.json")
        XCTAssertTrue(out[0].hasPrefix("failed image 0 of 2: expected broken.ppm to be a binary PPM"), "\(out)")
        XCTAssertEqual(
            Array(out[1...]), ["images 1", "failed 1", "labelled 1", "top1_correct 1", "top5_correct 1"])
        XCTAssertEqual(try Data(contentsOf: folder.appendingPathComponent("p.f32")).count, 8)
        let log = try log("v.json")
        XCTAssertEqual(try log.text("kind"), "accuracy")
        XCTAssertEqual(try log.object("engine").text("name"), "stub")
        XCTAssertFalse(try log.object("model").has("file_sha256"))
        XCTAssertEqual(try log.objects("golden", 1...1)[0].text("picture"), "a.ppm")
    }

    func testValidateReadsIdxFiles() throws {
        _ = try file("i", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 9, 0, 9, 9, 0, 9, 0])
        _ = try file("l", [0, 0, 8, 1, 0, 0, 0, 2, 1, 1])
        assertDone("validate --model @model --images @i --labels @l")
        XCTAssertEqual(out, ["images 2", "failed 0", "labelled 2", "top1_correct 1", "top5_correct 2"])
        assertDone("validate --model @model --images @i --limit 1")
        XCTAssertEqual(out, ["images 1", "failed 0", "labelled 0", "top1_correct 0", "top5_correct 0"])
    }

    func testBenchmarkPrintsAndLogs() throws {
        assertDone("benchmark --model @model --count 4 --warm-up 2 --latency-ms 1 --size 16x12 --log @b.json")
        XCTAssertTrue(out.contains { $0.hasPrefix("steady_p50_ms ") }, "\(out)")
        XCTAssertNoThrow(
            try log("b.json").object("latency").only(
                "first_ns", "warm_up_ns", "steady_preprocess_ns", "steady_invoke_ns"))
    }

    func testPipelinePrintsAndLogs() throws {
        for mode in PipelineMode.allCases {
            assertDone(
                "pipeline --model @model --mode \(mode.rawValue) --seconds 1 --fps 50 --size 16x12 --latency-ms 5 "
                    + "--threads 3 --rotation 270 --log @l.json")
            XCTAssertTrue(out.contains { $0.hasPrefix("processed_per_second ") }, "\(out)")
            XCTAssertTrue(out.contains("dropped_failed 0"), "\(out)")
            let log = try log("l.json")
            let part = try log.object("pipeline")
            XCTAssertEqual(try part.text("mode"), mode.rawValue)
            XCTAssertGreaterThan(try part.integer("processed", 0...50), 0)
            XCTAssertEqual(try part.text("source"), "simulated camera, 16 x 12, 50.0 frames per second")
            XCTAssertEqual(try log.object("engine").integer("threads", 1...64), 3)
        }
    }

    func testSaysInOneLineWhatIsWrong() throws {
        let wrong = """
            fly                                                 | received 'fly'
            benchmark model                                     | expected an argument such as --model, received 'model'
            benchmark --                                        | expected an argument such as --model, received '--'
            benchmark --model                                   | expected a value after --model
            benchmark --count 1                                 | expected --model, received none
            benchmark --model @model --model @model             | expected --model once
            benchmark --model @model --cuont 5                  | received 'cuont'
            benchmark --model @nothing                          | expected manifest.json in
            benchmark --model @model --count 0                  | --count to be an integer from 1 to 100000
            benchmark --model @model --count five               | received 'five'
            benchmark --model @model --count 0x5                | received '0x5'
            benchmark --model @model --rotation 45              | a rotation
            benchmark --model @model --threads 0                | --threads to be an integer
            benchmark --model @model --threads 99999999999      | --threads to be an integer
            benchmark --model @model --latency-ms NaN           | --latency-ms to be a number
            benchmark --model @model --latency-ms -1            | --latency-ms to be a number
            benchmark --model @model --latency-ms 1e3           | --latency-ms to be a number
            benchmark --model @model --latency-ms 1.2.3         | --latency-ms to be a number
            benchmark --model @model --size 640                 | --size to be WIDTHxHEIGHT
            benchmark --model @model --size 0x5                 | --size to be WIDTHxHEIGHT
            benchmark --model @model --size 99999x99999         | --size to be WIDTHxHEIGHT
            benchmark --model @model --size 640x480x3           | --size to be WIDTHxHEIGHT
            benchmark --model @model --count 1 --log @none/b.json | could not write the run log
            benchmark --model @model --engine warp              | received 'engine'
            pipeline --model @model --mode triple               | --mode to be one of single, multi
            pipeline --model @model --fps 0                     | --fps to be a number
            pipeline --model @model --seconds 0                 | --seconds to be an integer
            validate --model @model                             | expected --images, received none
            validate --model @model --images @images --labels @x | inner folders tell the labels
            validate --model @model --images @nothing           | there is no such file
            validate --model @model --images @model             | received 0
            validate --model @model --images @images --probabilities @none/p | cannot write
            validate --model @model --images @images --golden @none | expected a folder of images
            """.replacingOccurrences(of: "a rotation", with: "--rotation to be 0, 90, 180 or 270")
        for row in wrong.split(separator: "\n") {
            let cells = row.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            assertFails(cells[1], cells[0].split(separator: " ").map(String.init))
        }
        assertFails("expected a path after --model", ["benchmark", "--model", ""])
        assertFails("expected a path after --model", ["benchmark", "--model", "a\0b"])
    }

    func testANetworkThatTakesNoFrameSaysSo() throws {
        let text = Models.json.replacingOccurrences(of: Models.resize, with: "null")
        try Data(text.utf8).write(to: folder.appendingPathComponent("model/manifest.json"))
        assertFails("because this network has no resize rule", ["pipeline", "--model", "@model"])
        assertDone("benchmark --model @model --size 2x2 --count 1")
    }

    func testAWordWithLineBreaksStaysOnOneLine() {
        assertFails("'fly  away'", ["fly\n\u{1b}away"])
    }
}
