// A stand-in for Apple's UIKit, and for what Foundation has on Apple's systems alone, for checking types where there is
// no Mac: declarations only, as Apple documents them, of what the app uses. Nothing here works; it is never part of the
// app.

@_exported import AVFoundation
@_exported import Foundation

extension ProcessInfo {
    public enum ThermalState: Int, Sendable {
        case nominal = 0
        case fair = 1
        case serious = 2
        case critical = 3
    }

    public class var thermalStateDidChangeNotification: NSNotification.Name { standsIn() }

    public var thermalState: ThermalState { standsIn() }
}

extension URL {
    public static var documentsDirectory: URL { standsIn() }

    public func startAccessingSecurityScopedResource() -> Bool { standsIn() }
    public func stopAccessingSecurityScopedResource() { standsIn() }
}

@MainActor
open class UIDevice: NSObject {
    open class var current: UIDevice { standsIn() }

    open var isBatteryMonitoringEnabled: Bool {
        get { standsIn() }
        set { standsIn() }
    }
    open var batteryLevel: Float { standsIn() }
    open var systemVersion: String { standsIn() }
}

public enum UIInterfaceOrientation: Int, Sendable {
    case unknown = 0
    case portrait = 1
    case portraitUpsideDown = 2
    case landscapeRight = 3
    case landscapeLeft = 4
}

@MainActor
open class UIScene: NSObject {}

@MainActor
open class UIWindowScene: UIScene {
    open var interfaceOrientation: UIInterfaceOrientation { standsIn() }
}

@MainActor
open class UIApplication: NSObject {
    public struct OpenExternalURLOptionsKey: Hashable, Sendable {}

    open class var shared: UIApplication { standsIn() }
    open class var openSettingsURLString: String { standsIn() }

    open var connectedScenes: Set<UIScene> { standsIn() }
    open var isIdleTimerDisabled: Bool {
        get { standsIn() }
        set { standsIn() }
    }
    open func open(
        _ url: URL, options: [OpenExternalURLOptionsKey: Any] = [:],
        completionHandler completion: (@MainActor @Sendable (Bool) -> Void)? = nil
    ) { standsIn() }
}

@MainActor
open class UIView: NSObject {
    public init(frame: CGRect) { standsIn() }
    public required init?(coder: NSCoder) { standsIn() }

    open var layer: CALayer { standsIn() }
    open var bounds: CGRect {
        get { standsIn() }
        set { standsIn() }
    }
    open func setNeedsLayout() { standsIn() }
    open func layoutSubviews() { standsIn() }
}
