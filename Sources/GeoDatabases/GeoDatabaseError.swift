/// Why a MaxMind database cannot be used.
public struct GeoDatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// The file is not there or may not be read; the system's words.
        case unreadable(String)
        /// A file of another kind.
        case notADatabase
        /// It begins like one and is cut or damaged; libmaxminddb's words.
        case damaged(String)
        /// A database of something else: its type.
        case otherContents(String, wanted: GeoDatabase.Contents)
    }

    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// What the file is, what was expected, what to do.
    public var description: String {
        switch reason {
        case .unreadable(let words): "\(path): \(words); name a MaxMind database (.mmdb) that may be read"
        case .notADatabase: "\(path): is no MaxMind database; name a file like GeoLite2-Country.mmdb, unpacked"
        case .damaged(let words): "\(path): the database is damaged (\(words)); fetch it again"
        case .otherContents(let kind, .asn):
            "\(path): holds no AS numbers (it is \(kind)); name a database like GeoLite2-ASN.mmdb"
        case .otherContents(let kind, _):
            "\(path): holds no countries (it is \(kind)); name a database like GeoLite2-Country.mmdb"
        }
    }
}
