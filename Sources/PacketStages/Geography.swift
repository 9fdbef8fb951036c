public import GeoDatabases
public import Primitives

/// Country and AS number of addresses, from up to one database each.
public struct Geography {
    private var countries: GeoDatabase?
    private var networks: GeoDatabase?

    /// No database.
    public init() {}

    /// Nothing is known.
    public var isEmpty: Bool { countries == nil && networks == nil }
    public var knowsCountries: Bool { countries != nil }
    public var knowsNetworks: Bool { networks != nil }

    /// Opens a database and uses it for what it has, or for what is `wanted`, which it then must have.
    public mutating func open(_ path: String, for wanted: GeoDatabase.Contents = []) throws(GeoDatabaseError) {
        let database = try GeoDatabase(path: path, for: wanted)
        let use = wanted.isEmpty ? database.contents : wanted
        if use.contains(.country) { countries = database }
        if use.contains(.asn) { networks = database }
    }

    /// Two letters, the first in the high byte; 0 is unknown.
    public func country(of address: IPAddress) -> UInt16 { countries?.country(of: address) ?? 0 }

    /// 0 is unknown.
    public func asn(of address: IPAddress) -> UInt32 { networks?.asn(of: address) ?? 0 }
}
