// A stand-in for Apple's Uniform Type Identifiers, for checking types where there is no Mac: declarations only.

public struct UTType: Sendable {
    public static var folder: UTType { fatalError("expected Apple's own, received its stand-in") }
}
