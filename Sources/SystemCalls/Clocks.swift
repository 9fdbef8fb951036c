import CLinux
public import Primitives

/// The clocks of the machine. Only effects and programs read them; pure rooms are told the time.
public enum Clocks {
    /// The time of day (CLOCK_REALTIME); may jump.
    public static var wall: Timestamp { read(CLOCK_REALTIME) }

    /// Nanoseconds since some moment before this program's start (CLOCK_MONOTONIC); never goes back.
    public static var monotonic: Int64 { read(CLOCK_MONOTONIC).nanoseconds }

    /// Nanoseconds that all threads of this process have spent on a processor (CLOCK_PROCESS_CPUTIME_ID).
    public static var processorTime: Int64 { read(CLOCK_PROCESS_CPUTIME_ID).nanoseconds }

    /// Waits that long, or until a signal comes.
    public static func sleep(nanoseconds: Int64) {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        _ = unsafe nanosleep(&time, nil)
    }

    /// Nanoseconds that the calling thread has spent on a processor (CLOCK_THREAD_CPUTIME_ID).
    public static var threadTime: Int64 { read(CLOCK_THREAD_CPUTIME_ID).nanoseconds }

    private static func read(_ clock: clockid_t) -> Timestamp {
        var time = timespec()
        let result = unsafe clock_gettime(clock, &time)
        precondition(result == 0, "these clocks are on every Linux")
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}
