// A stand-in for Apple's Core ML, for checking types where there is no Mac: declarations only, as Apple documents them,
// of what the app and the class that Xcode makes of a model use. Nothing here works; it is never part of the app.

@_exported import CoreVideo
@_exported import Foundation

public enum MLComputeUnits: Int, Sendable {
    case cpuOnly = 0
    case cpuAndGPU = 1
    case all = 2
    case cpuAndNeuralEngine = 3
}

open class MLModelConfiguration: NSObject {
    open var computeUnits: MLComputeUnits = .all
}

open class MLPredictionOptions: NSObject {}

public protocol MLFeatureProvider {
    var featureNames: Set<String> { get }
    func featureValue(for featureName: String) -> MLFeatureValue?
}

open class MLFeatureValue: NSObject {
    public convenience init(pixelBuffer value: CVPixelBuffer) { standsIn() }
    public convenience init(string value: String) { standsIn() }
    public convenience init(dictionary value: [AnyHashable: NSNumber]) throws { standsIn() }

    open var imageBufferValue: CVPixelBuffer? { standsIn() }
    open var stringValue: String { standsIn() }
    open var dictionaryValue: [AnyHashable: NSNumber] { standsIn() }
}

open class MLDictionaryFeatureProvider: NSObject, MLFeatureProvider {
    public init(dictionary: [String: Any]) throws { standsIn() }

    open var featureNames: Set<String> { standsIn() }
    open func featureValue(for featureName: String) -> MLFeatureValue? { standsIn() }
}

public struct MLModelMetadataKey: Hashable, RawRepresentable, Sendable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public static let versionString = MLModelMetadataKey(rawValue: "MLModelVersionStringKey")
}

open class MLImageConstraint: NSObject {
    open var pixelsHigh: Int { standsIn() }
    open var pixelsWide: Int { standsIn() }
    open var pixelFormatType: OSType { standsIn() }
}

open class MLFeatureDescription: NSObject {
    open var imageConstraint: MLImageConstraint? { standsIn() }
}

open class MLModelDescription: NSObject {
    open var inputDescriptionsByName: [String: MLFeatureDescription] { standsIn() }
    open var outputDescriptionsByName: [String: MLFeatureDescription] { standsIn() }
    open var predictedProbabilitiesName: String? { standsIn() }
    open var metadata: [MLModelMetadataKey: Any] { standsIn() }
    open var classLabels: [Any]? { standsIn() }
}

open class MLModel: NSObject {
    public convenience init(contentsOf url: URL) throws { standsIn() }
    public convenience init(contentsOf url: URL, configuration: MLModelConfiguration) throws { standsIn() }

    open class func load(contentsOf url: URL, configuration: MLModelConfiguration) async throws -> MLModel {
        standsIn()
    }

    open class func load(
        contentsOf url: URL, configuration: MLModelConfiguration,
        completionHandler handler: @escaping (Result<MLModel, any Error>) -> Void
    ) { standsIn() }

    open var modelDescription: MLModelDescription { standsIn() }

    open func prediction(from input: any MLFeatureProvider) throws -> any MLFeatureProvider { standsIn() }
    open func prediction(
        from input: any MLFeatureProvider, options: MLPredictionOptions
    ) throws -> any MLFeatureProvider { standsIn() }
    open func prediction(
        from input: any MLFeatureProvider, options: MLPredictionOptions = MLPredictionOptions()
    ) async throws -> any MLFeatureProvider { standsIn() }
}
