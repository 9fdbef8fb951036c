import GeoDatabases
import Primitives

/// Country and AS number of addresses, from up to one database each.
struct Geography {
    private var countries: GeoDatabase?
    private var networks: GeoDatabase?

    /// Nothing is known.
    var isEmpty: Bool { countries == nil && networks == nil }
    var knowsCountries: Bool { countries != nil }
    var knowsNetworks: Bool { networks != nil }

    /// Opens a database and uses it for what it has, or for what is `wanted`, which it then must have.
    mutating func open(_ path: String, for wanted: GeoDatabase.Contents = []) throws(GeoDatabaseError) {
        let database = try GeoDatabase(path: path, for: wanted)
        let use = wanted.isEmpty ? database.contents : wanted
        if use.contains(.country) { countries = database }
        if use.contains(.asn) { networks = database }
    }

    /// Two letters, the first in the high byte; 0 is unknown.
    func country(of address: IPAddress) -> UInt16 { countries?.country(of: address) ?? 0 }

    /// 0 is unknown.
    func asn(of address: IPAddress) -> UInt32 { networks?.asn(of: address) ?? 0 }
}
