public import SystemCalls

/// Where a command's words go: two descriptors, and whether a person looks at them.
public final class Console: Sendable {
    /// The console of the running command; tests put their own in its place.
    @TaskLocal static var current = Console()

    private let output: FileDescriptor
    private let errors: FileDescriptor
    let outputIsTerminal: Bool
    let errorsAreTerminal: Bool
    /// NO_COLOR is set to something (https://no-color.org).
    private let refusesColor: Bool

    /// A console on two open descriptors: standard output and standard error by default.
    public init(
        output: consuming FileDescriptor = .standardOutput, errors: consuming FileDescriptor = .standardError
    ) {
        outputIsTerminal = output.isTerminal
        errorsAreTerminal = errors.isTerminal
        self.output = output
        self.errors = errors
        refusesColor = !(Environment.value(of: "NO_COLOR") ?? "").isEmpty
    }

    /// Writes to standard output. A closed pipe ends the command with success: whoever read has had enough.
    func write(_ bytes: RawSpan) throws {
        do {
            try output.write(bytes)
        } catch  where error.errno == .brokenPipe {
            throw ToolStatus(code: GatelogTool.ExitStatus.done)
        } catch {
            throw ToolFailure("\(error); what was not written is lost, the capture is untouched")
        }
    }

    /// Writes text to standard output.
    func say(_ text: String) throws {
        let bytes = Array(text.utf8)
        try write(bytes.span.bytes)
    }

    /// Says on standard error what went wrong. Where standard error itself fails nobody is left to tell.
    func complain(_ text: String) {
        tell(paint("error: ", .red) + text + "\n")
    }

    /// Says on standard error what should be known, though the work goes on.
    func warn(_ text: String) {
        tell(paint("warning: ", .yellow) + text + "\n")
    }

    /// Writes text to standard error as it stands.
    func tell(_ text: String) {
        let bytes = Array(text.utf8)
        try? errors.write(bytes.span.bytes)
    }

    /// Replaces the last line of the terminal by `text`; "" takes it away.
    func transient(_ text: String) {
        tell("\r\u{1B}[K" + text)
    }

    enum Color: String {
        case red = "31"
        case yellow = "33"
    }

    /// `text` in a colour where standard error shows colours.
    func paint(_ text: String, _ color: Color) -> String {
        paints(errorsAreTerminal) ? Self.painted(text, color) : text
    }

    /// `text` in a colour where standard output shows colours.
    func paintOutput(_ text: String, _ color: Color) -> String {
        paints(outputIsTerminal) ? Self.painted(text, color) : text
    }

    private static func painted(_ text: String, _ color: Color) -> String {
        "\u{1B}[1;\(color.rawValue)m\(text)\u{1B}[0m"
    }

    private func paints(_ isTerminal: Bool) -> Bool {
        switch Self.colorChoice {
        case .always: true
        case .never: false
        case .auto: isTerminal && !refusesColor
        }
    }

    /// What --color says for the running command.
    @TaskLocal static var colorChoice = ColorChoice.auto
}
