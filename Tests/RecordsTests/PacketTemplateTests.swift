import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

struct PacketTemplateTests {
    private let packet = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1, 2)

    @Test func `text stands as it is, and a doubled sign is one`() throws {
        let text = "100%% of %SRC%%DST% – a text that is longer than sixteen bytes – %%%TTL%%%"
        #expect(
            try line(packet, Scene(template: text)).afterTime
                == "100% of 10.0.0.1:110.0.0.2:2 – a text that is longer than sixteen bytes – %64%")
    }

    @Test func `details that are empty take their separator along, others stay`() throws {
        let silent = PacketBuilder().ethernet().ipv4().esp()
        #expect(try line(silent, Scene(template: "%PROTO%, , %PAYLOAD%, end")).afterTime == "ESP, end")
        #expect(try line(silent, Scene(template: "%PAYLOAD%")).afterTime == "")
        #expect(try line(packet, Scene(template: "<%PAYLOAD%>")).afterTime == "<udplen:0>")
    }

    @Test(arguments: [
        "%SRC", "%", "100 % sure", "%dst%", "%SCR% and %DTS%", "%NOSUCHTHING%", "a\nb", "é%PYLOAD%",
        "%IF%% %DIRECTION%",
    ])
    func `an error has its place and what was meant`(text: String) throws {
        let errors = #expect(throws: TemplateErrors.self) { try PacketTemplate(parsing: text) }
        let name = String(text.utf8.map { Character(Unicode.Scalar($0)) }.filter { $0.isLetter && $0.isASCII })
        Golden.check((errors?.description ?? "") + "\n", "templates/\(name.isEmpty ? "percent" : name).txt")
    }

    @Test func `a template is bounded`() {
        #expect(throws: TemplateErrors.self) { try PacketTemplate(parsing: String(repeating: "a", count: 5000)) }
        #expect(throws: Never.self) { try PacketTemplate(parsing: String(repeating: "%SRC% ", count: 600)) }
        let many = #expect(throws: TemplateErrors.self) {
            try PacketTemplate(parsing: String(repeating: "%X% ", count: 600))
        }
        #expect(many?.errors.count == 20)
    }

    @Test func `what costs a look-up is known beforehand`() throws {
        #expect(try PacketTemplate(parsing: "%SRC%").needs == [])
        #expect(try PacketTemplate(parsing: "%SRCHOST% %USER%").needs == [.hosts, .users])
        #expect(try PacketTemplate(parsing: "%COUNTRY%").needs == .countries)
    }
}
