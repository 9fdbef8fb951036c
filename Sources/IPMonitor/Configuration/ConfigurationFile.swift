import IPLog
import SystemCalls

/// ipmon.conf on the disk.
struct ConfigurationFile {
    var rules: [ConfigurationRule]
    var notes: [String]

    /// Bytes that the file may have.
    /// - Limit: an ipmon.conf | bytes | an error
    static let longest = 4 << 20

    /// Reads and checks the file.
    static func load(_ path: String, tables: IPLogTables) throws(ConfigurationError) -> ConfigurationFile {
        let text: [UInt8]
        do {
            text = try Paths.contents(path, limit: longest)
        } catch {
            throw ConfigurationError(line: 0, found: path, "\(error.errno)")
        }
        do {
            let (rules, notes) = try ConfigurationParser.rules(text, tables: tables)
            return ConfigurationFile(rules: rules, notes: notes)
        } catch {
            var error = error
            error.path = path
            throw error
        }
    }
}
