import LogFiles

extension LogRecovery {
    /// What was mended, for people.
    var sentence: String {
        var parts: [String] = []
        if cutText > 0 { parts.append("\(cutText) bytes of a half line were cut") }
        if cutIndex > 0 { parts.append("\(cutIndex) bytes of a torn index were cut") }
        if indexedLines > 0 {
            let unread = unreadableLines > 0 ? ", \(unreadableLines) of them with no more than their time" : ""
            parts.append("\(indexedLines) lines were indexed again\(unread)")
        }
        return parts.joined(separator: "; ")
    }
}
