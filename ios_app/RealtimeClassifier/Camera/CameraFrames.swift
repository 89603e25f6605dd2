import AVFoundation
import RealtimeCore

/// The frames of a camera, 640 x 480 at up to 30 a second: the back camera, else the front camera.
///
/// The camera delivers on a queue of its own, and only the newest frame waits. Frames are stamped by the camera with
/// the time of the host clock, by which the core's `SystemClock` goes as well.
final class CameraFrames: NSObject, FrameSource, @unchecked Sendable {
    private static let framesPerSecond: CMTimeScale = 30
    private static let firstFrameSeconds = 5

    // All below are written once, before the first frame; but `lastNumber` is the camera queue's own.
    private let session = AVCaptureSession()
    private let mailbox = FrameMailbox<CameraPicture>()
    private let queue = DispatchQueue(label: "camera", qos: .userInteractive)
    private let observers = Monitor<Observers>(Observers())
    private var lastNumber = -1
    private let name: String
    let width: Int
    let height: Int
    let rotation: Rotation

    /// Opens the camera, which takes a moment: not for the main thread.
    ///
    /// - Parameter screen: how the screen is turned now.
    /// - Throws: `DeploymentError.frame` where there is none, or it cannot be used.
    init(screen: ScreenTurn) throws {
        guard AVCaptureDevice.authorizationStatus(for: .video) == .authorized else {
            throw CameraFailures.notAllowed
        }
        let back = AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: .back)
        let front = AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: .front)
        guard let device = back ?? front else {
            throw CameraFailures.none
        }
        let output = AVCaptureVideoDataOutput()
        output.alwaysDiscardsLateVideoFrames = true
        // What the camera makes by itself: Vision and the screen both take it, and nothing is converted.
        output.videoSettings = [
            kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_420YpCbCr8BiPlanarFullRange
        ]
        session.beginConfiguration()
        do {
            let input = try AVCaptureDeviceInput(device: device)
            guard session.canAddInput(input), session.canSetSessionPreset(.vga640x480) else {
                throw CameraFailures.broken(nil)
            }
            session.addInput(input)
            session.sessionPreset = .vga640x480
            guard session.canAddOutput(output) else {
                throw CameraFailures.broken(nil)
            }
            session.addOutput(output)
        } catch let error as DeploymentError {
            session.commitConfiguration()
            throw error
        } catch {
            session.commitConfiguration()
            throw CameraFailures.broken(error)
        }
        session.commitConfiguration()
        let isFront = device.position == .front
        let size = CMVideoFormatDescriptionGetDimensions(device.activeFormat.formatDescription)
        width = Int(size.width)
        height = Int(size.height)
        rotation = Rotation(screen: screen, isFrontCamera: isFront)
        name = "\(isFront ? "front" : "back") camera, \(width) x \(height)"
        super.init()
        try Self.steady(device)
        output.setSampleBufferDelegate(self, queue: queue)
        observe()
        // Where it does not start, a notification tells why, or the first frame does not come in time: `next` fails.
        session.startRunning()
        watchForFirstFrame()
    }

    override var description: String { name }

    /// In the dark, cameras would rather take fewer frames: the rate is to be the same for all measurements.
    private static func steady(_ device: AVCaptureDevice) throws {
        let period = CMTime(value: 1, timescale: framesPerSecond)
        let ranges = device.activeFormat.videoSupportedFrameRateRanges
        guard ranges.contains(where: { ($0.minFrameRate...$0.maxFrameRate).contains(Double(framesPerSecond)) }) else {
            return
        }
        do {
            try device.lockForConfiguration()
        } catch {
            throw CameraFailures.broken(error)
        }
        device.activeVideoMinFrameDuration = period
        device.activeVideoMaxFrameDuration = period
        device.unlockForConfiguration()
    }

    private func observe() {
        let center = NotificationCenter.default
        let mailbox = mailbox
        let interrupted = center.addObserver(
            forName: AVCaptureSession.wasInterruptedNotification, object: session, queue: nil
        ) { notification in
            let number = notification.userInfo?[AVCaptureSessionInterruptionReasonKey] as? Int
            let reason = number.flatMap(AVCaptureSession.InterruptionReason.init(rawValue:))
            mailbox.fail(CameraFailures.interrupted(reason))
        }
        let failed = center.addObserver(
            forName: AVCaptureSession.runtimeErrorNotification, object: session, queue: nil
        ) { notification in
            mailbox.fail(CameraFailures.broken(notification.userInfo?[AVCaptureSessionErrorKey] as? any Error))
        }
        observers.withLock { $0.tokens = [interrupted, failed] }
    }

    private func watchForFirstFrame() {
        queue.asyncAfter(deadline: .now() + .seconds(Self.firstFrameSeconds)) { [weak self] in
            guard let self, lastNumber < 0 else {
                return
            }
            mailbox.fail(CameraFailures.tooLate(Self.firstFrameSeconds))
        }
    }

    func next(cancellation: Cancellation) throws -> Frame<CameraPicture>? {
        try mailbox.take(cancellation: cancellation)
    }

    func close() throws {
        mailbox.end()
        let tokens = observers.withLock { observers in
            defer { observers.tokens = [] }
            return observers
        }.tokens
        for token in tokens {
            NotificationCenter.default.removeObserver(token)
        }
        // Waits until it has stopped; where it has already, this does nothing.
        session.stopRunning()
    }

    /// What the notification center gave, to be given back once.
    private struct Observers: @unchecked Sendable {
        var tokens: [any NSObjectProtocol] = []
    }
}

extension CameraFrames: AVCaptureVideoDataOutputSampleBufferDelegate {
    func captureOutput(
        _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection
    ) {
        lastNumber += 1
        // Shown when the pipeline says so, not when its time stamp does.
        sampleBuffer.sampleAttachments[0][.displayImmediately] = true
        let stamp = CMSampleBufferGetPresentationTimeStamp(sampleBuffer)
        let host = CMClockGetHostTimeClock()
        let time = session.synchronizationClock.map { CMSyncConvertTime(stamp, from: $0, to: host) } ?? stamp
        let nanos = CMTimeConvertScale(time, timescale: 1_000_000_000, method: .default).value
        mailbox.put(Frame(image: CameraPicture(sample: sampleBuffer), number: lastNumber, captureNanos: Int(nanos)))
    }

    func captureOutput(
        _ output: AVCaptureOutput, didDrop sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection
    ) {
        // The camera took it, but it came too late: the number of the next one tells.
        lastNumber += 1
    }
}
