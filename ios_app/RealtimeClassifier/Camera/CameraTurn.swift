import RealtimeCore

/// How the app's screen is turned: where its upper edge is, seen from the phone held upright.
enum ScreenTurn: Sendable {
    case portrait
    case landscapeLeft
    case landscapeRight
    case upsideDown
}

extension Rotation {
    /// By how much a camera's frames are turned to stand upright on the screen.
    ///
    /// The sensors lie sideways: the back camera's frames stand upright with the phone in landscape, the home button on
    /// the right; the front camera's with the home button on the left.
    ///
    /// - Parameter screen: where `landscapeRight` is the interface orientation with the home button on the right.
    init(screen: ScreenTurn, isFrontCamera: Bool) {
        switch screen {
        case .portrait: self = .degrees90
        case .upsideDown: self = .degrees270
        case .landscapeRight: self = isFrontCamera ? .degrees180 : .degrees0
        case .landscapeLeft: self = isFrontCamera ? .degrees0 : .degrees180
        }
    }
}
