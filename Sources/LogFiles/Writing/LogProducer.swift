public import Expressions
public import LogIndex
public import Records
public import SystemCalls

/// Writes packets into a log: owned by one worker, made on its thread. It renders into memory of its own and hands
/// that over whole; the lock of the queue is taken once a chunk, never for a packet.
///
/// Where the writer does not keep up, lines are dropped and counted, and the next chunk begins with a line that says
/// how many. A producer that `waits` waits for the writer in place of that, without end where the disk stays full.
/// `endBatch` is called after each batch and each empty poll, so that no line stays here for long. What is still here
/// when the producer goes away is handed over then.
public struct LogProducer: ~Copyable {
    private var gatherer: LineGatherer

    init(_ queue: LogQueue, _ configuration: LogConfiguration, limit: RateLimit?, seed: UInt64, waits: Bool) {
        gatherer = LineGatherer(queue, configuration, limit: limit, seed: seed, waits: waits)
    }

    deinit {
        var gatherer = gatherer
        gatherer.handOverLast()
    }

    /// Appends the line of a packet, rendered by `renderer`, and what the index keeps of it. `bytes` are those of its
    /// frame. Allocates nothing; costs the rendering, and a lock once a chunk.
    public mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames,
        _ renderer: inout PacketLineRenderer, form: PacketLineRenderer.Form, kind: RecordKind
    ) {
        gatherer.append(record, bytes, names, &renderer, form: form, kind: kind)
    }

    /// As the other, with all names of both addresses, of which the record holds only one: an expression about hosts
    /// then selects from the index what it selected as it happened.
    public mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, facts: PacketFacts,
        _ renderer: inout PacketLineRenderer, form: PacketLineRenderer.Form, kind: RecordKind
    ) {
        gatherer.append(record, bytes, names, facts: facts, &renderer, form: form, kind: kind)
    }

    /// Appends the line of a connection that ended, and what the index keeps of it.
    public mutating func append(
        _ record: ConnectionRecord, _ names: borrowing PacketNames, _ services: borrowing ServiceNames,
        _ renderer: inout ConnectionLineRenderer
    ) {
        gatherer.append(record, names, services, &renderer)
    }

    /// Limits the lines from now on; nil takes the limit away. Lines beyond it are counted, and told of in one line at
    /// most once a second.
    public mutating func setLimit(_ limit: RateLimit?) {
        gatherer.setLimit(limit)
    }

    /// Hands over what is here once it has waited for `LogConfiguration.latency`, and says what is to be said.
    /// `now` is `Clocks.monotonic`.
    public mutating func endBatch(now: Int64 = Clocks.monotonic) {
        gatherer.endBatch(now: now)
    }

    /// Hands over what is here, at once.
    public mutating func handOver() {
        gatherer.handOver()
    }
}
