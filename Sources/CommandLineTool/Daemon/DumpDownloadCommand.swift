import ArgumentParser
import CaptureStreams
import ControlClient

struct DumpDownloadCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Fetch a dump as a pcapng file.",
        discussion: """
            The file gets its name when it is whole. A ring is fetched as one file, the oldest packets first.

            Examples:
              gatelog dump download office
              gatelog dump download office -o /tmp/office.pcapng
              gatelog dump download office -o - | tshark -r -
            """
    )

    @Argument(help: "Which dump.")
    var name: String

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("Where to; - is standard output. Default: NAME.pcapng.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("The Nth file of a ring alone, 1 is the oldest.", valueName: "n"))
    var file: Int?

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let path = output ?? (file.map { "\(name)-\($0).pcapng" } ?? "\(name).pcapng")
        if path == "-", console.outputIsTerminal {
            throw ToolFailure("packets are nothing for a terminal: say -o FILE, or pipe it: -o - | tshark -r -")
        }
        let target = Target(path, console)
        try await client.downloadDump(name, file: file) { bytes, length in
            try target.take(bytes, length)
        }
        try target.finish()
        if path != "-" { console.tell("\(path.escaped): \(HumanNumbers.bytes(target.count))\n") }
    }

    /// The file, which is opened when the first bytes are there: a dump that does not exist leaves none.
    private final class Target {
        private let path: String
        private let console: Console
        private var file: OutputFile?
        private var progress: Progress?
        private(set) var count = 0

        init(_ path: String, _ console: Console) {
            self.path = path
            self.console = console
        }

        func take(_ bytes: RawSpan, _ length: Int?) throws {
            if count == 0 { progress = Progress(console, total: length) }
            count += bytes.byteCount
            if path == "-" { return try console.write(bytes) }
            do {
                if file == nil { file = try OutputFile(path) }
                try file?.write(bytes)
            } catch {
                progress?.clear()
                throw ToolFailure("the dump cannot be written: \(error)")
            }
            progress?.show(bytes: count)
        }

        func finish() throws {
            progress?.clear()
            guard path != "-" else { return }
            do {
                if file == nil { file = try OutputFile(path) }
                try file?.finish()
            } catch {
                throw ToolFailure("the dump cannot be written: \(error)")
            }
        }
    }
}
