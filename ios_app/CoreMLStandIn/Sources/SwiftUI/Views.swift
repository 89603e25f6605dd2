// The part of the stand-in for SwiftUI that is seen.

public struct Text: StandInView {
    public init<S: StringProtocol>(_ content: S) { standsIn() }

    public enum TruncationMode: Sendable {
        case tail
    }
}

public struct Label<Title: View, Icon: View>: StandInView {}

extension Label where Title == Text, Icon == EmptyView {
    public init<S: StringProtocol>(_ title: S, systemImage name: String) { standsIn() }
}

public struct ButtonRole: Equatable, Sendable {
    public static var cancel: ButtonRole { standsIn() }
    public static var destructive: ButtonRole { standsIn() }
}

public struct Button<Label: View>: StandInView {
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) { standsIn() }
}

extension Button where Label == Text {
    public init<S: StringProtocol>(_ title: S, action: @escaping @MainActor () -> Void) { standsIn() }
    public init<S: StringProtocol>(_ title: S, role: ButtonRole?, action: @escaping @MainActor () -> Void) {
        standsIn()
    }
}

public struct Toggle<Label: View>: StandInView {}

extension Toggle where Label == Text {
    public init<S: StringProtocol>(_ title: S, isOn: Binding<Bool>) { standsIn() }
}

public struct Picker<Label: View, SelectionValue: Hashable, Content: View>: StandInView {}

extension Picker where Label == Text {
    public init<S: StringProtocol>(
        _ title: S, selection: Binding<SelectionValue>, @ViewBuilder content: () -> Content
    ) { standsIn() }
}

public struct TextField<Label: View>: StandInView {}

extension TextField where Label == Text {
    public init<S: StringProtocol>(_ title: S, text: Binding<String>, prompt: Text?) { standsIn() }
}

public struct LabeledContent<Label: View, Content: View>: StandInView {}

extension LabeledContent where Label == Text {
    public init<S: StringProtocol>(_ title: S, @ViewBuilder content: () -> Content) { standsIn() }
}

extension LabeledContent where Label == Text, Content == Text {
    public init<S1: StringProtocol, S2: StringProtocol>(_ title: S1, value: S2) { standsIn() }
}

public struct ProgressView<Label: View, CurrentValueLabel: View>: StandInView {}

extension ProgressView where Label == EmptyView, CurrentValueLabel == EmptyView {
    public init() { standsIn() }
}

extension ProgressView where CurrentValueLabel == EmptyView {
    public init<V: BinaryFloatingPoint>(value: V?, total: V = 1.0, @ViewBuilder label: () -> Label) { standsIn() }
}

public struct ShareLink<Label: View>: StandInView {
    public init(item: URL, @ViewBuilder label: () -> Label) { standsIn() }
    public init<Data: RandomAccessCollection>(items: Data, @ViewBuilder label: () -> Label) where Data.Element == URL {
        standsIn()
    }
}

extension ShareLink where Label == Text {
    public init<S: StringProtocol>(_ title: S, item: URL) { standsIn() }
}

public struct VStack<Content: View>: StandInView {
    public init(
        alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) { standsIn() }
}

public struct HStack<Content: View>: StandInView {
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {
        standsIn()
    }
}

public struct ZStack<Content: View>: StandInView {
    public init(alignment: Alignment = .center, @ViewBuilder content: () -> Content) { standsIn() }
}

public struct Grid<Content: View>: StandInView {
    public init(
        alignment: Alignment = .center, horizontalSpacing: CGFloat? = nil, verticalSpacing: CGFloat? = nil,
        @ViewBuilder content: () -> Content
    ) { standsIn() }
}

public struct GridRow<Content: View>: StandInView {
    public init(alignment: VerticalAlignment? = nil, @ViewBuilder content: () -> Content) { standsIn() }
}

public struct GridItem: Sendable {
    public enum Size: Sendable {
        case adaptive(minimum: CGFloat, maximum: CGFloat = .infinity)
    }

    public init(_ size: Size, spacing: CGFloat? = nil, alignment: Alignment? = nil) { standsIn() }
}

public struct LazyVGrid<Content: View>: StandInView {
    public init(
        columns: [GridItem], alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil,
        @ViewBuilder content: () -> Content
    ) { standsIn() }
}

public struct ScrollView<Content: View>: StandInView {
    public init(@ViewBuilder content: () -> Content) { standsIn() }
}

public struct List<Content: View>: StandInView {
    public init(@ViewBuilder content: () -> Content) { standsIn() }
}

public struct Form<Content: View>: StandInView {
    public init(@ViewBuilder content: () -> Content) { standsIn() }
}

public struct Group<Content: View>: StandInView {
    public init(@ViewBuilder content: () -> Content) { standsIn() }
}

public struct Section<Parent: View, Content: View, Footer: View>: StandInView {
    public init(
        @ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent, @ViewBuilder footer: () -> Footer
    ) { standsIn() }
}

extension Section where Parent == EmptyView {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder footer: () -> Footer) { standsIn() }
}

extension Section where Parent == EmptyView, Footer == EmptyView {
    public init(@ViewBuilder content: () -> Content) { standsIn() }
}

extension Section where Parent == Text, Footer == EmptyView {
    public init<S: StringProtocol>(_ title: S, @ViewBuilder content: () -> Content) { standsIn() }
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: StandInView {
    public init(
        _ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content
    ) { standsIn() }
}

extension ForEach where Data.Element: Identifiable, ID == Data.Element.ID {
    public init(_ data: Data, @ViewBuilder content: @escaping (Data.Element) -> Content) { standsIn() }
}

public struct TabView<SelectionValue: Hashable, Content: View>: StandInView {}

extension TabView where SelectionValue == Int {
    public init(@ViewBuilder content: () -> Content) { standsIn() }
}

public struct NavigationStack<Root: View>: StandInView {
    public init(@ViewBuilder root: () -> Root) { standsIn() }
}

public struct GeometryProxy {
    public var size: CGSize { standsIn() }
}

public struct GeometryReader<Content: View>: StandInView {
    public init(@ViewBuilder content: @escaping (GeometryProxy) -> Content) { standsIn() }
}
