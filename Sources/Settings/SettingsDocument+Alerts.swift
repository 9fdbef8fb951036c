/// An alert: which lines of which log, and who is told.
public struct AlertSettings: Sendable {
    public let name: Located<String>
    public internal(set) var log = Setting(LogName.security)
    /// An expression that the line's record meets; nil is any.
    public internal(set) var match = Setting(String?.none)
    /// A regular expression that the line meets; nil is any.
    public internal(set) var grep = Setting(String?.none)
    /// A program and its arguments; empty where a webhook is told.
    public internal(set) var command = Setting([String]())
    public internal(set) var url = Setting(String?.none)
    /// Files; their paths as written (`SettingsDocument.resolved`).
    public internal(set) var urlFile = Setting(String?.none)
    public internal(set) var headersFile = Setting(String?.none)
    public internal(set) var authorities = Setting(String?.none)
    /// Messages a minute, and how many may come at once.
    public internal(set) var rate = Setting(10)
    public internal(set) var burst = Setting(5)
    /// How long a program or an attempt may take.
    public internal(set) var timeout = Setting(TimeSpan.seconds(10))

    /// Most alerts: each has a thread.
    /// - Limit: alerts |  | an error with line and column
    public static let most = 32
    /// Most words of a command.
    public static let mostWords = 100
}

extension AlertSettings: NamedSection {
    static var nameWants: String {
        "1 to \(SettingsLimits.name) bytes without control characters and double quotes"
    }

    static func isName(_ name: String) -> Bool { name.isSettingsName }

    init(name: Located<String>) { self.name = name }

    static var rows: [SettingRow<Self>] {
        [
            SettingRow("log", \.log, .choice, "The log that is followed."),
            SettingRow(
                "match", \.match, .either("none", or: .text("an expression")),
                "Only lines whose record meets this expression."),
            SettingRow(
                "grep", \.grep, .either("none", or: .text("a regular expression")),
                "Only lines that meet this regular expression (PCRE2)."),
            SettingRow(
                "command", \.command, .command,
                "A program and its arguments, run without a shell; the message is on its standard input and in its environment."
            ),
            SettingRow(
                "url", \.url, .either("none", or: .webURL),
                "Where the message is posted as JSON, in place of a command."),
            SettingRow(
                "url_file", \.urlFile, .either("none", or: .text("the path of a file")),
                "A file with the URL as its first line, where who knows it may post."),
            SettingRow(
                "headers_file", \.headersFile, .either("none", or: .text("the path of a file")),
                "A file of header fields for the request, Name: value a line; never shown."),
            SettingRow(
                "ca", \.authorities, .either("none", or: .text("the path of a file")),
                "Certificates (PEM) that vouch for the receiver; none is those of the system."),
            SettingRow(
                "rate", \.rate, .integer(1...6000), "Messages a minute; further lines are counted and told together."),
            SettingRow("burst", \.burst, .integer(1...1000), "Messages that may come at once before the rate counts."),
            SettingRow(
                "timeout", \.timeout, .time(.seconds(1) ... .seconds(600), like: "10 s"),
                "How long a program or an attempt may take before it is ended."),
        ]
    }

    func check(_ faults: inout FaultList) {
        if let missing { faults.add(at: name.place, missing) }
    }

    private var missing: String? {
        let ways = [!command.value.isEmpty, url.value != nil, urlFile.value != nil].count { $0 }
        if ways == 0 { return "an alert that tells nobody; write command: [/path/of/a/program] or url: https://..." }
        if ways > 1 { return "an alert with several of command, url and url_file; keep one of them" }
        if !command.value.isEmpty, headersFile.value != nil || authorities.value != nil {
            return "an alert with a command has no headers_file and no ca; they are for url and url_file"
        }
        return nil
    }
}

extension SettingFormat where Value == [String] {
    /// A program by its whole path, and its arguments.
    fileprivate static var command: Self {
        let wants =
            "a list: the absolute path of a program, then its arguments, each a text without control characters"
        return SettingFormat(
            wants: wants, schema: #"{ "type": "array", "items": { "type": ["string", "number", "boolean"] } }"#,
            read: { node, faults in
                let nodes = if case .sequence(let nodes) = node.content { nodes } else { [node] }
                var words: [String] = []
                for node in nodes {
                    guard case .scalar(let text, _) = node.content, words.count < AlertSettings.mostWords,
                        text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), !words.isEmpty || text.hasPrefix("/")
                    else {
                        faults.append(FormatFault(node: node, wants: wants))
                        return nil
                    }
                    words.append(text)
                }
                return words
            }, show: { "[\($0.map { yamlScalar($0) }.joined(separator: ", "))]" })
    }
}

extension SettingFormat where Value == String {
    /// A URL of HTTP that has no password in it.
    fileprivate static var webURL: Self {
        SettingFormat(
            "a URL that begins with https:// or http://, without a user or password in it (they belong into headers_file)",
            schema: #"{ "type": "string", "pattern": "^https?://[^@\\s]+$" }"#,
            parse: { text in
                guard let colon = text.firstRange(of: "://") else { return nil }
                let rest = text[colon.upperBound...]
                let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
                let isPlain = text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
                guard isPlain, !host.isEmpty, !host.contains("@") else { return nil }
                return ["http", "https"].contains(text[..<colon.lowerBound].lowercased()) ? text : nil
            }, show: { yamlScalar($0) })
    }
}
