import Expressions
import LogIndex
import Testing

@Suite("What the index cannot answer is said")
struct LossTests {
    @Test(
        "Each loss with its place",
        arguments: [
            ("port = 80 & host = \"a.org\"", []),
            (
                "payload = \"x\" | port = 1",
                [
                    "0: The index holds no payloads: the condition is not met, its negation is. Search the text, or a dump."
                ]
            ),
            (
                "port = 1 & !inner(port = 2)",
                ["18: The index holds no packets inside tunnels: the condition is not met, its negation is."]
            ),
            ("addr = list:\"a\"", ["0: The list \"a\" stands as it is now."]),
            ("addr != user:\"a\"", ["0: Users stand as the addresses where they are logged in now."]),
            ("user = \"[a]\"", ["0: The group \"a\" stands as its members are now."]),
            ("if = vpn", ["0: Which interfaces are tunnels is asked of those that exist now."]),
        ] as [(String, [String])])
    func losses(expression: String, wanted: [String]) throws {
        let tree = try Expression(parsing: expression).tree
        let found = StoredSelection.losses(of: tree).map { "\($0.place?.lower ?? -1): \($0.sentence)" }
        #expect(found == wanted)
    }
}
