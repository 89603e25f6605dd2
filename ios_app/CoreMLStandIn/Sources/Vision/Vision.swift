// A stand-in for Apple's Vision, for checking types where there is no Mac: declarations only, as Apple documents them,
// of what the app uses. Nothing here works; it is never part of the app.

import CoreML
@_exported import CoreVideo
@_exported import Foundation
@_exported import ImageIO

public typealias VNConfidence = Float
public typealias VNRequestCompletionHandler = (VNRequest, (any Error)?) -> Void

public struct VNImageOption: Hashable, RawRepresentable, Sendable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

open class VNRequest: NSObject {
    open var results: [VNObservation]? { standsIn() }
}

open class VNImageBasedRequest: VNRequest {
    open var regionOfInterest: CGRect {
        get { standsIn() }
        set { standsIn() }
    }
}

public enum VNImageCropAndScaleOption: UInt, Sendable {
    case centerCrop = 0
    case scaleFit = 1
    case scaleFill = 2
}

open class VNCoreMLModel: NSObject {
    public convenience init(for model: MLModel) throws { standsIn() }
}

open class VNCoreMLRequest: VNImageBasedRequest {
    public convenience init(model: VNCoreMLModel) { standsIn() }

    open var imageCropAndScaleOption: VNImageCropAndScaleOption {
        get { standsIn() }
        set { standsIn() }
    }
}

open class VNObservation: NSObject {
    open var confidence: VNConfidence { standsIn() }
}

open class VNClassificationObservation: VNObservation {
    open var identifier: String { standsIn() }
}

open class VNImageRequestHandler: NSObject {
    public init(
        cvPixelBuffer pixelBuffer: CVPixelBuffer, orientation: CGImagePropertyOrientation,
        options: [VNImageOption: Any] = [:]
    ) { standsIn() }

    open func perform(_ requests: [VNRequest]) throws { standsIn() }
}
