import Primitives
import Records

extension TimePoint {
    /// The point that stands behind `option`, such as --from.
    init(parsing text: String, zone: ZoneTable, option: String) throws {
        guard let time = TimePoint(parsing: text, zone: zone) else {
            throw ToolFailure(
                """
                \(option) "\(text.escaped)" is not a time; it takes 2024-05-01, 2024-05-01T12:30:05.5Z \
                (also with a space, +02:00, or no zone for local time), 12:30:05 on the capture's first day, or \
                seconds since 1970
                """)
        }
        self = time
    }
}
