import RealtimeCore

/// What the system tells of the phone and of this app.
///
/// The app asks iOS (`Phone.this`); a test on another system brings its own.
struct Phone: Sendable {
    /// Where this runs, for run logs.
    let place: Place
    /// The phone.
    let device: Device
    /// The app's version.
    let build: String
    /// How full the battery is, in percent; nil where the system does not tell. Not to be asked on the main thread.
    let batteryPercent: @Sendable () -> Double?
    /// How hot the system says it is, in its own word, such as nominal; nil where it does not tell.
    let thermalState: @Sendable () -> String?

    /// What a run took, as known at its end.
    ///
    /// - Parameter batteryAtStart: in percent.
    func resources(batteryAtStart: Double?) -> Resources {
        var resources = Resources()
        resources.peakMemoryBytes = ProcessUse().peakMemoryBytes()
        if let batteryAtStart, let batteryAtEnd = batteryPercent() {
            resources.batteryPercent = (batteryAtStart, batteryAtEnd)
        }
        resources.thermalState = thermalState()
        return resources
    }
}
