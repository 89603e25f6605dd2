// A stand-in for Apple's Combine, for checking types where there is no Mac: declarations only, of what the app uses.

public struct ObservableObjectPublisher {}

public protocol ObservableObject: AnyObject {
    associatedtype ObjectWillChangePublisher = ObservableObjectPublisher
}

@propertyWrapper
public struct Published<Value> {
    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
    public init(initialValue: Value) { wrappedValue = initialValue }

    public var wrappedValue: Value
}
