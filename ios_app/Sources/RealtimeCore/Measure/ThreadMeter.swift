/// A thread, and the CPU time that it took.
public struct ThreadCpu: Sendable, Equatable {
    /// The name that the system knows it by; of threads with one name, those after the first are numbered.
    public let name: String
    /// Nanoseconds, in its own code and in the system's for it.
    public let cpuNanos: Int
}

/// The CPU time of each thread from one moment on. Threads that the system or a runtime started for itself are among
/// them.
struct ThreadMeter: Sendable {
    /// The most threads that run logs tell of.
    static let mostThreads = 64

    private struct Known {
        var name: String
        let firstNanos: Int
        var lastNanos: Int
    }

    private var known: [String: Known] = [:]
    private var order: [String] = []

    /// Begins to measure.
    init(_ readings: [ThreadReading]) {
        for reading in readings {
            add(reading, firstNanos: reading.cpuNanos)
        }
    }

    /// Goes on to what the system tells now. A thread that is not there any more keeps what it had.
    mutating func add(_ readings: [ThreadReading]) {
        for reading in readings {
            add(reading, firstNanos: 0)
        }
    }

    private mutating func add(_ reading: ThreadReading, firstNanos: Int) {
        if known[reading.identity] == nil {
            order.append(reading.identity)
        }
        let first = known[reading.identity]?.firstNanos ?? firstNanos
        known[reading.identity] = Known(name: reading.name, firstNanos: first, lastNanos: reading.cpuNanos)
    }

    /// The threads and their CPU time from the start to the last reading, the busiest first; empty where not told.
    var threads: [ThreadCpu] {
        var names: Set<String> = []
        let all = order.compactMap { known[$0] }.map { thread in
            let name = thread.name.isEmpty ? "unnamed" : thread.name
            var own = name
            var number = 1
            while !names.insert(own).inserted {
                number += 1
                own = "\(name) \(number)"
            }
            return ThreadCpu(name: own, cpuNanos: max(0, thread.lastNanos - thread.firstNanos))
        }
        // Of equals the older one first, which sorting alone does not promise.
        let busiest = all.enumerated().sorted { ($1.element.cpuNanos, $0.offset) < ($0.element.cpuNanos, $1.offset) }
        return busiest.prefix(Self.mostThreads).map(\.element)
    }
}
