import Flows
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite("Conversations")
struct FlowTrackerTests {
    private func seconds(_ count: Int64) -> Timestamp { Timestamp(seconds: 1_700_000_000 + count) }

    private func take(
        _ tracker: inout FlowTracker, _ packet: PacketBuilder, at time: Timestamp = Timestamp(seconds: 1_700_000_000),
        domain: UInt32 = 0
    ) -> TrackedPacket? {
        let bytes = packet.bytes
        return tracker.take(packet.decoded(), bytes.span.bytes, at: time, domain: domain)
    }

    @Test("Both directions are one conversation, begun by who sent the first SYN")
    func oneConversation() throws {
        var tracker = FlowTracker(seed: 1)
        let talk = Conversation()
        let first = try #require(take(&tracker, talk.fromClient(flags: .syn)))
        let second = try #require(take(&tracker, talk.fromServer(flags: [.syn, .ack])))
        #expect(first.direction == .toServer && first.isNew)
        #expect(second.direction == .toClient && !second.isNew && second.flow == first.flow)
        #expect(tracker.count == 1)
        #expect(tracker[flow: first.flow].client.port == 40000)
        #expect(tracker[flow: first.flow].stage == .opening)
        _ = take(&tracker, talk.fromClient())
        #expect(tracker[flow: first.flow].stage == .established)
        #expect(tracker[flow: first.flow].toServer.packets == 2)
    }

    @Test("Where the beginning was not seen, an answer to a SYN tells who began, else the higher port does")
    func whoBegan() throws {
        var tracker = FlowTracker(seed: 1)
        let answer = try #require(take(&tracker, Conversation().fromServer(flags: [.syn, .ack])))
        #expect(answer.direction == .toClient)
        let middle = PacketBuilder().ethernet().ipv4("10.0.0.2", "10.0.0.1").tcp(443, 51000, flags: .ack)
        #expect(try #require(take(&tracker, middle)).direction == .toClient)
    }

    @Test("The same endpoints watched at two places are two conversations")
    func domains() {
        var tracker = FlowTracker(seed: 1)
        _ = take(&tracker, Conversation().fromClient(flags: .syn), domain: 1)
        _ = take(&tracker, Conversation().fromClient(flags: .syn), domain: 2)
        #expect(tracker.count == 2)
    }

    @Test("An echo and its reply are one conversation, other ICMP is one for two hosts")
    func echo() {
        var tracker = FlowTracker(seed: 1)
        _ = take(&tracker, PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").icmpEcho(id: 7))
        _ = take(&tracker, PacketBuilder().ethernet().ipv4("10.0.0.2", "10.0.0.1").icmpEcho(request: false, id: 7))
        #expect(tracker.count == 1)
        #expect(tracker.count(of: .established) == 1)
        _ = take(&tracker, PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").icmpEcho(id: 8))
        #expect(tracker.count == 2)
    }

    @Test("A SYN after the end begins another conversation; in one that goes on it is a stray")
    func anotherBeginning() throws {
        var tracker = FlowTracker(seed: 1)
        let talk = Conversation()
        for packet in talk.handshake { _ = take(&tracker, packet) }
        var other = Conversation()
        other.clientStart = 77_777
        let stray = try #require(take(&tracker, other.fromClient(flags: .syn)))
        #expect(!stray.isNew)
        #expect(tracker.counters.straySYNs == 1)
        tracker[flow: stray.flow].attachment = 5
        _ = take(&tracker, talk.fromClient(flags: .rst))
        let id = tracker[flow: stray.flow].id
        #expect(try #require(take(&tracker, other.fromClient(flags: .syn))).isNew)
        let ended = try #require(tracker.ended.first)
        #expect(ended.id == id && ended.attachment == 5 && ended.reason == .replaced)
    }

    @Test("Silence ends a conversation after the time of its stage, by the packets' clock")
    func timeouts() {
        var tracker = FlowTracker(seed: 1)
        for packet in Conversation().handshake { _ = take(&tracker, packet, at: seconds(0)) }
        _ = take(&tracker, PacketBuilder().ethernet().ipv4().udp(), at: seconds(0))
        tracker.expire()
        #expect(tracker.count == 2)
        _ = take(&tracker, PacketBuilder().ethernet().ipv4("10.9.9.9").udp(), at: seconds(31))
        tracker.expire()
        #expect(tracker.count == 2 && tracker.counters.timedOut == 1)
        _ = take(&tracker, PacketBuilder().ethernet().ipv4("10.9.9.9").udp(), at: seconds(3601))
        tracker.expire()
        #expect(tracker.count == 1 && tracker.counters.timedOut == 2)
    }

    @Test("A clock that goes back ends nothing, and one at the end of time does not stop the program")
    func clocks() {
        var tracker = FlowTracker(seed: 1)
        _ = take(&tracker, PacketBuilder().ethernet().ipv4().udp(), at: Timestamp(nanoseconds: .min))
        _ = take(&tracker, PacketBuilder().ethernet().ipv4("10.9.9.9").udp(), at: Timestamp(nanoseconds: .max))
        _ = take(&tracker, PacketBuilder().ethernet().ipv4("10.9.9.8").udp(), at: Timestamp(nanoseconds: 0))
        tracker.expire()
        #expect(tracker.count == 2)
    }

    @Test("A flood of SYNs pushes out itself; what was established stays and is reassembled")
    func flood() {
        var limits = FlowLimits()
        limits.flows = 1000
        var tracker = FlowTracker(limits, seed: 1)
        let talk = Conversation()
        var transcript = StreamTranscript()
        transcript.take(&tracker, talk.handshake)
        for number in 0..<20_000 {
            let source = "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
            _ = take(&tracker, PacketBuilder().ethernet().ipv4(source, "198.51.100.7").tcp(1024, 80, flags: .syn))
            if number % 5000 == 0 {
                transcript.take(&tracker, talk.fromClient(at: UInt64(number / 5000), [UInt8(65 + number / 5000)]))
            }
        }
        #expect(tracker.count == 1000)
        #expect(tracker.counters.evicted == 20_000 - 999)
        #expect(String(decoding: transcript.toServer, as: UTF8.self) == "ABCD")
    }

    @Test("Where all places are taken by established conversations, a new one is refused and counted")
    func refusal() {
        var limits = FlowLimits()
        limits.flows = 16
        var tracker = FlowTracker(limits, seed: 1)
        for number in 1...17 {
            let there = PacketBuilder().ethernet().ipv4("10.0.0.\(number)", "10.1.0.1").udp(5000, 53)
            let back = PacketBuilder().ethernet().ipv4("10.1.0.1", "10.0.0.\(number)").udp(53, 5000)
            let isKnown = take(&tracker, there) != nil
            _ = take(&tracker, back)
            #expect(isKnown == (number <= 16))
        }
        #expect(tracker.counters.refused == 2)
    }

    @Test("Identifiers are unique and in the order of the beginnings")
    func identifiers() throws {
        var tracker = FlowTracker(seed: 0x1234_5678)
        var ids: [UInt64] = []
        for number in 1...5 {
            let packet = PacketBuilder().ethernet().ipv4("10.0.0.\(number)").udp()
            ids.append(tracker[flow: try #require(take(&tracker, packet)).flow].id)
        }
        #expect(ids == ids.sorted() && Set(ids).count == 5)
    }

    // Accessors of unoptimised builds allocate: this asks the program that people run.
    #if !DEBUG
        @Test("A steady state allocates nothing")
        func allocations() {
            var tracker = FlowTracker(seed: 1)
            let packets = (0..<2000).map { number in
                PacketBuilder().ethernet().ipv4("10.0.\(number >> 8).\(number & 255)").tcp(
                    flags: .ack, sequence: 1, acknowledgement: 1
                ).payload("some bytes of a stream")
            }.map { (bytes: $0.bytes, layers: $0.decoded()) }
            func round(_ seconds: Int64) {
                for packet in packets {
                    _ = tracker.take(packet.layers, packet.bytes.span.bytes, at: Timestamp(seconds: seconds))
                }
                tracker.expire()
            }
            for second in 0..<3 { round(Int64(second)) }
            #expect(TestSupport.allocations { round(4) } == 0)
        }
    #endif
}
