/// When a run began, and how long it took.
public struct RunTime: Sendable {
    /// When it began, in milliseconds since 1970 in UTC.
    public let startedEpochMillis: Int
    /// When it began, in nanoseconds of its clock.
    public let startNanos: Int
    /// How long it took, in nanoseconds, at least 1.
    public let wallNanos: Int
    /// The CPU time it took of all cores together, in nanoseconds.
    public let cpuNanos: Int
    /// How many cores there are.
    public let cores: Int
    /// The CPU time that each thread took, the busiest first, at most 64; empty where the system does not tell.
    public let threads: [ThreadCpu]

    /// CPU time over (time passed x cores), in percent.
    public var cpuPercent: Double { CpuMeter.percent(cpuNanos: cpuNanos, wallNanos: wallNanos, cores: cores) }
}

/// Times a run: from its making to `stop`.
public struct RunTimer: Sendable {
    private let startedEpochMillis: Int
    private let startNanos: Int
    private let cpu: CpuMeter
    private let threads: Monitor<ThreadMeter>
    private let clock: any NanoClock

    /// Starts to measure; see `CpuMeter`.
    public init(cpuTime: any CpuTime, clock: any NanoClock, cores: Int) {
        self.clock = clock
        startedEpochMillis = clock.epochMillis()
        startNanos = clock.nanoTime()
        // The threads' times last and, at the end, first: no thread can seem to have taken more than there was.
        cpu = CpuMeter(cpuTime: cpuTime, clock: clock, cores: cores)
        threads = Monitor(ThreadMeter(ThreadReading.all()))
    }

    /// Looks at all threads: of one that ends before `stop`, the CPU time is known up to the last look.
    ///
    /// It asks the system for each thread, and is not for each frame. May be called from any thread.
    public func readThreads() {
        threads.withLock { $0.add(ThreadReading.all()) }
    }

    /// What was measured until now.
    public func stop() -> RunTime {
        readThreads()
        return RunTime(
            startedEpochMillis: startedEpochMillis, startNanos: startNanos,
            wallNanos: max(clock.nanoTime() - startNanos, 1), cpuNanos: cpu.cpuNanos, cores: cpu.cores,
            threads: threads.withLock { $0.threads })
    }
}
