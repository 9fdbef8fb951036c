/// The obviously correct reader that the parser is compared with: whole files without damage only.
enum SimpleReader {
    struct Packet: Equatable {
        var original: Int
        var linkType: UInt16
        var time: Int64
        var bytes: [UInt8]
    }

    static func packets(_ file: [UInt8]) -> [Packet] {
        number(file, 0, 4, isBig: true) == 0x0a0d_0d0a ? pcapng(file) : pcap(file)
    }

    private static func number(_ file: [UInt8], _ place: Int, _ count: Int, isBig: Bool) -> Int {
        let bytes = file[place..<place + count]
        return (isBig ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }

    private static func pcap(_ file: [UInt8]) -> [Packet] {
        let isBig = file[0] == 0xA1
        func field(_ place: Int) -> Int { number(file, place, 4, isBig: isBig) }
        var packets: [Packet] = []
        var place = 24
        while place < file.count {
            let captured = field(place + 8)
            let time = Int64(field(place)) * 1_000_000_000 + Int64(field(place + 4)) * 1_000
            packets.append(
                Packet(
                    original: field(place + 12), linkType: UInt16(field(20) & 0xFFFF), time: time,
                    bytes: Array(file[place + 16..<place + 16 + captured])))
            place += 16 + captured
        }
        return packets
    }

    private static func pcapng(_ file: [UInt8]) -> [Packet] {
        var packets: [Packet] = []
        var links: [(type: UInt16, tick: Int64)] = []
        var isBig = false
        var place = 0
        while place < file.count {
            if number(file, place, 4, isBig: true) == 0x0a0d_0d0a {
                isBig = file[place + 8] == 0x1A
                links = []
            }
            let length = number(file, place + 4, 4, isBig: isBig)
            switch number(file, place, 4, isBig: isBig) {
            case 1:
                var tick: Int64 = 1_000
                var option = place + 16
                while option < place + length - 4 {
                    let (code, size) = (
                        number(file, option, 2, isBig: isBig), number(file, option + 2, 2, isBig: isBig)
                    )
                    if code == 9, file[option + 4] == 9 { tick = 1 }
                    option += 4 + (size + 3) / 4 * 4
                }
                links.append((UInt16(number(file, place + 8, 2, isBig: isBig)), tick))
            case 6:
                let link = links[number(file, place + 8, 4, isBig: isBig)]
                let ticks =
                    number(file, place + 12, 4, isBig: isBig) << 32 | number(file, place + 16, 4, isBig: isBig)
                let captured = number(file, place + 20, 4, isBig: isBig)
                packets.append(
                    Packet(
                        original: number(file, place + 24, 4, isBig: isBig), linkType: link.type,
                        time: Int64(ticks) * link.tick, bytes: Array(file[place + 28..<place + 28 + captured])))
            default: break
            }
            place += length
        }
        return packets
    }
}
