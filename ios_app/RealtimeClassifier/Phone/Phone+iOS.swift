import RealtimeCore
import UIKit

extension Phone {
    /// The phone that the app runs on.
    @MainActor static let this: Phone = {
        UIDevice.current.isBatteryMonitoringEnabled = true
        let build = Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String
        let device = Device(
            manufacturer: "Apple", model: hardwareName(), soc: "", os: "iOS", osVersion: UIDevice.current.systemVersion,
            cores: ProcessUse.cores)
        return Phone(
            place: .phone, device: device, build: build ?? "unknown", batteryPercent: { batteryNow() },
            thermalState: { ProcessInfo.processInfo.thermalState.name })
    }()

    /// Such as iPhone10,4, an iPhone 8; of a simulator, its Mac's processor.
    private static func hardwareName() -> String {
        var system = utsname()
        uname(&system)
        return withUnsafeBytes(of: &system.machine) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// In percent; nil in the simulator. Only the main thread may ask, and whoever calls this is another.
    private static func batteryNow() -> Double? {
        let level = DispatchQueue.main.sync {
            MainActor.assumeIsolated { UIDevice.current.batteryLevel }
        }
        return level < 0 ? nil : Double(level) * 100
    }
}

extension ProcessInfo.ThermalState {
    /// The system's word.
    var name: String {
        switch self {
        case .nominal: return "nominal"
        case .fair: return "fair"
        case .serious: return "serious"
        case .critical: return "critical"
        @unknown default: return "unknown"
        }
    }

    /// Whether measurements suffer.
    var isHot: Bool { self == .serious || self == .critical }
}
