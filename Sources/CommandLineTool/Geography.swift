import Primitives

struct Geography {
    var isEmpty: Bool { true }
    func country(of: IPAddress) -> UInt16 { 0 }
    func asn(of: IPAddress) -> UInt32 { 0 }
}
