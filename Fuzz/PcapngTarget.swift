import Glibc
import TestSupport

// Any bytes behind the first four of a pcapng are read as the readers promise (CapturePromises).

/// libFuzzer's loop (compiler-rt, FuzzerInterface.h); its own `main` would clash with the package's.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

@main
enum PcapngTarget {
    static func main() {
        if CommandLine.argc == 3, CommandLine.arguments[1] == "--seeds" {
            writeSeeds(into: CommandLine.arguments[2])
            return
        }
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        _ = runDriver(&count, &arguments) { fuzzPcapng($0, $1) }
    }
}

private func fuzzPcapng(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let capture = [0x0A, 0x0D, 0x0D, 0x0A] + UnsafeBufferPointer(start: start, count: count)
    if let broken = CapturePromises.broken(capture, seed: UInt64(count)) {
        preconditionFailure("broken promise: \(broken)")
    }
    return 0
}

/// Writes the small pcapng captures among the fixtures as inputs.
private func writeSeeds(into folder: String) {
    for name in Fixtures.captureNames {
        let capture = Fixtures.bytes("captures/\(name)")
        guard capture.count < 4_096, capture.first == 0x0A else { continue }
        let input = Array(capture.dropFirst(4))
        guard let file = fopen("\(folder)/\(name)", "w") else { continue }
        fwrite(input, 1, input.count, file)
        fclose(file)
    }
}
