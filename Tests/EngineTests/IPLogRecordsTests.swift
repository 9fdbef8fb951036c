import IPLog
import Primitives
import Records
import Testing

@testable import Engine

@Suite struct IPLogRecordsTests {
    private func connection(_ change: (inout ConnectionRecord) -> Void = { _ in }) -> ConnectionRecord {
        var record = ConnectionRecord(time: Timestamp(seconds: 7, nanoseconds: 0))
        record.present = [.ipv4, .ports, .reply]
        record.protocolNumber = 6
        record.original.source = IPv6Address(mapping: IPv4Address(0x0A00_0001))
        record.original.destination = IPv6Address(mapping: IPv4Address(0xCB00_7109))
        record.original.sourcePort = 1_024
        record.original.destinationPort = 80
        record.reply.source = record.original.destination
        record.reply.destination = record.original.source
        record.reply.sourcePort = 80
        record.reply.destinationPort = 1_024
        change(&record)
        return record
    }

    @Test func whatIsNotTranslatedIsNoTranslation() {
        #expect(IPLogTranslationRecord(connection(), isNew: true) == nil)
        #expect(IPLogTranslationRecord(connection { $0.present.remove(.reply) }, isNew: true) == nil)
    }

    @Test func aMasqueradedSourceIsMAP() throws {
        let record = connection { record in
            record.reply.destination = IPv6Address(mapping: IPv4Address(0xC000_0201))
            record.reply.destinationPort = 40_000
        }
        let found = try #require(IPLogTranslationRecord(record, isNew: true))
        #expect(found.action == IPLogTranslationRecord.Action.new && found.kind == IPLogTranslationRecord.Kind.map)
        #expect(found.oldSource == .init(.v4(IPv4Address(0x0A00_0001)), port: 1_024))
        #expect(found.newSource == .init(.v4(IPv4Address(0xC000_0201)), port: 40_000))
        #expect(found.oldDestination == found.newDestination)
        #expect(found.rule == -1 && found.versions == (4, 4) && found.protocols == (6, 6))
    }

    @Test func anEndCountsWhatTheKernelCounted() throws {
        let record = connection { record in
            record.reply.source = IPv6Address(mapping: IPv4Address(0x0A00_0099))
            record.present.formUnion([.counters, .tcpState])
            (record.sentPackets, record.sentBytes) = (5, 500)
            (record.receivedPackets, record.receivedBytes) = (7, 700)
            record.tcpState = 7
        }
        let translation = try #require(IPLogTranslationRecord(record, isNew: false))
        #expect(translation.action == IPLogTranslationRecord.Action.expire)
        #expect(translation.kind == IPLogTranslationRecord.Kind.rewriteRedirect)
        #expect(translation.packets == .init(there: 5, back: 7) && translation.bytes == .init(there: 500, back: 700))
        let state = try #require(IPLogStateRecord(record, isNew: false))
        #expect(state.event == IPLogStateRecord.Event.expire && state.isClosed)
        #expect(state.packets == .init(forwardIn: 5, backwardIn: 7))
        #expect(state.sourcePort == 1_024 && state.destinationPort == 80)
    }

    @Test func icmpHasItsTypeAndIdentifier() throws {
        let record = connection { record in
            record.present = [.ipv4, .icmp, .reply]
            record.protocolNumber = 1
            (record.icmpType, record.icmpID) = (8, 99)
            record.original.sourcePort = 0
            record.original.destinationPort = 0
            record.reply.destination = IPv6Address(mapping: IPv4Address(0xC000_0201))
        }
        #expect(try #require(IPLogStateRecord(record, isNew: true)).icmpType == 8)
        #expect(try #require(IPLogTranslationRecord(record, isNew: true)).oldSource.port == 99)
    }
}
