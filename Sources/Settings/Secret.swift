/// A text that nobody is shown: not in messages, lists of settings, the Config log or status. Whoever needs it asks for
/// it by name.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for who has to use it.
    public let revealed: String

    public init(_ text: String) { revealed = text }

    /// What is shown in its place.
    public static let shown = "(secret)"

    public var description: String { Secret.shown }
    public var debugDescription: String { Secret.shown }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SettingFormat where Value == Secret {
    /// A text that is never shown again; messages do not quote it.
    static var secret: Self {
        let wants = "a text, in quotes where it has signs of YAML in it"
        var format = SettingFormat(
            wants: wants, schema: #"{ "type": "string", "minLength": 1, "writeOnly": true }"#,
            read: { node, faults in
                if case .scalar(let text, _) = node.content, !node.isNothing, !text.isEmpty { return Secret(text) }
                faults.append(FormatFault(node: node, wants: wants))
                return nil
            }, show: { _ in Secret.shown })
        format.isFreeText = true
        return format
    }
}
