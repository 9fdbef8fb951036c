public import PacketDecoding
public import Primitives

/// What became of a packet: the conversation that it belongs to, and which way it goes.
public struct TrackedPacket: Hashable, Sendable {
    /// The place of its conversation (`FlowTracker.flow`), good until the next packet is taken.
    public var flow: Int32
    public var direction: StreamDirection
    /// The conversation begins with it.
    public var isNew: Bool
}

/// A conversation that ended, for a caller that kept something for it.
public struct EndedFlow: Hashable, Sendable {
    public enum Reason: UInt8, Hashable, Sendable {
        /// It was silent for as long as its stage allows.
        case timedOut
        /// Others needed its place.
        case evicted
        /// The same endpoints began another one.
        case replaced
    }

    public var id: UInt64
    /// `Flow.attachment`; not negative.
    public var attachment: Int32
    public var reason: Reason
}

/// Follows conversations: finds the one of each packet, puts TCP segments back into streams, and forgets what is
/// silent. Reads no clock: time is the packets', and never goes back.
///
/// Owned by one worker. A steady state allocates nothing; what the network can make grow has a limit and a counter.
public struct FlowTracker: ~Copyable {
    private var table: FlowTable
    private var streams: StreamReassembler
    private let limits: FlowLimits
    private var now = Timestamp(nanoseconds: .min)
    /// Conversations with an attachment that ended since `endedTold`.
    public private(set) var ended: [EndedFlow] = []

    /// `seed` is secret and new for each run.
    public init(_ limits: FlowLimits = FlowLimits(), seed: UInt64) {
        self.limits = limits
        table = FlowTable(limit: limits.flows, seed: seed)
        streams = StreamReassembler(limits.streams)
    }

    public var count: Int { table.count }

    public var counters: FlowCounters { table.counters }

    public var streamCounters: StreamCounters { streams.counters }

    /// Bytes that streams hold now.
    public var heldBytes: Int { streams.heldBytes }

    /// How many conversations are at a stage.
    public func count(of stage: Flow.Stage) -> Int { table.count(of: stage) }

    /// A conversation by the place that `take` gave.
    public subscript(flow index: Int32) -> Flow {
        _read { yield table[index] }
        _modify { yield &table[index] }
    }

    /// What the last packet made known of its streams, in order.
    public var events: [StreamEvent] { streams.events }

    /// The bytes of an event of the last packet, whose bytes `packet` are.
    @_lifetime(borrow self, copy packet)
    public func bytes(of event: StreamEvent, in packet: RawSpan) -> RawSpan {
        streams.bytes(of: event, in: packet)
    }

    /// Takes a packet; nil for what is no IP packet or a later fragment, and where there is no room for another
    /// conversation. `domain` is where it was watched (`FlowKey.domain`).
    public mutating func take(
        _ layers: Layers, _ bytes: RawSpan, at time: Timestamp, domain: UInt32 = 0
    ) -> TrackedPacket? {
        streams.begin()
        now = max(now, time)
        var sourceIsUpper = false
        guard !layers.present.contains(.laterFragment),
            let key = FlowKey(layers, bytes, domain: domain, sourceIsUpper: &sourceIsUpper)
        else { return nil }
        let segment =
            layers.present.isSuperset(of: [.tcp, .tcpFlags, .payload]) ? TCPSegment(layers, bytes) : nil
        var index = table.find(key)
        if index >= 0, let segment, isAnotherBeginning(segment, of: index, sourceIsUpper) {
            end(index, .replaced)
            index = -1
        }
        let isNew = index < 0
        if isNew {
            guard makeRoom() else {
                table.counters.refused += 1
                return nil
            }
            index = table.add(key, at: now, clientIsUpper: clientIsUpper(key, segment, sourceIsUpper))
        }
        let direction: StreamDirection = table[index].clientIsUpper == sourceIsUpper ? .toServer : .toClient
        note(index, direction, layers.totalLength)
        if let segment { takeSegment(segment, bytes, index, direction) }
        table.touch(index, stage: stage(of: index, segment))
        return TrackedPacket(flow: index, direction: direction, isNew: isNew)
    }

    /// Nothing more of a conversation's streams is wanted; it is still followed.
    public mutating func passOver(_ index: Int32) {
        streams.passOver(&table[index].forward)
        streams.passOver(&table[index].backward)
    }

    /// Forgets conversations that have been silent too long, `count` at most: for the end of a batch.
    public mutating func expire(_ count: Int = 4096) {
        var left = count
        for stage in Flow.Stage.allCases {
            for isTCP in [true, false] {
                let timeout = limits.timeout(stage, isTCP: isTCP)
                while left > 0 {
                    let index = table.oldest(of: stage, isTCP: isTCP)
                    guard index >= 0, isSilent(table[index].lastSeen, timeout) else { break }
                    table.counters.timedOut += 1
                    end(index, .timedOut)
                    left -= 1
                }
            }
        }
    }

    /// The caller has heard of all conversations that ended.
    public mutating func endedTold() { ended.removeAll(keepingCapacity: true) }

    private func isSilent(_ lastSeen: Timestamp, _ timeout: Int64) -> Bool {
        let (silence, overflow) = now.nanoseconds.subtractingReportingOverflow(lastSeen.nanoseconds)
        return overflow || silence > timeout
    }

    private mutating func makeRoom() -> Bool {
        if table.hasRoom { return true }
        let victim = table.victim
        guard victim >= 0 else { return false }
        table.counters.evicted += 1
        end(victim, .evicted)
        return true
    }

    private mutating func end(_ index: Int32, _ reason: EndedFlow.Reason) {
        let attachment = table[index].attachment
        if attachment >= 0 { ended.append(EndedFlow(id: table[index].id, attachment: attachment, reason: reason)) }
        streams.forget(&table[index].forward)
        streams.forget(&table[index].backward)
        table.remove(index)
    }

    private mutating func note(_ index: Int32, _ direction: StreamDirection, _ length: UInt32) {
        table[index].lastSeen = now
        if direction == .toServer {
            table[index].toServer.packets &+= 1
            table[index].toServer.bytes &+= UInt64(length)
        } else {
            table[index].toClient.packets &+= 1
            table[index].toClient.bytes &+= UInt64(length)
        }
    }

    /// A SYN begins a conversation, and where the old one is over or did not come about, another one. In one that goes
    /// on it is a stray (RFC 5961 section 4).
    private mutating func isAnotherBeginning(
        _ segment: TCPSegment, of index: Int32, _ sourceIsUpper: Bool
    ) -> Bool {
        guard segment.has(TCPSegment.syn), !segment.has(TCPSegment.ack) else { return false }
        let isForward = table[index].clientIsUpper == sourceIsUpper
        let half = isForward ? table[index].forward : table[index].backward
        if isForward, half.marks.contains(.isPlaced), half.base == segment.sequence &+ 1 { return false }
        if table[index].stage == .established {
            table.counters.straySYNs += 1
            return false
        }
        return true
    }

    /// Who began it: the sender of a SYN, the receiver of a SYN with ACK; of what was not seen to begin, the side with
    /// the higher port.
    private func clientIsUpper(_ key: FlowKey, _ segment: TCPSegment?, _ sourceIsUpper: Bool) -> Bool {
        guard let segment else { return sourceIsUpper }
        if segment.has(TCPSegment.syn) { return segment.has(TCPSegment.ack) ? !sourceIsUpper : sourceIsUpper }
        return key.upper.port == key.lower.port ? sourceIsUpper : key.upper.port > key.lower.port
    }

    private mutating func takeSegment(
        _ segment: TCPSegment, _ bytes: RawSpan, _ index: Int32, _ direction: StreamDirection
    ) {
        // Both halves leave the table for the call: they are parts of one value.
        var forward = table[index].forward
        var backward = table[index].backward
        if direction == .toServer {
            streams.take(segment, bytes, from: direction, own: &forward, other: &backward)
        } else {
            streams.take(segment, bytes, from: direction, own: &backward, other: &forward)
        }
        table[index].forward = forward
        table[index].backward = backward
    }

    private func stage(of index: Int32, _ segment: TCPSegment?) -> Flow.Stage {
        let present = table[index].stage
        let bothSpoke = table[index].toServer.packets > 0 && table[index].toClient.packets > 0
        guard table[index].isTCP else { return bothSpoke ? .established : present }
        if table[index].forward.marks.contains(.isOver), table[index].backward.marks.contains(.isOver) {
            return .closing
        }
        guard present == .opening, bothSpoke, let segment else { return present }
        // The third segment of the handshake, or of a conversation whose beginning was not seen the first answer.
        let isAnswered = segment.has(TCPSegment.ack) && !segment.has(TCPSegment.syn)
        let isPlaced =
            table[index].forward.marks.contains(.isPlaced) && table[index].backward.marks.contains(.isPlaced)
        return isAnswered && isPlaced ? .established : .opening
    }
}
