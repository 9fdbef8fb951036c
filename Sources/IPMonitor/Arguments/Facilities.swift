/// Facilities and priorities of syslog by name (syslog(3)).
enum SyslogNames {
    /// The numbers that RFC 3164 gives, in the order in which ipmon knows the names.
    private static let facilityNames: [(name: String, number: Int32)] = [
        ("kern", 0), ("user", 1), ("mail", 2), ("daemon", 3), ("auth", 4), ("syslog", 5), ("lpr", 6), ("news", 7),
        ("uucp", 8), ("cron", 9), ("authpriv", 10), ("ftp", 11), ("audit", 13), ("logalert", 14), ("cron2", 15),
        ("security", 4), ("local0", 16), ("local1", 17), ("local2", 18), ("local3", 19), ("local4", 20),
        ("local5", 21), ("local6", 22), ("local7", 23),
    ]

    private static let priorityNames = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"]

    /// The facility as syslog(3) takes it, its number times eight; nil where there is none of that name.
    static func facility(_ name: String) -> Int32? {
        facilityNames.first { $0.name == name }.map { $0.number << 3 }
    }

    /// The priority, 0 ... 7; "warning" and "error" too.
    static func priority(_ name: String) -> Int32? {
        switch name {
        case "warning": 4
        case "error": 3
        case "panic": 0
        default: priorityNames.firstIndex(of: name).map { Int32($0) }
        }
    }

    /// "local0", for what syslog(3) takes.
    static func name(ofFacility facility: Int32) -> String? {
        facilityNames.first { $0.number << 3 == facility }?.name
    }

    static func name(ofPriority priority: Int32) -> String? {
        priorityNames.indices.contains(Int(priority)) ? priorityNames[Int(priority)] : nil
    }
}
