import CaptureFiles
import CaptureStreams
import Foundation
import TestSupport
import Testing

@Suite("Captures that cannot be read")
struct ReaderErrorTests {
    private func message(_ path: String) -> String {
        do {
            var reader = try CaptureReader(path: path)
            while try reader.next() != nil {}
            return "read"
        } catch {
            return "\(error)"
        }
    }

    @Test("say which, and why")
    func messages() throws {
        try Fixtures.withTemporaryFolder { folder in
            let short = message("/nowhere/trace.pcap")
            #expect(short == "/nowhere/trace.pcap: No such file or directory (open)")
            #expect(message(folder) == "\(folder): this is a folder; name the captures in it, as in \(folder)/*.pcapng")
            try Scratch.write([], to: "\(folder)/a")
            #expect(
                message("\(folder)/a")
                    == "\(folder)/a: the file is empty; even a capture without packets begins with a header")
            try Scratch.write([0x0A, 0x0D, 0x0D], to: "\(folder)/b")
            #expect(
                message("\(folder)/b")
                    == "\(folder)/b: the file ends after 3 bytes, within the header of 24 bytes that a capture begins with"
            )
        }
    }

    @Test("The interfaces before the first packet are known from the beginning")
    func head() throws {
        let reader = try CaptureReader(path: Fixtures.capture("ospf-sr2.pcapng"))
        #expect(reader.interfaces.map(\.name) == ["lspgen"])
        #expect(reader.format == .pcapng)
        #expect(reader.totalBytes == Int64(Fixtures.bytes("captures/ospf-sr2.pcapng").count))
        #expect(reader.bytesRead == reader.totalBytes)
    }
}
