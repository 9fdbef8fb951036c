/// What an administrator wrote, as typed values that know their places. What a value means (whether a device
/// exists, whether a template parses) is for those who use it to say, at its place.
public struct SettingsDocument: Sendable {
    /// The file's name as the caller gave it, for messages and for the paths in it.
    public let file: String
    /// Address groups, in the order of the file.
    public internal(set) var groups: [AddressGroup] = []
    public internal(set) var users: [UserSettings] = []
    public internal(set) var interfaces: [InterfaceSettings] = []
    public internal(set) var services: [ServiceSettings] = []
    public internal(set) var databases = DatabaseSettings()
    public internal(set) var log = LogSettings()

    /// No settings at all.
    public init(file: String) { self.file = file }

    /// Reads settings; throws everything that is wrong with them at once. `file` is their name in messages.
    public init(parsing text: String, file: String) throws(SettingsErrors) {
        try self.init(parsing: Array(text.utf8), file: file)
    }

    /// Reads settings as they stand in a file, UTF-8 or not.
    public init(parsing bytes: [UInt8], file: String) throws(SettingsErrors) {
        var faults = FaultList(file: file)
        if bytes.count > SettingsLimits.bytes {
            faults.add(
                at: SettingsPlace(line: 1, column: 1),
                "\(bytes.count) bytes; settings have at most \(SettingsLimits.bytes): put lists of addresses into files"
            )
        }
        faults.refuseTagDirectives(in: bytes.span)
        try faults.check()
        var root: YAMLNode?
        do throws(YAMLFault) {
            root = try compose(bytes, &faults)
        } catch {
            faults.add(error)
            try faults.check()
        }
        var reader = SettingsReader(faults: faults, document: SettingsDocument(file: file))
        if let root { reader.readRoot(root) }
        reader.checkNesting()
        try reader.faults.check()
        self = reader.document
    }

    /// `path` as it stands in the settings, from where the settings file stands.
    public func resolved(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(file[...slash]) + path
    }
}

private func compose(_ bytes: [UInt8], _ faults: inout FaultList) throws(YAMLFault) -> YAMLNode? {
    try unsafe bytes.withUnsafeBufferPointer { text throws(YAMLFault) in
        var composer = unsafe YAMLComposer(YAMLEvents(text))
        return try composer.document(&faults)
    }
}
