// The part of the stand-in for SwiftUI that says what things look like.

public protocol ShapeStyle: Sendable {}

public struct Color: ShapeStyle, StandInView {
    public init(_ name: String) { standsIn() }
    public init(white: Double) { standsIn() }

    public static var white: Color { standsIn() }
    public static var black: Color { standsIn() }
    public static var red: Color { standsIn() }
    public func opacity(_ opacity: Double) -> Color { standsIn() }
}

public struct HierarchicalShapeStyle: ShapeStyle {}
public struct TintShapeStyle: ShapeStyle {}

extension ShapeStyle where Self == Color {
    public static var white: Color { standsIn() }
    public static var black: Color { standsIn() }
    public static var red: Color { standsIn() }
}

extension ShapeStyle where Self == HierarchicalShapeStyle {
    public static var secondary: HierarchicalShapeStyle { standsIn() }
}

extension ShapeStyle where Self == TintShapeStyle {
    public static var tint: TintShapeStyle { standsIn() }
}

public struct Font: Hashable, Sendable {
    public enum TextStyle: Sendable {
        case title3
    }

    public enum Weight: Sendable {
        case regular
        case semibold
    }

    public static var headline: Font { standsIn() }
    public static var callout: Font { standsIn() }
    public static var footnote: Font { standsIn() }
    public static var caption: Font { standsIn() }
    public static var title2: Font { standsIn() }
    public static var title3: Font { standsIn() }
    public func weight(_ weight: Weight) -> Font { standsIn() }
}

public struct HorizontalAlignment: Sendable {
    public static var leading: HorizontalAlignment { standsIn() }
    public static var center: HorizontalAlignment { standsIn() }
    public static var trailing: HorizontalAlignment { standsIn() }
}

public struct VerticalAlignment: Sendable {
    public static var center: VerticalAlignment { standsIn() }
}

public struct Alignment: Sendable {
    public static var leading: Alignment { standsIn() }
    public static var center: Alignment { standsIn() }
    public static var trailing: Alignment { standsIn() }
}

public enum TextAlignment: Sendable {
    case leading
    case center
    case trailing
}

public enum ContentMode: Sendable {
    case fit
    case fill
}

public struct AccessibilityTraits: Sendable {
    public static var isHeader: AccessibilityTraits { standsIn() }
    public static var isImage: AccessibilityTraits { standsIn() }
    public static var updatesFrequently: AccessibilityTraits { standsIn() }
    public static var allowsDirectInteraction: AccessibilityTraits { standsIn() }
}

public struct AccessibilityChildBehavior: Sendable {
    public static var ignore: AccessibilityChildBehavior { standsIn() }
    public static var contain: AccessibilityChildBehavior { standsIn() }
    public static var combine: AccessibilityChildBehavior { standsIn() }
}

@MainActor @preconcurrency public protocol ButtonStyleStandIn {}
public struct BorderedButtonStyle: ButtonStyleStandIn {}
public struct BorderedProminentButtonStyle: ButtonStyleStandIn {}
public struct BorderlessButtonStyle: ButtonStyleStandIn {}

extension ButtonStyleStandIn where Self == BorderedButtonStyle {
    public static var bordered: BorderedButtonStyle { standsIn() }
}

extension ButtonStyleStandIn where Self == BorderedProminentButtonStyle {
    public static var borderedProminent: BorderedProminentButtonStyle { standsIn() }
}

extension ButtonStyleStandIn where Self == BorderlessButtonStyle {
    public static var borderless: BorderlessButtonStyle { standsIn() }
}

public struct MenuPickerStyle {
    public static var menu: MenuPickerStyle { standsIn() }
}

public struct IconOnlyLabelStyle {
    public static var iconOnly: IconOnlyLabelStyle { standsIn() }
}

public struct NavigationBarItemTitleStandIn {
    public enum TitleDisplayMode: Sendable {
        case inline
    }
}

public enum Visibility: Sendable {
    case automatic
    case visible
    case hidden
}

public enum KeyboardTypeStandIn: Sendable {
    case numberPad
}

public enum TruncationMode: Sendable {
    case tail
}
