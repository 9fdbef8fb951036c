public import Flows
public import Inspectors
public import Reputation

/// What is looked for, and with what. Immutable; made anew when settings, routes or lists change.
public struct InspectionPlan: Sendable {
    /// Where senders are; nil looks for no forged sources.
    public var sources: SourceCheck?
    public var intruders = KnownIntruders()
    /// Ports of FTP servers' control connections.
    public var ftpPorts: Set<UInt16> = [21]
    /// FTP is recognised on any port.
    public var findsFTPAnywhere = false
    /// Streams and datagrams whose bytes contradict each other are told; for that every one is put together.
    public var tellsConflicts = true
    public var translated = TranslatedAddresses()
    public var flows = FlowLimits()
    public var datagrams = DatagramLimits()

    public init() {}

    /// Streams are of interest at all.
    var readsStreams: Bool { tellsConflicts || findsFTPAnywhere || !ftpPorts.isEmpty }
}
