import RealtimeCore
import XCTest

@testable import RealtimeClassifier

/// How frames are turned, and what of them the network sees.
final class CameraTests: XCTestCase {
    func testEachCameraIsTurnedByTheScreen() {
        let turns: [ScreenTurn] = [.portrait, .landscapeRight, .landscapeLeft, .upsideDown]
        XCTAssertEqual(
            turns.map { Rotation(screen: $0, isFrontCamera: false) }, [.degrees90, .degrees0, .degrees180, .degrees270])
        XCTAssertEqual(
            turns.map { Rotation(screen: $0, isFrontCamera: true) }, [.degrees90, .degrees180, .degrees0, .degrees270])
    }

    func testTheNetworkSeesTheMiddleThatTheResizeRuleLeaves() throws {
        // 480 x 640 becomes 256 x 341, of which 224 x 224 are cut out.
        let input = try TestModels.takingFrames(side: 224, shorterSide: 256).input
        let region = SeenRegion(input, frameWidth: 480, frameHeight: 640)
        XCTAssertEqual(region.width, 224.0 / 256, accuracy: 1e-12)
        XCTAssertEqual(region.height, 224.0 / 256 * 480 / 640, accuracy: 1e-12)
        XCTAssertEqual(region.rectangle.midX, 0.5, accuracy: 1e-12)
        XCTAssertEqual(region.rectangle.midY, 0.5, accuracy: 1e-12)
        // In pixels it is a square.
        XCTAssertEqual(region.width * 480, region.height * 640, accuracy: 1e-9)
        let lying = SeenRegion(input, frameWidth: 640, frameHeight: 480)
        XCTAssertEqual(lying.width, region.height, accuracy: 1e-12)
    }

    func testANetworkWithoutARuleSeesAll() throws {
        let region = SeenRegion(try TestModels.manifest().input, frameWidth: 28, frameHeight: 28)
        XCTAssertEqual(region.rectangle.width, 1)
        XCTAssertEqual(region.rectangle.height, 1)
    }
}
