import CaptureFiles

/// Builds captures byte by byte, in either byte order: what the parsers' tests read.
struct CaptureBytes {
    var bytes: [UInt8] = []
    var order: ByteOrder

    init(_ order: ByteOrder = .little) { self.order = order }

    mutating func add<Number: FixedWidthInteger>(_ number: Number) {
        let number = order == .little ? number.littleEndian : number.bigEndian
        withUnsafeBytes(of: number) { bytes += $0 }
    }

    // MARK: pcap

    mutating func pcapHeader(
        magic: UInt32 = 0xa1b2_c3d4, version: (UInt16, UInt16) = (2, 4), snapLength: UInt32 = 65_535,
        linkType: UInt32 = 1
    ) {
        add(magic)
        add(version.0)
        add(version.1)
        add(UInt64(0))
        add(snapLength)
        add(linkType)
    }

    mutating func record(
        _ seconds: UInt32, _ fraction: UInt32, _ payload: [UInt8], original: UInt32? = nil, modified: [UInt8]? = nil
    ) {
        add(seconds)
        add(fraction)
        add(UInt32(payload.count))
        add(original ?? UInt32(payload.count))
        bytes += modified ?? []
        bytes += payload
    }

    // MARK: pcapng

    mutating func block(_ kind: UInt32, length: UInt32? = nil, second: UInt32? = nil, _ body: [UInt8]) {
        let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
        let total = UInt32(12 + padded.count)
        add(kind)
        add(length ?? total)
        bytes += padded
        add(second ?? length ?? total)
    }

    func body(_ fill: (inout CaptureBytes) -> Void) -> [UInt8] {
        var inner = CaptureBytes(order)
        fill(&inner)
        return inner.bytes
    }

    mutating func option(_ code: UInt16, _ value: [UInt8]) {
        add(code)
        add(UInt16(value.count))
        bytes += value + [UInt8](repeating: 0, count: -value.count & 3)
    }

    mutating func option(_ code: UInt16, text: String) { option(code, Array(text.utf8)) }

    mutating func section(_ options: (inout CaptureBytes) -> Void = { _ in }) {
        let content = body { inner in
            inner.add(UInt32(0x1a2b_3c4d))
            inner.add(UInt16(1))
            inner.add(UInt16(0))
            inner.add(Int64(-1))
            options(&inner)
        }
        block(0x0a0d_0d0a, content)
    }

    mutating func interface(
        linkType: UInt16 = 1, snapLength: UInt32 = 0, _ options: (inout CaptureBytes) -> Void = { _ in }
    ) {
        let content = body { inner in
            inner.add(linkType)
            inner.add(UInt16(0))
            inner.add(snapLength)
            options(&inner)
        }
        block(1, content)
    }

    mutating func packet(
        _ ticks: UInt64, _ payload: [UInt8], interface: UInt32 = 0, original: UInt32? = nil, captured: UInt32? = nil,
        _ options: (inout CaptureBytes) -> Void = { _ in }
    ) {
        let content = body { inner in
            inner.add(interface)
            inner.add(UInt32(truncatingIfNeeded: ticks >> 32))
            inner.add(UInt32(truncatingIfNeeded: ticks))
            inner.add(captured ?? UInt32(payload.count))
            inner.add(original ?? UInt32(payload.count))
            inner.bytes += payload + [UInt8](repeating: 0, count: -payload.count & 3)
            options(&inner)
        }
        block(6, content)
    }
}
