/// All that the screens say. Messages about failures come from the types that fail, for people too.
///
/// A name that the Android app's `strings.xml` has as well stands for the same words; a test compares them.
enum Words {
    static let appName = "Real-time classifier"
    static let measureTitle = "Measure"
    static let drawTitle = "Draw a digit"
    static let logsTitle = "Run logs"
    static let aboutTitle = "About"

    // Shared
    static let cancel = "Cancel"
    static let close = "Close"
    static let delete = "Delete"
    static let shareAll = "Share all run logs"
    static let shareLog = "Share run log"
    static let tryAgain = "Try again"
    static let noValue = "–"
    static let pickerModel = "Model"
    static let pickerUnits = "Compute units"
    static let untrained = "This model is untrained: its classes mean nothing, only its speed does."
    static let noModelsTitle = "No models"
    static let noModelsText =
        "This build of the app holds none. Put models into it (make ios MODELS=\"squeezenet\"), "
        + "and build it again in Xcode."

    static func sentencePair(_ first: String, _ second: String) -> String { "\(first): \(second)" }

    // Live camera
    static let preview = "Camera picture. The marked square is what the network sees."
    static let meterFps = "FPS"
    static let meterFpsSpoken = "Frames shown per second"
    static let meterProcessed = "processed/s"
    static let meterProcessedSpoken = "Frames processed per second"
    static let meterLatency = "latency, ms"
    static let meterLatencySpoken = "Latency in milliseconds"
    static let meterCpu = "CPU, %"
    static let meterCpuSpoken = "CPU use in percent of all cores"
    static let meterThermal = "thermal state"
    static let multithreaded = "Multithreaded"
    static let record = "Record"
    static let recordStop = "Stop and save"
    static let openingText = "in Core ML"
    static let openingWaits = "A measurement goes on. The camera starts when it has ended."
    static let permissionTitle = "The camera is not allowed"
    static let permissionText =
        "This screen classifies what the camera sees, on this phone: no picture is stored, "
        + "none leaves it. Everything else works without the camera."
    static let permissionAsk = "Allow the camera"
    static let permissionSettingsText =
        "To classify what the camera sees, allow it in the system's settings of this "
        + "app, under Camera. Everything else works without the camera."
    static let permissionRestrictedText =
        "Screen Time, or whoever manages this phone, has switched the camera off. "
        + "Everything else works without it."
    static let permissionSettings = "Open settings"
    static let cameraFailedTitle = "The camera cannot be used"
    static let modelFailedTitle = "This model cannot be used"
    static let engineFailedTitle = "This engine cannot run the model"
    static let failedTitle = "Something failed"
    static let hotText =
        "The phone is hot, and iOS slows it down: latencies are longer than of a cool phone. Let it "
        + "cool before you measure."

    static func recorded(_ log: String) -> String { "Run log saved: \(log)" }
    static func recordedUntil(_ log: String, _ failure: String) -> String {
        "The recording ended early. \(failure)\nRun log saved up to then: \(log)"
    }
    static func recordedNothing(_ failure: String) -> String { "No run log was saved. \(failure)" }
    static func openingTitle(_ model: String) -> String { "Opening \(model)" }
    static func digitsOnlyTitle(_ model: String) -> String { "\(model) reads digits only" }
    static func digitsOnlyText(_ width: Int, _ height: Int) -> String {
        "It takes pictures of \(width) × \(height) pixels and nothing else, so it cannot take the camera's frames."
    }

    // Bars
    static let barsNone = "No result yet"

    static func barsItem(_ name: String, _ percent: String) -> String { "\(name), \(percent)" }

    // Measure
    static let measureKind = "What to measure"
    static let kindAccuracy = "Accuracy"
    static let kindAccuracyText =
        "Top-1 and top-5 accuracy over a folder of images. Folders in it that are called "
        + "like a class (n02123045, 281 or tabby) tell the label."
    static let kindBenchmark = "Benchmark"
    static let kindBenchmarkText =
        "Latency on frames of 640 × 480 pixels, without the camera: opening, first call, "
        + "warm-up and steady calls apart."
    static let kindDigits = "MNIST digits"
    static let kindDigitsText = "The 10,000 digits of the MNIST test set: accuracy, and milliseconds an image."
    static let imagesNone = "No folder is chosen yet."
    static let chooseImages = "Choose a folder"
    static let fieldLimit = "Images at most"
    static let fieldCount = "Calls"
    static let fieldWarmUp = "Warm-up"
    static let fieldSeconds = "Seconds at most"
    static let fieldAll = "All"
    static let measureStart = "Start"
    static let measureProgress = "Progress"
    static let resultCancelledText = "Nothing was saved."
    static let requestFailed = "These parameters cannot be used"

    static func imagesChosen(_ folder: String) -> String { "Images in the folder you chose:\n\(folder)" }
    static func fieldWrong(_ least: Int, _ most: Int) -> String { "Enter a number from \(least) to \(most)" }
    static func progressCount(_ text: String, _ done: String, _ total: String) -> String {
        "\(text): \(done) of \(total)"
    }
    static func runningTitle(_ measure: String) -> String { "\(measure): running" }
    static func resultDone(_ measure: String) -> String { "\(measure): done" }
    static func resultFailed(_ measure: String) -> String { "\(measure): failed" }
    static func resultCancelled(_ measure: String) -> String { "\(measure): cancelled" }

    // Draw a digit
    static let pad = "Drawing pad: draw a digit with a finger"
    static let padHint = "Draw a digit here"
    static let seen = "What the network sees: the digit, 28 by 28 pixels"
    static let clear = "Clear"
    static let digitNone = "–"
    static let digitNoneText = "What the network sees"
    static let noDigitModelTitle = "No model for digits"
    static let noDigitModelText =
        "LeNet reads digits, and its files are missing from this build of the app. Build it "
        + "again with Models/LeNet.mlmodel and Models/LeNet.manifest.json."

    static func digitRead(_ digit: String) -> String { "It is a \(digit)" }
    static func digitText(_ engine: String, _ milliseconds: String) -> String { "\(engine) · \(milliseconds) ms" }

    // Run logs
    static let noLogsTitle = "No run logs yet"
    static let noLogsText = "Each measurement leaves one, and so does Record on the live screen."
    static let logsPlace = "They also lie in the Files app, under On My iPhone, in this app's folder logs."
    static let kindLive = "Live camera"
    static let deleteQuestion = "Delete this run log?"

    static func logTitle(_ kind: String, _ model: String, _ engine: String) -> String {
        "\(kind) · \(model) · \(engine)"
    }
    static func logText(_ time: String, _ size: String) -> String { "\(time) · \(size)" }
    static func shareThis(_ log: String) -> String { "Share: \(log)" }
    static func deleteThis(_ log: String) -> String { "Delete: \(log)" }

    // About
    static func aboutText(_ app: String, _ build: String) -> String {
        "\(app) \(build)\nClassifies what the camera sees, on the phone, and measures how fast and how well. After "
            + "Sehgal and Kehtarnavaz (2019), Guidelines and Benchmarks for Deployment of Deep Learning Models on "
            + "Smartphones as Real-Time Apps.\n\nThe models run in Core ML, which is part of iOS.\n\nThe only "
            + "permission is the camera's. Nothing leaves the phone unless you share it."
    }
    static func aboutModel(_ citation: String, _ source: String, _ licence: String) -> String {
        "\(citation).\nWeights: \(source).\nLicence: \(licence)."
    }
}
