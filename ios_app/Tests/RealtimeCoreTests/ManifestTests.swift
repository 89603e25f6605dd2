import Foundation
import XCTest

@testable import RealtimeCore

/// The manifest: what is read from it, and every way in which it can be wrong. The twin of Java's `ManifestTest`.
final class ManifestTests: FolderTestCase {
    func testReadsEveryField() throws {
        let manifest = try Manifest.read(folder: Models.write(folder))
        XCTAssertEqual(manifest.model, "tiny")
        XCTAssertEqual(manifest.title, "Tiny")
        XCTAssertEqual(manifest.citation, "nobody")
        XCTAssertEqual(manifest.input.channelOrder, .gray)
        XCTAssertEqual(manifest.input.length, 4)
        XCTAssertEqual(manifest.input.scale, [0.5])
        XCTAssertEqual(manifest.input.bias, [-1])
        XCTAssertEqual(manifest.input.resize?.shorterSide, 2)
        XCTAssertEqual(manifest.labels, ["dark", "light"])
        XCTAssertEqual(manifest.labelIds, ["n1", "n2"])
        XCTAssertTrue(manifest.weights.isUntrained)
        XCTAssertEqual(manifest.tools, ["keras": "3"])
        let file = try manifest.file(ModelFile.mlmodel)
        XCTAssertEqual(file.intermediateNodes, ["a", "b"])
        XCTAssertEqual(file.inputNode, "image")
        XCTAssertEqual(file.outputNode, "out")
        XCTAssertTrue(manifest.has("of_the_future"), "a file for other platforms is let pass")
        XCTAssertFalse(manifest.has("tflite"))
        assertRefused("received mlmodel, of_the_future") { try manifest.file("tflite") }
    }

    func testWhatHasADefaultMayBeLeftOut() throws {
        let text = Models.json
            .replacingOccurrences(of: "\"schema_version\": 1, ", with: "")
            .replacingOccurrences(of: ", \"label_ids\": [\"n1\", \"n2\"]", with: "")
            .replacingOccurrences(of: ",\n           \"resize\": \(Models.resize)", with: "")
        let manifest = try Models.parse(text)
        XCTAssertNil(manifest.input.resize)
        XCTAssertEqual(manifest.labelIds, [])
    }

    private func refused(_ text: String, line: UInt = #line) -> String {
        refused([UInt8](text.utf8), line: line)
    }

    private func refused(_ bytes: [UInt8], line: UInt = #line) -> String {
        do {
            _ = try Manifest.parse(Data(bytes), name: "m.json")
            XCTFail("accepted", line: line)
            return ""
        } catch let error as DeploymentError {
            let message = error.message
            XCTAssertTrue(message.hasPrefix("m.json is not a valid manifest: "), message, line: line)
            XCTAssertTrue(message.hasSuffix("; build the model again to replace it"), message, line: line)
            XCTAssertLessThan(message.count, 400, line: line)
            XCTAssertEqual(message, message.onOneLine, line: line)
            guard case .manifest = error else {
                XCTFail("another kind of error: \(error)", line: line)
                return message
            }
            return message
        } catch {
            XCTFail("an error of another family: \(error)", line: line)
            return ""
        }
    }

    /// What is written in the place of a good value, and what the message says of it.
    private static let wrongValues = #"""
        "schema_version": 1 | "schema_version": 2 | schema_version: expected an integer from 1 to 1, received 2
        "schema_version": 1 | "schema_version": "1" | schema_version: expected an integer
        "model": "tiny" | "model": "../lenet" | model: expected 1 to 60 of the characters
        "model": "tiny" | "model": 7 | model: expected a text
        "title": "Tiny" | "title": "" | title: expected a text of 1 to 10000 characters
        "title": "Tiny" | "title": null | title: expected a text
        ["dark", "light"] | [] | labels: expected a list of 2 to 100000 values, received 0
        ["dark", "light"] | ["a"] | labels: expected a list
        ["dark", "light"] | ["a", 1] | labels.1: expected a text
        ["dark", "light"] | {"a": 1} | labels: expected a list of 2 to 100000 values, received an object
        ["dark", "light"] | ["crane", "crane"] | labels: expected each label once, received a list of 2
        ["dark", "light"] | ["\u00e9", "e\u0301"] | labels: expected each label once
        ["n1", "n2"] | ["n1"] | label_ids: expected none, or as many as labels
        "tools": {"keras": "3"} | "tools": [] | tools: expected an object, received a list of 0
        "height": 2 | "height": -28 | input.height: expected an integer from 1 to 4096, received -28
        "height": 2 | "height": 28.0 | input.height: expected an integer
        "height": 2 | "height": 5000 | input.height
        "height": 2 | "height": 1e3 | input.height
        "height": 2 | "height": 99999999999999999999 | input.height
        "height": 2 | "height": true | input.height
        "channel_order": "gray" | "channel_order": "RGB" | input.channel_order: expected one of gray, rgb, bgr
        [0.5] | [1, 1] | input.scale: expected a list of 1 values, received 2
        [0.5] | ["1"] | input.scale.0: expected a finite number
        [-1.0] | [1e999] | input.bias.0: expected a finite number that float32 can hold
        [-1.0] | [1e300] | input.bias.0
        [-1.0] | [null] | input.bias.0
        "shorter_side": 2, | "side": 2, | input.resize.side: expected only the names
        "shorter_side": 2 | "shorter_side": 1 | input.resize: expected a shorter_side of at least 2
        "shorter_side": 2 | "shorter_side": 9999 | input.resize.shorter_side
        "crop": "center" | "crop": "top" | input.resize.crop: expected "center", received "top"
        "shorter_side": 2, "interpolation" | "interpolation" | input.resize.shorter_side: expected this field
        "untrained" | "magic" | weights.kind: expected one of trained, untrained, given
        "licence": "MIT", "sha256": "0 | "licence": "MIT", "sha256": "A | weights.sha256: expected 64 hexadecimal digits
        "Tiny.mlmodel" | "../lenet.h5" | files.0.path: expected the name of a file beside the manifest
        "Tiny.mlmodel" | "/etc/passwd" | files.0.path
        "Tiny.mlmodel" | "C:\\lenet.h5" | files.0.path
        "Tiny.mlmodel" | "a\\b" | files.0.path
        "Tiny.mlmodel" | ".." | files.0.path
        "Tiny.mlmodel" | "." | files.0.path
        "Tiny.mlmodel" | "a\nb" | files.0.path
        "Tiny.mlmodel" | "a\u0000b" | files.0.path
        "bytes": 123456789012 | "bytes": 0 | files.1.bytes
        "bytes": 123456789012 | "bytes": -5 | files.1.bytes
        "bytes": 123456789012 | "bytes": 12.5 | files.1.bytes
        "bytes": 123456789012 | "bytes": 9223372036854775807 | files.1.bytes
        "format": "mlmodel" | "format": "x/y" | files.0.format
        "recipe": "0 | "recipe": "g | files.0.recipe
        "format": "of_the_future" | "format": "mlmodel" | files.1.format: expected each format and each path once
        "tiny.new" | "Tiny.mlmodel" | files.1.format: expected each format and each path once
        "input_node": "image" | "url": "x", "input_node": "image" | files.0.url: expected only the names
        ["a", "b"] | [""] | files.0.intermediate_nodes.0
        {"keras": "3"} | {"keras": 3} | tools.keras: expected a text
        "tools" | "colour": "red", "tools" | colour: expected only the names
        """#

    func testRefusesAWrongValue() {
        let rows = Self.wrongValues.split(separator: "\n")
        XCTAssertEqual(rows.count, 53)
        for row in rows {
            let cells = row.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            XCTAssertEqual(cells.count, 3)
            let first = Models.json.range(of: cells[0])
            XCTAssertNotNil(first, cells[0])
            let message = refused(first.map { Models.json.replacingCharacters(in: $0, with: cells[1]) } ?? "")
            XCTAssertTrue(message.contains(cells[2]), "\(message)\nfor \(row)")
        }
    }

    func testRefusesAMissingField() {
        for name in ["model", "title", "citation", "input", "labels", "weights", "files", "tools"] {
            let message = refused(Models.json.replacingOccurrences(of: "\"\(name)\": ", with: "\"x_\(name)\": "))
            XCTAssertTrue(message.contains("expected only the names"), message)
        }
        for (name, member) in [("title", "\"title\": \"Tiny\", "), ("tools", ",\n \"tools\": {\"keras\": \"3\"}")] {
            let message = refused(Models.json.replacingOccurrences(of: member, with: ""))
            XCTAssertTrue(message.contains("\(name): expected this field, received none"), message)
        }
    }

    func testRefusesWhatIsNoJsonObject() {
        for text in ["", " ", "{", "{,}", "{'a': 1}", "{\"a\" 1}", "\u{feff}{}", "NaN", "{\"a\": 1,}"] {
            XCTAssertTrue(refused(text).contains("the file: expected JSON"), text)
        }
        for text in ["[]", "null", "7", "\"text\"", "[\(Models.json)]"] {
            XCTAssertTrue(refused(text).contains("the file: expected a JSON object"), text)
        }
        for text in [Models.json + "x", Models.json + "\0", Models.json + Models.json, Models.json + "]"] {
            XCTAssertTrue(refused(text).contains("expected nothing after its object"), text)
        }
    }

    /// Where all else is right: what other readers take, and JSON does not.
    func testRefusesAValueThatIsNoJson() {
        for value in [
            "NaN", "Infinity", "TRUE", "tru", "nul", "01", ".5", "1.", "-", "--1", "1e", "1e+", "+1", "0x1",
            "1 /* c */",
            "'x'", "\"\t\"", "\"\n\"", "\"", "\"\\", #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud800""#,
            #""\udc00\ud800""#, #""\ud800\u0041""#, #""\ud800\n""#, "[1 2]", "[1,]", "[,1]", "[", "{\"a\"}", "{1: 2}",
        ] {
            let message = refused(Models.json.replacingOccurrences(of: "\"Tiny\"", with: value))
            XCTAssertTrue(message.contains("the file: expected JSON"), "\(message) for \(value)")
        }
    }

    func testRefusesANameThatComesTwice() {
        for member in ["\"title\": \"Tiny\"", "\"height\": 2", "\"keras\": \"3\"", "\"format\": \"mlmodel\""] {
            XCTAssertTrue(Models.json.contains(member))
            let message = refused(Models.json.replacingOccurrences(of: member, with: "\(member), \(member)"))
            XCTAssertTrue(message.contains("expected each name once, received two of \""), message)
        }
        // Two spellings of one name are one name.
        let message = refused(
            Models.json.replacingOccurrences(of: "\"title\"", with: #""t\u0069tle": "x", "title""#))
        XCTAssertTrue(message.contains("received two of \"title\""), message)
    }

    func testReadsWhatJsonMayLookLike() throws {
        let text =
            "\r\n\t "
            + Models.json
            .replacingOccurrences(of: "\"Tiny\"", with: #""\u00e9\ud83d\ude00\n\"\/""#)
            .replacingOccurrences(of: "[-1.0]", with: "[-10E-1]") + "\n"
        let manifest = try Models.parse(text)
        XCTAssertEqual(manifest.title, "é😀\n\"/")
        XCTAssertEqual(manifest.input.bias, [-1])
    }

    func testRefusesBytesThatAreNoText() {
        let good = [UInt8](Models.json.utf8)
        for bytes: [UInt8] in [[0xff], [0xe9], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]] {
            let at = Models.json.utf8.count / 3
            XCTAssertTrue(refused(Array(good.prefix(at)) + bytes + Array(good.dropFirst(at))).contains("UTF-8"))
        }
        _ = refused([UInt8](Models.json.data(using: .utf16) ?? Data()))
    }

    func testRefusesHugeAndDeepInput() {
        XCTAssertTrue(refused(String(repeating: "[", count: 1_000_000)).contains("nested at most 16 deep"))
        XCTAssertTrue(refused(String(repeating: "{\"a\":", count: 1_000)).contains("16 deep"))
        XCTAssertTrue(refused([UInt8](repeating: 0, count: 9 << 20)).contains("at most 8388608 bytes"))
        let many = "{\"a\": [" + String(repeating: "0,", count: 600_000) + "0]}"
        XCTAssertTrue(refused(many).contains("at most 500000 values"))
        let marks = String(repeating: "\u{301}", count: 100_000)
        XCTAssertTrue(refused("{\"x\(marks)\": 1}").contains("only the names"))
        _ = refused(
            Models.json.replacingOccurrences(of: "Tiny\",", with: String(repeating: "x", count: 100_000) + "\","))
    }

    /// Whatever is damaged: a manifest or one clear error, never a crash.
    func testSurvivesRandomDamage() {
        var random = SeededRandom(2)
        let good = [UInt8](Models.json.utf8)
        var refusals = 0
        for _ in 0..<3_000 {
            var damaged = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<good.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let manifest = try Manifest.parse(Data(damaged), name: "m.json")
                XCTAssertGreaterThan(manifest.input.length, 0)
            } catch let error as DeploymentError {
                refusals += 1
                XCTAssertLessThan(error.message.count, 500)
            } catch {
                XCTFail("an error of another family: \(error)")
            }
        }
        XCTAssertGreaterThan(refusals, 1_000, "damage is noticed")
        for length in 0..<good.count {
            _ = refused(Array(good[..<length]))
        }
    }

    func testEveryBuiltFileIsComparedBeforeItIsUsed() throws {
        let model = try Models.write(folder)
        let file = try Manifest.read(folder: model).file(ModelFile.mlmodel)
        let place = model.appendingPathComponent("Tiny.mlmodel")
        XCTAssertEqual(try file.checked(in: model).path, place.path)
        var other = Models.file
        other[3] ^= 1
        try other.write(to: place)
        assertRefused("damaged or of another model") { try file.checked(in: model) }
        try Data(count: 3).write(to: place)
        assertRefused("received 3 bytes with another hash") { try file.checked(in: model) }
        try FileManager.default.removeItem(at: place)
        assertRefused("received none; build the model again") { try file.checked(in: model) }
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        assertRefused("received 0 bytes") { try file.checked(in: model) }
    }

    func testALinkIsNotFollowed() throws {
        let model = try Models.write(folder.appendingPathComponent("model"))
        let elsewhere = folder.appendingPathComponent("elsewhere.mlmodel")
        let place = model.appendingPathComponent("Tiny.mlmodel")
        try FileManager.default.moveItem(at: place, to: elsewhere)
        try FileManager.default.createSymbolicLink(at: place, withDestinationURL: elsewhere)
        let file = try Manifest.read(folder: model).file(ModelFile.mlmodel)
        assertRefused("expected a file Tiny.mlmodel") { try file.checked(in: model) }
    }

    /// A `.mlpackage` is a folder: its hash is that of the list of its files.
    func testAFolderIsComparedToo() throws {
        let content = try self.file("model/Tiny.mlmodel/b/weights.bin", [1, 2, 3])
        _ = try self.file("model/Tiny.mlmodel/Manifest.json", [4])
        let list = "\(Sha256.of([4]))  Manifest.json\n\(Sha256.of([1, 2, 3]))  b/weights.bin\n"
        let text = Models.json
            .replacingOccurrences(of: Sha256.of(Models.file), with: Sha256.of(list.utf8))
            .replacingOccurrences(of: "\"bytes\": \(Models.file.count)", with: "\"bytes\": 4")
        let model = folder.appendingPathComponent("model")
        let file = try Models.parse(text).file(ModelFile.mlmodel)
        XCTAssertEqual(try file.checked(in: model).lastPathComponent, "Tiny.mlmodel")
        try Data([1, 2, 4]).write(to: content)
        assertRefused("damaged or of another model") { try file.checked(in: model) }
        try FileManager.default.removeItem(at: content)
        try FileManager.default.createSymbolicLink(atPath: content.path, withDestinationPath: "/etc/passwd")
        assertRefused("received none") { try file.checked(in: model) }
    }

    func testAMissingManifestSaysHowToMakeOne() throws {
        assertRefused("there is no such file; make it with 'make notebooks'") {
            try Manifest.read(folder: folder.appendingPathComponent("nothing"))
        }
        let odd = folder.appendingPathComponent(Manifest.fileName)
        try FileManager.default.createDirectory(at: odd, withIntermediateDirectories: false)
        assertRefused("not a regular file") { try Manifest.read(folder: folder) }
    }

    func testNamesThatATerminalWouldActOnStayOnOneLine() {
        let message = refused(
            Models.json.replacingOccurrences(of: "\"keras\"", with: #""a\n\u001b\u202e": 1, "keras""#))
        XCTAssertTrue(message.contains("tools.a   : expected a text"), message)
    }
}
