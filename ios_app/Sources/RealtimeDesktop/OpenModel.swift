import Foundation
import RealtimeCore

/// A model that a command opened, and what run logs say of it and of the machine.
struct OpenModel {
    let manifest: Manifest
    let engine: any Engine
    private let file: ModelFile?
    private let initNanos: Int

    init(folder: URL, provider: any EngineProvider, threads: Int, clock: any NanoClock) throws {
        manifest = try Manifest.read(folder: folder)
        let start = clock.nanoTime()
        engine = try provider.open(manifest: manifest, folder: folder, threads: threads)
        initNanos = clock.nanoTime() - start
        file = try provider.fileFormat.map(manifest.file)
    }

    /// Writes a run's log, where one is wanted.
    func log(_ part: RunPart, _ time: RunTime, golden: [GoldenResult] = [], to file: URL?) throws {
        guard let file else {
            return
        }
        var resources = Resources()
        resources.peakMemoryBytes = ProcessUse().peakMemoryBytes()
        let head = RunHead(
            place: Self.place, device: Self.device, appName: "realtime", appBuild: "development", manifest: manifest,
            file: self.file, engine: engine, initNanos: initNanos)
        try RunLog(head: head, time: time, resources: resources, part: part, golden: golden).write(to: file)
    }

    private static var place: Place {
        #if os(Linux)
            return .swiftLinux
        #else
            return .pc
        #endif
    }

    private static var device: Device {
        let version = ProcessInfo.processInfo.operatingSystemVersion
        let number = "\(version.majorVersion).\(version.minorVersion).\(version.patchVersion)"
        #if os(Linux)
            return Device(
                manufacturer: "", model: processor, soc: "", os: "Linux", osVersion: number, cores: ProcessUse.cores)
        #else
            return Device(
                manufacturer: "Apple", model: "", soc: "", os: "macOS", osVersion: number, cores: ProcessUse.cores)
        #endif
    }

    /// The processor's name as Linux tells it; empty where it does not.
    private static var processor: String {
        let told = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = told.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line.flatMap { $0.split(separator: ":").last }?.trimmingCharacters(in: .whitespaces) ?? ""
    }
}

/// Prints figures, three places after the point.
struct Figures {
    let out: (String) -> Void

    func put(_ name: String, _ value: Double?) {
        out(name + " " + (value.map { String(format: "%.3f", $0) } ?? "none"))
    }

    func put(_ name: String, _ latency: LatencyStatistics) {
        put(name + "_mean_ms", latency.meanMillis)
        put(name + "_p50_ms", latency.percentileMillis(50))
        put(name + "_p95_ms", latency.percentileMillis(95))
        put(name + "_max_ms", latency.percentileMillis(100))
    }
}
