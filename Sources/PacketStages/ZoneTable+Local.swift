public import Records
import SystemCalls

extension ZoneTable {
    /// The zone of TZ or /etc/localtime; UTC where there is none. Reads a file.
    public static var local: ZoneTable {
        guard let file = LocalZone.bytes(), let zone = try? ZoneTable(parsing: file.span.bytes) else { return .utc }
        return zone
    }
}
