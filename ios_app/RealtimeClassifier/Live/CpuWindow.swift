import RealtimeCore

/// The processor's use over the second just past, as seen at each look.
struct CpuWindow: Sendable {
    private static let windowNanos = 1_000_000_000

    private let cpuTime: any CpuTime
    private let clock: any NanoClock
    private let cores: Int
    // Each look leaves a meter that has run since then; the first is the youngest that is at least a second old.
    private var meters: [CpuMeter]

    init(cpuTime: any CpuTime, clock: any NanoClock, cores: Int) {
        self.cpuTime = cpuTime
        self.clock = clock
        self.cores = cores
        meters = [CpuMeter(cpuTime: cpuTime, clock: clock, cores: cores)]
    }

    /// CPU time over (time passed x cores), in percent.
    mutating func percent() -> Double {
        while meters.count > 1, meters[1].wallNanos >= Self.windowNanos {
            meters.removeFirst()
        }
        let percent = meters[0].percent
        meters.append(CpuMeter(cpuTime: cpuTime, clock: clock, cores: cores))
        return percent
    }
}
