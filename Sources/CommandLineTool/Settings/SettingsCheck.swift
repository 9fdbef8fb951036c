import Directories
import Expressions
import GeoDatabases
import PacketStages
import Primitives
import Records
import Settings
import SystemCalls

/// What is wrong with a settings file and with what it names.
struct SettingsCheck {
    /// One thing that is wrong, or worth a second look; the fields of the JSON object.
    struct Finding: Encodable {
        var severity: Severity
        var file: String
        var line: Int
        var column: Int
        var message: String

        enum Severity: String, Encodable {
            case error, warning
        }

        /// As compilers say it.
        var text: String { "\(file.escaped):\(line):\(column): \(severity == .warning ? "warning: " : "")\(message)" }
    }

    private(set) var findings: [Finding] = []
    /// Errors that were counted only.
    private(set) var omitted = 0
    private let document: SettingsDocument
    private var ranges = 0

    var errors: [Finding] { findings.filter { $0.severity == .error } }
    var warnings: [Finding] { findings.filter { $0.severity == .warning } }

    /// Looks at the file at `path`. Throws where it cannot be read at all.
    init(path: String) throws {
        let bytes: [UInt8]
        do {
            bytes = try Paths.contents(path, limit: SettingsLimits.bytes + 1)
        } catch {
            throw ToolFailure("the settings cannot be read: \(error)")
        }
        do throws(SettingsErrors) {
            let layers = SettingsLayers(file: SettingsText(name: path, bytes: bytes))
            let (document, errors) = try layers.partialDocument()
            self.document = document
            if let errors { add(errors) }
        } catch {
            document = SettingsDocument(file: path)
            add(error)
            return
        }
        let lists = readLists()
        checkTemplate()
        checkDatabases()
        // Names that could not be read would be told a second time.
        if errors.isEmpty { checkExpression(Directory(document, lists: lists, live: [])) }
        findings.sort { ($0.file == path ? 0 : 1, $0.line, $0.column) < ($1.file == path ? 0 : 1, $1.line, $1.column) }
    }

    /// One line about a file that is in order.
    var summary: String {
        func count(_ number: Int, _ one: String, _ many: String) -> String {
            "\(HumanNumbers.grouped(number)) \(number == 1 ? one : many)"
        }
        let parts = [
            count(document.interfaces.count, "interface", "interfaces"),
            count(document.groups.count, "address group", "address groups")
                + " (\(count(ranges, "entry", "entries")))",
            count(document.users.count, "user", "users"), count(document.services.count, "service", "services"),
        ]
        return "\(document.file.escaped): in order; \(parts.joined(separator: ", "))"
    }

    private mutating func add(_ error: SettingsError) {
        findings.append(
            Finding(
                severity: .error, file: error.file, line: error.place.line, column: error.place.column,
                message: error.message))
    }

    private mutating func add(_ errors: SettingsErrors) {
        for error in errors.errors { add(error) }
        omitted += errors.omitted
    }

    private mutating func readLists() -> [String: [AddressRange]] {
        var files: [String: [AddressRange]] = [:]
        for file in document.addressFiles {
            let place = document.resolved(file.value)
            do {
                let (ranges, errors) = AddressFile.entries(
                    try Paths.contents(place, limit: AddressFile.longest), file: place)
                files[file.value] = ranges
                if let errors { add(errors) }
            } catch {
                add(document.error(at: file.place, "the file of addresses cannot be read: \(error)"))
            }
        }
        do throws(SettingsErrors) {
            let lists = try document.addressLists(files: files)
            ranges = lists.values.reduce(0) { $0 + $1.count }
            return lists
        } catch {
            add(error)
            return [:]
        }
    }

    private mutating func checkTemplate() {
        guard let template = document.logs.template.written, let text = template.value else { return }
        do {
            _ = try PacketTemplate(parsing: text)
        } catch {
            add(document.error(at: template.place, "the template cannot be used\n\(error)"))
        }
    }

    private mutating func checkDatabases() {
        var geography = Geography()
        let wanted: [(Located<String>?, GeoDatabase.Contents)] = [
            (document.databases.country, .country), (document.databases.asn, .asn),
        ]
        for case (let path?, let contents) in wanted {
            do {
                try geography.open(document.resolved(path.value), for: contents)
            } catch {
                add(document.error(at: path.place, "\(error)"))
            }
        }
    }

    private mutating func checkExpression(_ directory: Directory) {
        guard let written = document.packetLog.expression.written, let text = written.value else { return }
        do {
            let expression = try Expression(parsing: text, directory: directory)
            for warning in expression.warnings {
                findings.append(
                    Finding(
                        severity: .warning, file: document.file, line: written.place.line,
                        column: written.place.column, message: "\(DiagnosticText.render([warning], of: text))"))
            }
        } catch {
            add(document.error(at: written.place, "the expression cannot be used\n\(error.rendered(text))"))
        }
    }
}
