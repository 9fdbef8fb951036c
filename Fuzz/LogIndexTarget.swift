import FuzzDriver
import LogIndexSupport

// Any bytes, as a block of records and as a directory, are read as the readers promise (IndexPromises).

@main
enum LogIndexTarget {
    static func main() { FuzzDriver.run({ fuzzLogIndex($0, $1) }, seeds: writeSeeds) }
}

private func fuzzLogIndex(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count)
    if let broken = IndexPromises.broken(bytes) { preconditionFailure("broken promise: \(broken)") }
    return 0
}

private func writeSeeds(into folder: String) {
    let sample = IndexSamples.make()
    FuzzDriver.write(sample.block, to: "\(folder)/block")
    FuzzDriver.write(sample.directory, to: "\(folder)/directory")
}
