import Primitives

/// The conversations that are known, with a list for each stage of TCP and of other protocols, since each has its own
/// time-out; the longest silent stands first.
///
/// Where it is full, the opening conversation that has been silent longest makes room, then a closing one: floods push
/// out floods, and what was established stays. Where all are established, a new conversation is refused.
struct FlowTable: ~Copyable {
    var counters = FlowCounters()
    private var slots: KeyedSlots
    private var flows: [Flow] = []
    private var nextID: UInt64

    init(limit: Int, seed: UInt64) {
        slots = KeyedSlots(limit: limit, lists: 2 * Flow.Stage.allCases.count, seed: seed)
        nextID = (seed & 0xFFFF_FFFF) << 32 | 1
    }

    var count: Int { slots.count }

    var hasRoom: Bool { slots.hasRoom }

    func count(of stage: Flow.Stage) -> Int {
        slots.count(of: FlowTable.list(stage, isTCP: true)) + slots.count(of: FlowTable.list(stage, isTCP: false))
    }

    /// The longest silent conversation of a stage; -1 where there is none.
    func oldest(of stage: Flow.Stage, isTCP: Bool) -> Int32 { slots.oldest(of: FlowTable.list(stage, isTCP: isTCP)) }

    subscript(index: Int32) -> Flow {
        _read { yield flows[Int(index)] }
        _modify { yield &flows[Int(index)] }
    }

    /// The place of a conversation; -1 where it is not known.
    func find(_ key: FlowKey) -> Int32 { slots.find(key.words) }

    /// Adds a conversation that is not known; there must be room.
    mutating func add(_ key: FlowKey, at time: Timestamp, clientIsUpper: Bool) -> Int32 {
        let flow = Flow(key, id: nextID, at: time, clientIsUpper: clientIsUpper)
        nextID &+= 1
        let index = slots.add(key.words, to: FlowTable.list(.opening, isTCP: flow.isTCP))
        if Int(index) < flows.count { flows[Int(index)] = flow } else { flows.append(flow) }
        counters.begun += 1
        return index
    }

    mutating func remove(_ index: Int32) { slots.remove(index) }

    /// A packet of it came: it is the last to be given up among those of its stage.
    mutating func touch(_ index: Int32, stage: Flow.Stage) {
        flows[Int(index)].stage = stage
        slots.move(index, to: FlowTable.list(stage, isTCP: flows[Int(index)].isTCP))
    }

    /// Who has to make room where all is taken: -1 where everybody is established.
    var victim: Int32 {
        for stage in [Flow.Stage.opening, .closing] {
            let tcp = oldest(of: stage, isTCP: true)
            let other = oldest(of: stage, isTCP: false)
            if tcp >= 0, other >= 0 { return self[tcp].lastSeen <= self[other].lastSeen ? tcp : other }
            if tcp >= 0 || other >= 0 { return max(tcp, other) }
        }
        return -1
    }

    private static func list(_ stage: Flow.Stage, isTCP: Bool) -> Int { Int(stage.rawValue) * 2 + (isTCP ? 1 : 0) }
}
