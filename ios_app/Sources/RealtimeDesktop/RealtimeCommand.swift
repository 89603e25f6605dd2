import Foundation
import RealtimeCore

/// The core from a command line, with the stub engine: Core ML runs on Apple's systems only.
///
/// Results go to one sink as lines of text, and run logs to files; errors go to the other sink as one line.
public struct RealtimeCommand {
    /// The exit code when all went well.
    static let done: Int32 = 0
    /// The exit code for wrong arguments, bad files, and engines that fail.
    static let failed: Int32 = 2

    private static let mostLatencyMillis = 60_000.0
    private static let help = """
        usage: realtime COMMAND --name value ...
          pipeline   --model FOLDER [--mode single|multi] [--fps 30] [--seconds 10] [--size 640x480]
                     [--rotation 90] [--log FILE]
          benchmark  --model FOLDER [--warm-up 5] [--count 50] [--seconds 60] [--size 640x480] [--rotation 90]
                     [--log FILE]
          validate   --model FOLDER --images FOLDER|FILE [--labels FILE] [--limit N] [--probabilities FILE]
                     [--golden FOLDER] [--log FILE]
        for all: [--latency-ms 0] [--threads 1] of the stub engine, the only one here
        --images is a folder of PPM or PGM files, or an IDX file as MNIST's; --labels is an IDX file
        """

    private let out: (String) -> Void
    private let errors: (String) -> Void
    private let clock = SystemClock()

    /// Prepares.
    ///
    /// - Parameters:
    ///   - out: gets results, line by line.
    ///   - errors: gets errors, a line each.
    public init(out: @escaping (String) -> Void, errors: @escaping (String) -> Void) {
        self.out = out
        self.errors = errors
    }

    /// Runs a command.
    ///
    /// - Parameter words: the command and its arguments.
    /// - Returns: the exit code.
    public func run(_ words: [String]) -> Int32 {
        guard let name = words.first, !["help", "--help", "-h"].contains(name) else {
            out(Self.help)
            return Self.done
        }
        do {
            var arguments = try Arguments(words.dropFirst())
            switch name {
            case "pipeline": try PipelineCommand(&arguments).run(model(&arguments), clock, out)
            case "benchmark": try BenchmarkCommand(&arguments).run(model(&arguments), clock, out)
            case "validate": try ValidateCommand(&arguments).run(model(&arguments), clock, out)
            default:
                throw UsageError(message: "expected a command: pipeline, benchmark, validate; received '\(name)'")
            }
            return Self.done
        } catch let error as UsageError {
            errors("error: \(error.message.onOneLine); run without arguments for help")
        } catch {
            errors("error: \((error as? DeploymentError)?.message ?? String(describing: error).onOneLine)")
        }
        return Self.failed
    }

    /// Opens the model once all arguments were looked at: a mistyped one needs no model.
    private func model(_ arguments: inout Arguments) throws -> OpenModel {
        let folder = try arguments.path("model")
        let threads = try arguments.integer("threads", 1, 1...64)
        let millis = try arguments.number("latency-ms", 0, 0...Self.mostLatencyMillis)
        try arguments.checkAllAsked()
        let provider = StubProvider(clock: clock, latencyNanos: Int(millis * 1e6))
        return try OpenModel(folder: folder, provider: provider, threads: threads, clock: clock)
    }
}
