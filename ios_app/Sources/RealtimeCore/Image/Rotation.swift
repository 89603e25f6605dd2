/// By how much a frame is turned clockwise to stand upright, in degrees.
public enum Rotation: Int, CaseIterable, Sendable {
    case degrees0 = 0
    case degrees90 = 90
    case degrees180 = 180
    case degrees270 = 270

    /// Whether width and height change places.
    public var isSideways: Bool { self == .degrees90 || self == .degrees270 }
}
