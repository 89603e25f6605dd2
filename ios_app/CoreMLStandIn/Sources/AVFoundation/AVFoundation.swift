// A stand-in for Apple's AVFoundation, and for the layers of Core Animation, for checking types where there is no Mac:
// declarations only, as Apple documents them, of what the app uses. Nothing here works; it is never part of the app.

@_exported import CoreMedia
@_exported import Dispatch
@_exported import Foundation
@_exported import ImageIO

public struct AVMediaType: Hashable, Sendable {
    public static var video: AVMediaType { standsIn() }
}

public enum AVAuthorizationStatus: Int, Sendable {
    case notDetermined = 0
    case restricted = 1
    case denied = 2
    case authorized = 3
}

open class AVFrameRateRange: NSObject {
    open var minFrameRate: Double { standsIn() }
    open var maxFrameRate: Double { standsIn() }
}

open class AVCaptureDevice: NSObject {
    public enum Position: Int, Sendable {
        case unspecified = 0
        case back = 1
        case front = 2
    }

    public struct DeviceType: Hashable, Sendable {
        public static var builtInWideAngleCamera: DeviceType { standsIn() }
    }

    open class Format: NSObject {
        open var formatDescription: CMFormatDescription { standsIn() }
        open var videoSupportedFrameRateRanges: [AVFrameRateRange] { standsIn() }
    }

    open class func authorizationStatus(for mediaType: AVMediaType) -> AVAuthorizationStatus { standsIn() }
    open class func requestAccess(for mediaType: AVMediaType) async -> Bool { standsIn() }
    open class func `default`(
        _ deviceType: DeviceType, for mediaType: AVMediaType?, position: Position
    ) -> AVCaptureDevice? { standsIn() }

    open var position: Position { standsIn() }
    open var activeFormat: Format {
        get { standsIn() }
        set { standsIn() }
    }
    open var activeVideoMinFrameDuration: CMTime {
        get { standsIn() }
        set { standsIn() }
    }
    open var activeVideoMaxFrameDuration: CMTime {
        get { standsIn() }
        set { standsIn() }
    }
    open func lockForConfiguration() throws { standsIn() }
    open func unlockForConfiguration() { standsIn() }
}

open class AVCaptureInput: NSObject {}
open class AVCaptureOutput: NSObject {}
open class AVCaptureConnection: NSObject {}

open class AVCaptureDeviceInput: AVCaptureInput {
    public init(device: AVCaptureDevice) throws { standsIn() }
}

public protocol AVCaptureVideoDataOutputSampleBufferDelegate: NSObjectProtocol {
    func captureOutput(
        _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection)
    func captureOutput(
        _ output: AVCaptureOutput, didDrop sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection)
}

open class AVCaptureVideoDataOutput: AVCaptureOutput {
    open var alwaysDiscardsLateVideoFrames: Bool {
        get { standsIn() }
        set { standsIn() }
    }
    open var videoSettings: [String: Any]! {
        get { standsIn() }
        set { standsIn() }
    }
    open func setSampleBufferDelegate(
        _ sampleBufferDelegate: (any AVCaptureVideoDataOutputSampleBufferDelegate)?,
        queue sampleBufferCallbackQueue: DispatchQueue?
    ) { standsIn() }
}

public let AVCaptureSessionInterruptionReasonKey = "AVCaptureSessionInterruptionReasonKey"
public let AVCaptureSessionErrorKey = "AVCaptureSessionErrorKey"

open class AVCaptureSession: NSObject {
    public struct Preset: Hashable, Sendable {
        public static var vga640x480: Preset { standsIn() }
    }

    public enum InterruptionReason: Int, Sendable {
        case videoDeviceNotAvailableInBackground = 1
        case audioDeviceInUseByAnotherClient = 2
        case videoDeviceInUseByAnotherClient = 3
        case videoDeviceNotAvailableWithMultipleForegroundApps = 4
        case videoDeviceNotAvailableDueToSystemPressure = 5
    }

    open class var wasInterruptedNotification: NSNotification.Name { standsIn() }
    open class var runtimeErrorNotification: NSNotification.Name { standsIn() }

    open var sessionPreset: Preset {
        get { standsIn() }
        set { standsIn() }
    }
    open var synchronizationClock: CMClock? { standsIn() }
    open func canSetSessionPreset(_ preset: Preset) -> Bool { standsIn() }
    open func canAddInput(_ input: AVCaptureInput) -> Bool { standsIn() }
    open func addInput(_ input: AVCaptureInput) { standsIn() }
    open func canAddOutput(_ output: AVCaptureOutput) -> Bool { standsIn() }
    open func addOutput(_ output: AVCaptureOutput) { standsIn() }
    open func beginConfiguration() { standsIn() }
    open func commitConfiguration() { standsIn() }
    open func startRunning() { standsIn() }
    open func stopRunning() { standsIn() }
}

open class CALayer: NSObject {
    open var bounds: CGRect {
        get { standsIn() }
        set { standsIn() }
    }
    open var position: CGPoint {
        get { standsIn() }
        set { standsIn() }
    }
    open func setAffineTransform(_ m: CGAffineTransform) { standsIn() }
    open func addSublayer(_ layer: CALayer) { standsIn() }
}

open class CATransaction: NSObject {
    open class func begin() { standsIn() }
    open class func commit() { standsIn() }
    open class func setDisableActions(_ flag: Bool) { standsIn() }
}

public struct AVLayerVideoGravity: Hashable, Sendable {
    public static var resizeAspect: AVLayerVideoGravity { standsIn() }
}

public enum AVQueuedSampleBufferRenderingStatus: Int, Sendable {
    case unknown = 0
    case rendering = 1
    case failed = 2
}

open class AVSampleBufferDisplayLayer: CALayer {
    open var videoGravity: AVLayerVideoGravity {
        get { standsIn() }
        set { standsIn() }
    }
    open var status: AVQueuedSampleBufferRenderingStatus { standsIn() }
    open func enqueue(_ sampleBuffer: CMSampleBuffer) { standsIn() }
    open func flush() { standsIn() }
    open func flushAndRemoveImage() { standsIn() }
}
