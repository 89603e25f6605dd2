// The part of the stand-in for SwiftUI that keeps values.

@propertyWrapper @dynamicMemberLookup
public struct Binding<Value> {
    @preconcurrency
    public init(
        @_inheritActorContext get: @escaping @isolated(any) @Sendable () -> Value,
        @_inheritActorContext set: @escaping @isolated(any) @Sendable (Value) -> Void
    ) { standsIn() }

    public var wrappedValue: Value {
        get { standsIn() }
        nonmutating set { standsIn() }
    }
    public var projectedValue: Binding<Value> { self }

    public subscript<Subject>(dynamicMember keyPath: WritableKeyPath<Value, Subject>) -> Binding<Subject> { standsIn() }
}

@propertyWrapper
public struct State<Value> {
    public init(wrappedValue value: Value) { standsIn() }
    public init(initialValue value: Value) { standsIn() }

    public var wrappedValue: Value {
        get { standsIn() }
        nonmutating set { standsIn() }
    }
    public var projectedValue: Binding<Value> { standsIn() }
}

extension State where Value: ExpressibleByNilLiteral {
    public init() { standsIn() }
}

@MainActor @preconcurrency @propertyWrapper
public struct StateObject<ObjectType: ObservableObject> {
    public nonisolated init(wrappedValue thunk: @autoclosure @escaping () -> ObjectType) { standsIn() }

    public var wrappedValue: ObjectType { standsIn() }
    public var projectedValue: ObservedObject<ObjectType>.Wrapper { standsIn() }
}

@MainActor @preconcurrency @propertyWrapper
public struct ObservedObject<ObjectType: ObservableObject> {
    @MainActor @preconcurrency @dynamicMemberLookup
    public struct Wrapper {
        public subscript<Subject>(
            dynamicMember keyPath: ReferenceWritableKeyPath<ObjectType, Subject>
        ) -> Binding<Subject> { standsIn() }
    }

    public init(wrappedValue: ObjectType) {
        self.wrappedValue = wrappedValue
    }

    public var wrappedValue: ObjectType
    public var projectedValue: Wrapper { standsIn() }
}

public enum ScenePhase: Comparable, Sendable {
    case background
    case inactive
    case active
}

public enum UserInterfaceSizeClass: Sendable {
    case compact
    case regular
}

public struct DismissAction {
    @MainActor @preconcurrency public func callAsFunction() { standsIn() }
}

public struct EnvironmentValues {
    public var scenePhase: ScenePhase { standsIn() }
    public var verticalSizeClass: UserInterfaceSizeClass? { standsIn() }
    public var dismiss: DismissAction { standsIn() }
}

@propertyWrapper
public struct Environment<Value> {
    public init(_ keyPath: KeyPath<EnvironmentValues, Value>) { standsIn() }

    public var wrappedValue: Value { standsIn() }
}

@propertyWrapper
public struct ScaledMetric<Value: BinaryFloatingPoint> {
    public init(wrappedValue: Value, relativeTo textStyle: Font.TextStyle) { standsIn() }

    public var wrappedValue: Value { standsIn() }
}
