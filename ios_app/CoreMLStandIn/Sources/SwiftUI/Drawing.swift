// The part of the stand-in for SwiftUI that draws, and follows a finger.

public protocol Shape: View, Sendable {}

extension Shape {
    public var body: Never { standsIn() }
    public func fill<S: ShapeStyle>(_ content: S) -> some View { EmptyView() }
}

public protocol InsettableShape: Shape {}

extension InsettableShape {
    public func strokeBorder<S: ShapeStyle>(_ content: S, lineWidth: CGFloat = 1) -> some View { EmptyView() }
}

public struct Rectangle: InsettableShape {
    public typealias Body = Never
    public init() {}
}

public struct Capsule: InsettableShape {
    public typealias Body = Never
    public init() {}
}

public struct RoundedRectangle: InsettableShape {
    public typealias Body = Never
    public init(cornerRadius: CGFloat) {}
}

public struct StrokeStyle: Sendable {
    public enum Cap: Sendable {
        case round
    }

    public enum Join: Sendable {
        case round
    }

    public init(lineWidth: CGFloat = 1, lineCap: Cap = .round, lineJoin: Join = .round) { standsIn() }
}

public struct Path: Shape {
    public typealias Body = Never
    public init(_ rect: CGRect) { standsIn() }
    public init(_ callback: (inout Path) -> Void) { standsIn() }

    public mutating func move(to end: CGPoint) { standsIn() }
    public mutating func addLine(to end: CGPoint) { standsIn() }
}

public struct GraphicsContext {
    public struct Shading {
        public static func color(_ color: Color) -> Shading { standsIn() }
    }

    public func fill(_ path: Path, with shading: Shading) { standsIn() }
    public func stroke(_ path: Path, with shading: Shading, style: StrokeStyle) { standsIn() }
}

public struct Canvas<Symbols: View>: StandInView {}

extension Canvas where Symbols == EmptyView {
    public init(renderer: @escaping (inout GraphicsContext, CGSize) -> Void) { standsIn() }
}

@MainActor @preconcurrency
public protocol Gesture<Value> {
    associatedtype Value
}

extension Gesture {
    public func onChanged(_ action: @escaping (Value) -> Void) -> ChangedGestureStandIn<Value> { standsIn() }
    public func onEnded(_ action: @escaping (Value) -> Void) -> ChangedGestureStandIn<Value> { standsIn() }
}

public struct ChangedGestureStandIn<Value>: Gesture {}

public struct DragGesture: Gesture {
    public struct Value: Equatable, Sendable {
        public var startLocation: CGPoint
        public var location: CGPoint
    }

    public init(minimumDistance: CGFloat = 10) { standsIn() }
}
