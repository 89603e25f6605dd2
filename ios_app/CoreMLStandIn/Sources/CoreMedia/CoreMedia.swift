// A stand-in for Apple's Core Media, for checking types where there is no Mac: declarations only, as Apple documents
// them, of what the app uses. Nothing here works; it is never part of the app.

@_exported import CoreVideo
@_exported import Foundation

public final class CMSampleBuffer {
    public struct PerSampleAttachmentsDictionary {
        public struct Key: Hashable, Sendable {
            public static var displayImmediately: Key { standsIn() }
        }

        public subscript(key: Key) -> Any? {
            get { standsIn() }
            nonmutating set { standsIn() }
        }
    }

    public struct SampleAttachmentsArray {
        public subscript(position: Int) -> PerSampleAttachmentsDictionary {
            get { standsIn() }
            nonmutating set { standsIn() }
        }
    }

    public var sampleAttachments: SampleAttachmentsArray { standsIn() }
}

public func CMSampleBufferGetImageBuffer(_ sbuf: CMSampleBuffer) -> CVImageBuffer? { standsIn() }

public func CMSampleBufferGetPresentationTimeStamp(_ sbuf: CMSampleBuffer) -> CMTime { standsIn() }

public typealias CMTimeValue = Int64
public typealias CMTimeScale = Int32

public struct CMTime: Sendable {
    public var value: CMTimeValue
    public var timescale: CMTimeScale

    public init(value: CMTimeValue, timescale: CMTimeScale) {
        self.value = value
        self.timescale = timescale
    }
}

public enum CMTimeRoundingMethod: UInt32, Sendable {
    case roundHalfAwayFromZero = 1

    public static var `default`: CMTimeRoundingMethod { .roundHalfAwayFromZero }
}

public func CMTimeConvertScale(
    _ time: CMTime, timescale newTimescale: CMTimeScale, method: CMTimeRoundingMethod
) -> CMTime { standsIn() }

/// In Apple's framework CMClock and CMTimebase, Core Foundation's way.
public final class CMClock {}
public typealias CMClockOrTimebase = CMClock

public func CMClockGetHostTimeClock() -> CMClock { standsIn() }

public func CMSyncConvertTime(
    _ time: CMTime, from fromClockOrTimebase: CMClockOrTimebase, to toClockOrTimebase: CMClockOrTimebase
) -> CMTime { standsIn() }

public final class CMFormatDescription {}
public typealias CMVideoFormatDescription = CMFormatDescription

public struct CMVideoDimensions: Sendable {
    public var width: Int32
    public var height: Int32
}

public func CMVideoFormatDescriptionGetDimensions(_ videoDesc: CMVideoFormatDescription) -> CMVideoDimensions {
    standsIn()
}
