import CMaxMind
public import Primitives

/// The country or the AS number of an address, from a file in MaxMind's format (GeoLite2, GeoIP2, DB-IP ...).
///
/// The file is mapped, not read: opening it costs no more than its metadata. It must not be shortened in place while
/// it is open; updates that put a new file under the name are harmless.
@safe
public final class GeoDatabase {
    /// What a database can answer.
    public struct Contents: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let country = Contents(rawValue: 1)
        public static let asn = Contents(rawValue: 2)
    }

    public let path: String
    /// The type that the file says: "GeoLite2-Country".
    public let kind: String
    /// By the type; a type that tells nothing may hold anything.
    public let contents: Contents
    /// 4 for a database of IPv4 alone, else 6.
    public let addressFamily: Int
    /// Lookups that met damage in the file; their answer was 0.
    public private(set) var damagedLookups = 0

    private let handle: UnsafeMutablePointer<MMDB_s>
    private let cache = AnswerCache()

    /// Opens the database at `path`; throws where it is none, damaged or lacks `wanted`.
    public init(path: String, for wanted: Contents = []) throws(GeoDatabaseError) {
        let handle = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
        unsafe handle.initialize(to: MMDB_s())
        var words: UnsafePointer<CChar>?
        let status = unsafe cmaxmind_open(path, handle, &words)
        guard status == MMDB_SUCCESS else {
            let reason = GeoDatabase.reason(status, unsafe words.map { unsafe String(cString: $0) } ?? "")
            unsafe handle.deallocate()
            throw GeoDatabaseError(path: path, reason: reason)
        }
        unsafe self.handle = handle
        self.path = path
        kind = unsafe handle.pointee.metadata.database_type.map { unsafe String(cString: $0) } ?? ""
        contents = Contents(ofType: kind)
        addressFamily = unsafe Int(handle.pointee.metadata.ip_version)
        guard contents.isSuperset(of: wanted) else {
            throw GeoDatabaseError(path: path, reason: .otherContents(kind, wanted: wanted))
        }
    }

    deinit {
        unsafe MMDB_close(handle)
        unsafe handle.deallocate()
    }

    /// The two letters of ISO 3166, the first in the high byte: where the address is used, else where it is
    /// registered. 0 where the database does not know.
    public func country(of address: IPAddress) -> UInt16 {
        if let known = cache[address].country { return known }
        let country = lookUpCountry(address)
        cache[address].country = country
        return country
    }

    /// The number of the autonomous system that announces the address; 0 where the database does not know.
    public func asn(of address: IPAddress) -> UInt32 {
        if let known = cache[address].asn { return known }
        let asn = lookUpASN(address)
        cache[address].asn = asn
        return asn
    }

    private func lookUpCountry(_ address: IPAddress) -> UInt16 {
        guard var entry = unsafe entry(of: address) else { return 0 }
        let code = unsafe countryCode(&entry, "country")
        return code != 0 ? code : unsafe countryCode(&entry, "registered_country")
    }

    private func lookUpASN(_ address: IPAddress) -> UInt32 {
        guard var entry = unsafe entry(of: address), let data = unsafe value(&entry, "autonomous_system_number")
        else { return 0 }
        switch unsafe Int32(data.type) {
        case MMDB_DATA_TYPE_UINT32: return unsafe data.uint32
        case MMDB_DATA_TYPE_UINT16: return unsafe UInt32(data.uint16)
        default: return 0
        }
    }

    private func entry(of address: IPAddress) -> MMDB_entry_s? {
        var status: Int32 = 0
        let result =
            switch address {
            case .v4(let address): unsafe cmaxmind_lookup_v4(handle, address.number, &status)
            case .v6(let address): unsafe cmaxmind_lookup_v6(handle, address.high, address.low, &status)
            }
        guard status == MMDB_SUCCESS else {
            // An IPv6 address in a database of IPv4 is merely unknown.
            if status != MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR { damagedLookups += 1 }
            return nil
        }
        return unsafe result.found_entry ? result.entry : nil
    }

    private func countryCode(_ entry: inout MMDB_entry_s, _ place: StaticString) -> UInt16 {
        guard let data = unsafe value(&entry, place, "iso_code"), unsafe Int32(data.type) == MMDB_DATA_TYPE_UTF8_STRING,
            unsafe data.data_size == 2, let text = unsafe data.utf8_string
        else { return 0 }
        return unsafe UInt16(UInt8(bitPattern: text[0])) << 8 | UInt16(UInt8(bitPattern: text[1]))
    }

    private func value(
        _ entry: inout MMDB_entry_s, _ first: StaticString, _ second: StaticString? = nil
    ) -> MMDB_entry_data_s? {
        var data = unsafe MMDB_entry_data_s()
        let status = unsafe cmaxmind_value(&entry, &data, first.characters, second?.characters)
        guard status == MMDB_SUCCESS, unsafe data.has_data else {
            if status != MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR, status != MMDB_SUCCESS { damagedLookups += 1 }
            return nil
        }
        return unsafe data
    }

    private static func reason(_ status: Int32, _ words: String) -> GeoDatabaseError.Reason {
        switch status {
        case MMDB_FILE_OPEN_ERROR, MMDB_IO_ERROR, MMDB_OUT_OF_MEMORY_ERROR: .unreadable(words)
        case MMDB_INVALID_METADATA_ERROR, MMDB_UNKNOWN_DATABASE_FORMAT_ERROR: .notADatabase
        default: .damaged(words)
        }
    }
}

extension GeoDatabase.Contents {
    init(ofType type: String) {
        let type = type.lowercased()
        self.init()
        if type.contains("country") || type.contains("city") || type.contains("enterprise") { insert(.country) }
        if type.contains("asn") || type.contains("isp") || type.contains("enterprise") { insert(.asn) }
        if isEmpty { self = [.country, .asn] }
    }
}

extension StaticString {
    /// As C takes it: static strings end in a zero byte.
    fileprivate var characters: UnsafePointer<CChar> {
        unsafe UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
