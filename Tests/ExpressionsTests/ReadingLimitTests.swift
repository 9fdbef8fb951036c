import ExpressionSupport
import Expressions
import TestSupport
import Testing

/// Limits of the language, and texts that were made to hurt.
@Suite struct ReadingLimitTests {
    @Test(arguments: [("(", ")"), ("!", ""), ("inner(", ")"), ("!(", ")")])
    func nestingHasALimit(open: String, close: String) throws {
        let levels = ExpressionLimits.nesting / open.filter { "!(".contains($0) }.count
        func nested(_ count: Int) -> String {
            String(repeating: open, count: count) + "port = 80" + String(repeating: close, count: count)
        }
        let deepest = try Expression(parsing: nested(levels))
        #expect(try Expression(parsing: deepest.canonical).canonical == deepest.canonical)
        #expect(!deepest.sentences().isEmpty)
        do throws(ExpressionErrors) {
            _ = try Expression(parsing: nested(levels + 1))
            Issue.record("one level too many was read")
        } catch {
            #expect(error.diagnostics.map(\.message) == [#"more than 256 levels of "(", "!" and "inner(""#])
            let offset = nested(levels + 1).utf8.count - nested(0).utf8.count - (levels + 1) * close.utf8.count
            #expect(
                error.diagnostics[0].place.lower < offset
                    && error.diagnostics[0].place.lower >= offset - open.utf8.count)
        }
    }

    @Test func textHasALimit() throws {
        let room = ExpressionLimits.text - "any".utf8.count
        #expect(try Expression(parsing: String(repeating: " ", count: room) + "any").canonical == "any")
        do throws(ExpressionErrors) {
            _ = try Expression(parsing: String(repeating: " ", count: room + 1) + "any")
            Issue.record("one byte too many was read")
        } catch {
            #expect(error.diagnostics.count == 1)
            #expect(error.diagnostics[0].place.lower == ExpressionLimits.text)
            #expect(!error.rendered(String(repeating: " ", count: room + 1) + "any").isEmpty)
        }
    }

    @Test func errorsHaveALimit() {
        do throws(ExpressionErrors) {
            _ = try Expression(parsing: String(repeating: "x = 1 & ", count: 100) + "any")
        } catch {
            #expect(error.diagnostics.count == ExpressionLimits.errors + 1)
            #expect(error.diagnostics.last?.message.contains("reading ended here") == true)
        }
    }

    @Test func regularExpressionsHaveALimit() throws {
        let most = Array(repeating: "host ~ /a/", count: ExpressionLimits.patterns).joined(separator: "|")
        #expect(try Expression(parsing: most).tree != nil)
        #expect(throws: ExpressionErrors.self) { try Expression(parsing: most + "| host ~ /a/") }
    }

    /// A wide expression is as many parts, and 10,000 addresses are 10,000 values.
    @Test func widthHasNone() throws {
        let addresses = (0..<10_000).map { "10.0.\($0 / 256).\($0 % 256)" }
        let set = try Expression(parsing: "addr = { \(addresses.joined(separator: ", ")) }")
        guard case .condition(let condition)? = set.tree, case .isOne(let values) = condition.test else {
            Issue.record("a set is one condition")
            return
        }
        #expect(values.count == 10_000)
        let chain = try Expression(parsing: addresses.map { "addr != \($0)" }.joined(separator: " & "))
        guard case .and(let parts)? = chain.tree else {
            Issue.record("a chain is one level")
            return
        }
        #expect(parts.count == 10_000)
    }

    /// Much of one thing is read or refused, and what is refused is drawn. (ReadingBenchmark tries 16 MiB.)
    @Test(arguments: [
        "(", ")", "!", "{", "}", ",", "-", "+", "&", "|", "=", "~", "\"", "\\", "/", ":", ".", "#", "\n", "\0", "x",
        "9",
        "port", "port ", "port=", "port=1", "port=1,", "port=1|", "if=a&", "any ", "inner(", "{1", "\u{301}", "é",
        "tcpfl=",
        "tcpfl=SYN ", "host~/a", "host~/a/ ", "user:\"", "list:", "0.", "::", "1-", "!(", "port>1&(", "not ",
    ])
    func muchOfIt(piece: String) {
        let text = String(repeating: piece, count: (64 << 10) / piece.utf8.count)
        for text in [text, "port = " + text, "addr = { " + text, "payload = \"" + text, "tcpfl = " + text] {
            do throws(ExpressionErrors) {
                _ = try Expression(parsing: text)
            } catch {
                #expect(error.rendered(text).utf8.count < 100_000)
                #expect(error.diagnostics.count <= 2 * ExpressionLimits.errors + 2)
            }
        }
    }
}

/// A short run of what Fuzz/ExpressionTarget.swift does for long: pieces of the language in random order.
@Suite struct ReadingFuzzTests {
    static let pieces = [
        "port", "addr", "if", "tcpfl", "host", "user", "payload", "mac", "icmp", "any", "inner(", "(", ")", "{", "}",
        ",",
        "&", "|", "!", "=", "!=", "<", ">=", "~", "-", "+", "80", "137-139", "1.2.3.4", "1.2.3.4/24", "::1", "00:11:22",
        "\"Internet\"", "\"", "\\", "/a/i", "/(/", "list:\"servers\"", "user:\"ann,[staff]\"", "vpn:", "SYN", "-ACK",
        "NONE",
        "http", "#", "\n", "é", "\u{0}", " ", " ", " ", "99999999999999999999", "echo-request", "3/3", "in",
    ]

    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func anyTextIsReadOrRefused(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let directory = RandomExpressions.directory
        for round in 0..<2000 {
            var text = ""
            for _ in 0..<Int(random.next() % 24) {
                text += Self.pieces[Int(random.next() % UInt64(Self.pieces.count))]
                if random.next() % 3 == 0 { text += " " }
            }
            _ = Completion.candidates(
                in: text, at: Int(random.next() % UInt64(text.utf8.count + 1)), directory: directory)
            do throws(ExpressionErrors) {
                let expression = try Expression(parsing: text, directory: directory)
                let again = try Expression(parsing: expression.canonical, directory: directory)
                guard again.tree?.withoutPlaces == expression.tree?.withoutPlaces else {
                    Issue.record("seed \(seed), round \(round): \(text)\nreads back as \(again.canonical)")
                    return
                }
                _ = expression.sentences(directory: directory)
            } catch {
                let isInside = error.diagnostics.allSatisfy {
                    $0.place.lower >= 0 && $0.place.lower <= $0.place.upper && $0.place.upper <= text.utf8.count
                }
                guard isInside, !error.diagnostics.isEmpty, !error.rendered(text).isEmpty else {
                    Issue.record("seed \(seed), round \(round): \(text)\n\(error.diagnostics)")
                    return
                }
            }
        }
    }
}
