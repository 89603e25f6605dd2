import AVFoundation
import RealtimeCore

/// What the user is told of a camera that cannot be used.
enum CameraFailures {
    static let none = DeploymentError.frame(
        "expected a camera in this phone, received none; measure on images instead")

    static let notAllowed = DeploymentError.frame(
        "expected the permission to use the camera, received none; allow it in the settings of this app")

    static func tooLate(_ seconds: Int) -> DeploymentError {
        .frame(
            "expected the camera's first frame within \(seconds) seconds, received none; try again, or start the phone "
                + "again")
    }

    static func broken(_ error: (any Error)?) -> DeploymentError {
        .frame(
            "expected the camera to give frames, received '\(error?.localizedDescription ?? "nothing")'; try again, or "
                + "start the phone again")
    }

    /// Why iOS took the camera away.
    ///
    /// - Parameter reason: as the notification tells it; nil where it tells none.
    static func interrupted(_ reason: AVCaptureSession.InterruptionReason?) -> DeploymentError {
        switch reason {
        case .videoDeviceInUseByAnotherClient, .audioDeviceInUseByAnotherClient:
            return .frame(
                "the camera was taken away: a call or another app uses it now; end the call, or close the other app, "
                    + "and try again")
        case .videoDeviceNotAvailableInBackground:
            return .frame("the camera was taken away: this app is in the background; come back to it, and try again")
        case .videoDeviceNotAvailableWithMultipleForegroundApps:
            return .frame(
                "the camera was taken away: several apps are on the screen; show this one alone, and try again")
        case .videoDeviceNotAvailableDueToSystemPressure:
            return .frame("the camera was taken away: the phone is too hot; let it cool, and try again")
        default:
            return .frame("the camera was taken away, and iOS does not say why; try again")
        }
    }
}
