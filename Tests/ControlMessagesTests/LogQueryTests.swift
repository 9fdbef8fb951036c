import ControlMessages
import Testing

@Suite("A log query as text")
struct LogQueryTests {
    @Test("What was written is read back")
    func roundTrip() throws {
        var query = LogQuery()
        query.limit = 7
        query.grep = "DENY|DROP"
        query.match = "port = 53 & proto = udp"
        query.since = "2026-11-21T10:00:00Z"
        query.until = "2026-11-21T11:00:00Z"
        query.after = "12:34"
        query.before = "56:78"
        query.json = true
        query.ignoresCase = true
        query.kinds = ["packet", "gap"]
        query.fromBeginning = true
        #expect(try LogQuery(items: query.items) == query)
        #expect(try LogQuery(items: LogQuery().items) == LogQuery())
        #expect(try LogQuery(items: []) == LogQuery())
    }

    @Test(
        "What it does not know is an error that says what it takes",
        arguments: [
            ("limit", "-1", "0 to 10000"), ("limit", "10001", "0 to 10000"), ("limit", "ten", "ten"),
            ("limit", "99999999999999999999", "0 to 10000"), ("json", "yes", "true or false"),
            ("from_beginning", "1", "true or false"),
            ("gerp", "x", "it takes limit, grep"), ("", "", "it takes limit"),
        ])
    func errors(name: String, value: String, words: String) {
        #expect {
            try LogQuery(items: [(name, value)])
        } throws: { error in
            let error = error as? ControlError
            return error?.code == .invalid && error?.message.contains(words) == true
        }
    }
}
