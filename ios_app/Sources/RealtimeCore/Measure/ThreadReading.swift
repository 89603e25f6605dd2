import Foundation

/// What the system tells of one thread of this process.
struct ThreadReading: Sendable, Equatable {
    /// What no two threads share, not even one after the other.
    let identity: String
    /// Empty where it has none.
    let name: String
    /// Since it began, in its own code and in the system's for it.
    let cpuNanos: Int
}

#if os(Linux)
    extension ThreadReading {
        // Of the fields after the name, which are the third and those that follow; see proc(5).
        private static let userTicks = 14 - 3
        private static let systemTicks = 15 - 3
        private static let startTicks = 22 - 3

        /// All threads, in the order in which they were started.
        ///
        /// - Parameter folder: where Linux has a folder for each thread.
        static func all(in folder: String = "/proc/self/task") -> [ThreadReading] {
            let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return numbers.compactMap(Int.init).sorted().compactMap { number in
                content("\(folder)/\(number)/stat").flatMap { stat in
                    reading(number: number, stat: stat, schedule: content("\(folder)/\(number)/schedstat"))
                }
            }
        }

        /// Nil where the thread has ended meanwhile: then its files are gone.
        private static func content(_ path: String) -> String? {
            (try? Data(contentsOf: URL(fileURLWithPath: path))).map { String(decoding: $0, as: UTF8.self) }
        }

        /// Such as `73 (worker 1) S 1 73 ...`: the name may hold spaces and parentheses, what follows holds none.
        private static func reading(number: Int, stat: String, schedule: String?) -> ThreadReading? {
            guard let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")"), open < close else {
                return nil
            }
            let fields = stat[stat.index(after: close)...].split(separator: " ")
            guard fields.count > startTicks, let user = Int(fields[userTicks]), let system = Int(fields[systemTicks])
            else {
                return nil
            }
            let name = stat[stat.index(after: open)..<close].trimmingCharacters(in: .whitespaces)
            // Ticks are hundredths of a second: threads that do little would have none. Few kernels know no better.
            let ticks = (user + system) * (1_000_000_000 / sysconf(Int32(_SC_CLK_TCK)))
            let nanos = schedule?.split(separator: " ").first.flatMap { Int($0) }
            return ThreadReading(identity: "\(number) \(fields[startTicks])", name: name, cpuNanos: nanos ?? ticks)
        }
    }
#else
    extension ThreadReading {
        /// All threads, by Apple's `task_threads` and `thread_info` (documented under Kernel, Mach).
        static func all() -> [ThreadReading] {
            // Not `mach_task_self_`: in SDKs before iOS 18.4, Swift 6 takes it for a variable that anyone may change.
            let task = task_self_trap()
            defer { mach_port_deallocate(task, task) }
            var list: thread_act_array_t?
            var count: mach_msg_type_number_t = 0
            guard task_threads(task, &list, &count) == KERN_SUCCESS, let list else {
                return []
            }
            defer {
                // The list is the caller's, and so is a right to each thread's port.
                for i in 0..<Int(count) {
                    mach_port_deallocate(task, list[i])
                }
                let bytes = vm_size_t(count) * vm_size_t(MemoryLayout<thread_act_t>.stride)
                vm_deallocate(task, vm_address_t(UInt(bitPattern: list)), bytes)
            }
            return (0..<Int(count)).compactMap { reading(of: list[$0]) }
        }

        /// Nil where it has ended meanwhile.
        private static func reading(of thread: thread_act_t) -> ThreadReading? {
            // `thread_extended_info` has times as well, which some systems cut to 32 bits: four seconds.
            guard let identifier = told(thread, THREAD_IDENTIFIER_INFO, thread_identifier_info()),
                let times = told(thread, THREAD_BASIC_INFO, thread_basic_info()),
                let names = told(thread, THREAD_EXTENDED_INFO, thread_extended_info())
            else {
                return nil
            }
            let name = withUnsafeBytes(of: names.pth_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            return ThreadReading(
                identity: "\(identifier.thread_id)", name: name,
                cpuNanos: nanos(times.user_time) + nanos(times.system_time))
        }

        private static func nanos(_ time: time_value_t) -> Int {
            Int(time.seconds) * 1_000_000_000 + Int(time.microseconds) * 1_000
        }

        /// What `thread_info` tells, in the form that belongs to the flavor.
        private static func told<Info>(_ thread: thread_act_t, _ flavor: Int32, _ empty: Info) -> Info? {
            var info = empty
            var count = mach_msg_type_number_t(MemoryLayout<Info>.size / MemoryLayout<natural_t>.size)
            let result = withUnsafeMutablePointer(to: &info) { pointer in
                pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) { numbers in
                    thread_info(thread, thread_flavor_t(flavor), numbers, &count)
                }
            }
            return result == KERN_SUCCESS ? info : nil
        }
    }
#endif
