import Flows
import Inspectors
import Primitives
import Testing

@Suite("FTP control connections")
struct FTPInspectorTests {
    /// What one conversation's pieces show: lines from the client begin with ">", from the server with "<".
    private func findings(
        _ pieces: [String], client: String = "192.0.2.10", server: String = "198.51.100.7", isExpected: Bool = true,
        translated: [(String, String)] = []
    ) -> [String] {
        var inspector = FTPInspector()
        var pairs = TranslatedAddresses()
        for (one, other) in translated { pairs.insert(IPAddress(parsing: one)!, IPAddress(parsing: other)!) }
        let number = inspector.begin(
            client: IPAddress(parsing: client)!, server: IPAddress(parsing: server)!, isExpected: isExpected)
        var found: [String] = []
        for piece in pieces {
            let bytes = Array(piece.unicodeScalars.dropFirst().map { UInt8($0.value) })
            let direction: StreamDirection = piece.hasPrefix(">") ? .toServer : .toClient
            let goesOn = inspector.take(bytes.span.bytes, direction, of: number, translated: pairs)
            found += inspector.findings.map { finding in
                let kind = finding.kind == .bounce ? "bounce" : "reply"
                return "\(kind) \(String(finding.line.map { Character(Unicode.Scalar($0)) }))"
            }
            guard goesOn else { return found + ["ended"] }
        }
        return found
    }

    @Test(
        "A port at the client's own address is no attack, in any way of writing it",
        arguments: [
            ">PORT 192,0,2,10,4,1\r\n", ">port 192,0,2,10,200,1\n", ">EPRT |1|192.0.2.10|5000|\r\n",
            ">LPRT 4,4,192,0,2,10,2,19,136\r\n", ">  PORT   192, 0, 2, 10, 200, 1\r\n", ">EPRT !1!192.0.2.10!5000!\r\n",
        ])
    func honest(line: String) { #expect(findings([line]) == []) }

    @Test(
        "A port at another's address, or a low one, is a bounce",
        arguments: [
            "PORT 10,11,12,13,14,15", "PORT 192,0,2,10,0,22", "EPRT |1|10.1.1.1|5000|", "EPRT |2|2001:db8::9|5000|",
            "LPRT 4,4,10,0,0,1,2,19,136", "EPRT |1|192.0.2.10|80|", "eprt |1|0.0.0.0|5000|",
        ])
    func bounce(line: String) { #expect(findings([">\(line)\r\n"]) == ["bounce \(line)"]) }

    @Test(
        "Replies that send the client elsewhere are malicious",
        arguments: [
            "227 Entering Passive Mode (10,11,12,13,14,15)", "227 Entering Passive Mode 10,11,12,13,14,15",
            "229 Entering Extended Passive Mode (|1|10.1.1.1|5000|)",
            "228 Entering Long Passive Mode (4,4,10,0,0,1,2,19,136)",
        ])
    func reply(line: String) { #expect(findings(["<\(line)\r\n"]) == ["reply \(line)"]) }

    @Test(
        "Replies about the server itself are honest",
        arguments: [
            "227 Entering Passive Mode (198,51,100,7,14,15)", "229 Entering Extended Passive Mode (|||6446|)",
            "228 Entering Long Passive Mode (4,4,198,51,100,7,2,19,136)", "227 ok", "229 (|||",
            "230 Login 10,11,12,13,14,15",
            "227-not last", "22",
        ])
    func honestReply(line: String) { #expect(findings(["<\(line)\r\n"]) == []) }

    @Test("Commands are put together over segments, and many of them in one are read one by one")
    func segments() {
        #expect(
            findings([">USER x\r\nPO", ">RT 10,1", ">,1,1,9,9\r\nLIST\r\nPORT 10,2,2,2,9,9\r", ">\n"])
                == ["bounce PORT 10,1,1,1,9,9", "bounce PORT 10,2,2,2,9,9"])
    }

    @Test("Telnet's escapes hide nothing, and the line is told as it was sent")
    func telnet() {
        #expect(
            findings([">PO\u{FF}\u{F1}RT 10,1,\u{FF}\u{FB}\u{01}1,1,9,9\r\n"]) == [
                "bounce PO\u{FF}\u{F1}RT 10,1,\u{FF}\u{FB}\u{01}1,1,9,9"
            ])
        #expect(findings([">\u{FF}\u{FA}\u{18}PORT\u{FF}\u{F0}PORT 10,1,1,1,9,9\r\n"]).count == 1)
    }

    @Test("IPv6 connections, and IPv4 that they carry")
    func version6() {
        let client = "2001:db8::1"
        #expect(findings([">EPRT |2|2001:db8::1|5282|\r\n"], client: client, server: "2001:db8::2") == [])
        #expect(findings([">EPRT |2|2001:db8::3|5282|\r\n"], client: client, server: "2001:db8::2").count == 1)
        #expect(findings([">EPRT |1|192.0.2.10|5282|\r\n"], client: "::ffff:192.0.2.10") == [])
        #expect(
            findings([">LPRT 6,16,32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,1,2,20,162\r\n"], client: client) == [])
    }

    @Test("Both addresses of a translated host are its own")
    func translated() {
        let command = [">PORT 192,168,1,5,200,1\r\n"]
        #expect(findings(command).count == 1)
        #expect(findings(command, translated: [("192.168.1.5", "192.0.2.10")]) == [])
    }

    @Test("A connection that goes over to TLS is read no further; where the server refuses, it is")
    func tls() {
        #expect(findings([">AUTH TLS\r\n", "<234 go ahead\r\n", ">PORT 10,1,1,1,9,9\r\n"]) == ["ended"])
        #expect(findings([">AUTH TLS\r\n", "<502 no\r\n", ">PORT 10,1,1,1,9,9\r\n"]).count == 1)
        #expect(findings(["<234 never asked\r\n", ">PORT 10,1,1,1,9,9\r\n"]).count == 1)
    }

    @Test("On a port that nobody told, it has to begin like FTP")
    func anyPort() {
        #expect(findings(["<220 hello\r\n", ">USER x\r\n", ">PORT 10,1,1,1,9,9\r\n"], isExpected: false).count == 1)
        #expect(findings([">GET / HTTP/1.1\r\n", ">PORT 10,1,1,1,9,9\r\n"], isExpected: false) == ["ended"])
    }

    @Test("A line of any length costs no more than its limit, and the next one is read")
    func longLine() {
        let long = ">SITE " + String(repeating: "x", count: 3 * FTPInspector.lineLimit)
        #expect(findings([long, long, "> \r\nPORT 10,1,1,1,9,9\r\n"]) == ["bounce PORT 10,1,1,1,9,9"])
    }

    @Test("What is torn by missing bytes is passed over up to its end")
    func gap() {
        var inspector = FTPInspector()
        let address = IPAddress(parsing: "192.0.2.1")!
        let number = inspector.begin(client: address, server: address, isExpected: true)
        func take(_ text: String) -> Int {
            let bytes = Array(text.utf8)
            _ = inspector.take(bytes.span.bytes, .toServer, of: number, translated: TranslatedAddresses())
            return inspector.findings.count
        }
        #expect(take("PORT 10,1,") == 0)
        inspector.miss(.toServer, of: number)
        #expect(take("1,1,9,9\r\nPORT 10,1,1,1,9,9\r\n") == 1)
    }
}
