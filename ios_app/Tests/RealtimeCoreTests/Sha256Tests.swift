import Foundation
import XCTest

@testable import RealtimeCore

/// SHA-256: the standard's own examples, and every length around a block's end.
final class Sha256Tests: FolderTestCase {
    func testGivesTheStandardsExamples() {
        XCTAssertEqual(
            Sha256.of("".utf8), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        XCTAssertEqual(
            Sha256.of("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        XCTAssertEqual(
            Sha256.of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        XCTAssertEqual(
            Sha256.of([UInt8](repeating: 0x61, count: 1_000_000)),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// The hash of the hashes of 0 to 129 zeros: each way of filling the last block. As sha256sum gives it.
    func testFillsTheLastBlockForEveryLength() {
        let hashes = (0..<130).map { Sha256.of([UInt8](repeating: 0, count: $0)) }
        XCTAssertEqual(Set(hashes).count, 130)
        XCTAssertEqual(
            Sha256.of(hashes.joined().utf8), "914e28f3bcba36351cc83a523f3ecdae91d5d2ab1d5409e8eb593aa76ad53f18")
    }

    func testAFileHasTheHashOfItsContent() throws {
        var random = SeededRandom(1)
        let content = random.bytes((1 << 20) + 77)
        XCTAssertEqual(try Sha256.of(file: file("f", content)), Sha256.of(content))
    }
}
