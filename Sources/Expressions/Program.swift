/// A compiled expression: a flat array of tests, each with the place to go on when it is met
/// and when it is not. No strings, no existentials; evaluating allocates nothing.
public struct Program: Sendable {
    /// Facts that cost a look-up and that the program reads.
    public struct Demands: OptionSet, Sendable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static let hosts = Demands(rawValue: 1 << 0)
        public static let users = Demands(rawValue: 1 << 1)
        public static let countries = Demands(rawValue: 1 << 2)
        public static let asns = Demands(rawValue: 1 << 3)
        /// `rule` or `verdict`: fed by the firewall's log (NFLOG).
        public static let firewallLog = Demands(rawValue: 1 << 4)
        /// Ports, so that later fragments need the table of their first ones.
        public static let fragmentPorts = Demands(rawValue: 1 << 5)
        /// Interfaces or direction.
        public static let interfaces = Demands(rawValue: 1 << 6)
        /// Link addresses or tags.
        public static let link = Demands(rawValue: 1 << 7)
    }
}
