/// What a live session's meters read at one moment, over the second before it.
struct Meters: Equatable, Sendable {
    /// Frames shown per second (FPS).
    let fps: Double
    /// Frames processed per second.
    let processedPerSecond: Double
    /// The mean latency of preprocessing and network together, in milliseconds; nil where no frame was processed.
    let latencyMillis: Double?
    /// CPU time over (time passed x cores), in percent.
    let cpuPercent: Double
}
