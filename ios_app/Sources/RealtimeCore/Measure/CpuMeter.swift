import Foundation

/// How long the processor worked for this program.
public protocol CpuTime: Sendable {
    /// Nanoseconds that all threads of the process took from all cores together, since it began.
    func processCpuNanos() -> Int
}

/// What the system tells of this process.
public struct ProcessUse: CpuTime {
    /// Makes one; all are alike.
    public init() {}

    /// How many cores the system lets programs use.
    public static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    public func processCpuNanos() -> Int {
        var time = timespec()
        // Fails for unknown clocks only, and this one is as old as the systems that the core is for.
        precondition(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0, "expected a clock of CPU time, received none")
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }

    /// The most memory that the process had, in bytes; nil where the system does not tell.
    public func peakMemoryBytes() -> Int? {
        #if os(Linux)
            // Not getrusage: its peak includes that of whoever started this program.
            guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
                let kibibytes = Int(line.filter(\.isNumber))
            else {
                return nil
            }
            return kibibytes * 1024
        #else
            var usage = rusage()
            return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : nil
        #endif
    }
}

/// The processor's use from one moment on: CPU time over (time passed x cores).
public struct CpuMeter: Sendable {
    private let cpuTime: any CpuTime
    private let clock: any NanoClock
    private let firstCpuNanos: Int
    private let firstNanos: Int

    /// How many cores the use is related to.
    public let cores: Int

    /// Begins to measure.
    ///
    /// - Parameter cores: of the machine, at least 1.
    public init(cpuTime: any CpuTime, clock: any NanoClock, cores: Int) {
        precondition(cores >= 1, "expected at least 1 core, received \(cores)")
        self.cpuTime = cpuTime
        self.clock = clock
        self.cores = cores
        firstCpuNanos = cpuTime.processCpuNanos()
        firstNanos = clock.nanoTime()
    }

    /// CPU time since the beginning, in nanoseconds.
    public var cpuNanos: Int { cpuTime.processCpuNanos() - firstCpuNanos }

    /// Time passed since the beginning, in nanoseconds.
    public var wallNanos: Int { clock.nanoTime() - firstNanos }

    /// The use since the beginning in percent: 100 is all cores, all the time; 0 when no time has passed.
    public var percent: Double { Self.percent(cpuNanos: cpuNanos, wallNanos: wallNanos, cores: cores) }

    /// The use over a stretch of time, in percent.
    ///
    /// Systems count CPU time in ticks, which over a short stretch can come to a little more than there was: 100 is the
    /// most.
    public static func percent(cpuNanos: Int, wallNanos: Int, cores: Int) -> Double {
        wallNanos <= 0 ? 0 : min(100 * Double(cpuNanos) / (Double(wallNanos) * Double(cores)), 100)
    }
}
