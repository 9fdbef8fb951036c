import SystemCalls

/// Why the log of a unit cannot be handed out.
public struct IPLogDeviceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// "the socket /run/gatelog/ipl", "the device /dev/ipl".
    public var place: String
    public var reason: String
    /// What to do about it; nil where nothing is to be done.
    public var remedy: String?

    public init(_ place: String, _ reason: String, remedy: String? = nil) {
        self.place = place
        self.reason = reason
        self.remedy = remedy
    }

    init(_ place: String, _ error: SystemCallError) {
        self.init(place, "\(error)")
    }

    public var description: String {
        let advice = remedy.map { ". \($0)" } ?? ""
        return "\(place) cannot be offered: \(reason)\(advice)"
    }
}
