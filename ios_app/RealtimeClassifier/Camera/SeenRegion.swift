import Foundation
import RealtimeCore

/// The part of an upright frame that the network sees: the middle that is left after the model's resize rule.
///
/// Vision cuts it out and scales it, so that a live frame is fitted by the manifest's rule (`ResizeRule`), as the other
/// platforms do it, and not by Vision's own, which would cut less away.
struct SeenRegion: Equatable, Sendable {
    /// The part of the frame's width, above 0, at most 1.
    let width: Double
    /// The part of the frame's height, above 0, at most 1.
    let height: Double

    /// Works it out.
    ///
    /// - Parameters:
    ///   - input: the network's; one without a resize rule sees the whole frame.
    ///   - frameWidth: columns of the frame as it stands upright.
    ///   - frameHeight: its rows.
    init(_ input: ImageInput, frameWidth: Int, frameHeight: Int) {
        guard let rule = input.resize else {
            width = 1
            height = 1
            return
        }
        // How many of the frame's pixels one of the network's is wide.
        let step = Double(min(frameWidth, frameHeight)) / Double(rule.shorterSide)
        width = min(Double(input.width) * step / Double(frameWidth), 1)
        height = min(Double(input.height) * step / Double(frameHeight), 1)
    }

    /// The same in Vision's way: parts of the frame, counted from its lower left corner.
    var rectangle: CGRect {
        CGRect(x: (1 - width) / 2, y: (1 - height) / 2, width: width, height: height)
    }
}
