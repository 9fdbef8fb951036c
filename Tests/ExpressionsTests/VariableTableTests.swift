import ExpressionSupport
import Expressions
import Testing

/// The table of variables against the page of the language, and the reader against the table.
@Suite struct VariableTableTests {
    /// Places and comparators as the page has them.
    static let page: [(variable: Variable, places: VariableRow.Places, comparators: String)] = [
        (.addr, .two, "= !="), (.saddr, .one, "= !="), (.daddr, .one, "= !="),
        (.port, .two, "= != < <= > >="), (.sport, .one, "= != < <= > >="), (.dport, .one, "= != < <= > >="),
        (.interface, .two, "= !="), (.incomingInterface, .one, "= !="), (.outgoingInterface, .one, "= !="),
        (.direction, .one, "= !="), (.tcpFlags, .one, "= !="), (.proto, .one, "= !="), (.ipVersion, .one, "= !="),
        (.icmp, .one, "= !="), (.icmp6, .one, "= !="), (.length, .one, "= != < <= > >="),
        (.payloadLength, .one, "= != < <= > >="), (.ttl, .one, "= != < <= > >="), (.dscp, .one, "= != < <= > >="),
        (.vlan, .everyTag, "= != < <= > >="), (.payload, .one, "= != ~"), (.mac, .two, "= !="), (.smac, .one, "= !="),
        (.dmac, .one, "= !="), (.fragment, .one, "= !="), (.rule, .one, "= != ~"), (.verdict, .one, "= !="),
        (.user, .two, "= != ~"), (.host, .two, "= != ~"), (.country, .two, "= !="), (.asn, .two, "= !="),
    ]

    @Test func saysWhatThePageSays() {
        #expect(Self.page.map(\.variable) == Variable.table.map(\.variable))
        #expect(Set(Variable.allCases).count == Variable.table.count)
        for (variable, places, comparators) in Self.page {
            #expect(variable.row.places == places, "\(variable)")
            #expect(variable.row.comparators.joined(separator: " ") == comparators, "\(variable)")
            #expect(!variable.row.meaning.isEmpty && !variable.row.takes.isEmpty)
        }
        #expect(Variable.table.filter(\.isKerios).count == 11)
    }

    /// Something that each kind of value is, to be tried with every variable.
    static let values: [(text: String, isValueOf: @Sendable (VariableRow.Values) -> Bool)] = [
        ("1.2.3.4", { $0 == .addresses }), ("2001:db8::/32", { $0 == .addresses }),
        ("1.2.3.4-1.2.3.9", { $0 == .addresses }), ("list:\"servers\"", { $0 == .addresses }),
        ("user:\"ann\"", { $0 == .addresses }),
        ("vpn:\"to the \\\"branch\\\"\"", { $0 == .interfaces }),
        ("vpnclient", { [.interfaces, .rule, .host].contains($0) }),
        ("5-7", { if case .numbers = $0 { true } else { false } }),
        ("00:11:22:33:44:55", { $0 == .hardware }), ("echo-reply", { [.icmp, .icmp6, .rule, .host].contains($0) }),
        ("3/3", { [.icmp, .icmp6].contains($0) }), ("later", { [.fragment, .rule, .host].contains($0) }),
        ("reject", { [.verdict, .rule, .host].contains($0) }), ("out", { [.direction, .rule, .host].contains($0) }),
        ("udp", { [.protocols, .rule, .host].contains($0) }), ("SYN", { [.flags, .rule, .host].contains($0) }),
        ("\"GET /\"", { [.payload, .rule].contains($0) }),
        ("ann", { [.user, .rule, .host].contains($0) }), ("LAN", { [.interfaces, .rule, .host].contains($0) }),
        ("DE", { [.country, .rule, .host].contains($0) }),
    ]

    @Test func eachVariableTakesItsValuesAndNoOthers() {
        let directory = RandomExpressions.directory
        for row in Variable.table {
            for (text, isValueOf) in Self.values {
                for comparator in ["=", "!="] {
                    let source = "\(row.variable.rawValue) \(comparator) \(text)"
                    let isRead = (try? Expression(parsing: source, directory: directory)) != nil
                    #expect(isRead == isValueOf(row.values), "\(source)")
                }
            }
        }
    }

    @Test func eachVariableTakesItsComparatorsAndNoOthers() {
        for row in Variable.table {
            for comparator in ["<", "<=", ">", ">="] {
                let source = "\(row.variable.rawValue) \(comparator) 5"
                #expect(((try? Expression(parsing: source)) != nil) == row.isRelational, "\(source)")
            }
            let source = "\(row.variable.rawValue) ~ /a/"
            #expect(((try? Expression(parsing: source)) != nil) == row.takesRegex, "\(source)")
        }
    }
}

/// Names that do not exist: errors where they are known, warnings where nothing is.
@Suite struct UnknownNameTests {
    static let texts = [
        "if = \"x\"", "if = vpn:\"x\"", "addr = list:\"x\"", "addr = user:\"x\"", "addr = user:\"[x]\"", "user = x",
        "user = \"[x]\"", "port = x-service",
    ]

    @Test(arguments: texts)
    func isAnErrorAgainstAKnownDirectory(text: String) {
        #expect(throws: ExpressionErrors.self) {
            try Expression(parsing: text, directory: RandomExpressions.directory)
        }
    }

    @Test(arguments: texts)
    func isAWarningWhereNothingIsKnown(text: String) throws {
        let expression = try Expression(parsing: text)
        #expect(expression.warnings.count == 1)
        #expect(expression.tree != nil)
    }

    @Test func anInterfaceMayComeUpLater() throws {
        var directory = RandomExpressions.directory
        directory.interfacesMayAppear = true
        for text in ["if = \"x\"", "if = vpn:\"x\""] {
            let expression = try Expression(parsing: text, directory: directory)
            #expect(expression.warnings.first?.message.contains("may come up later") == true)
        }
        #expect(throws: ExpressionErrors.self) { try Expression(parsing: "addr = list:\"x\"", directory: directory) }
    }

    @Test func theDirectoryOverridesABuiltInService() {
        var directory = Directory()
        #expect(directory.ports(ofService: "http") == [80...80])
        #expect(directory.ports(ofService: "http-alt") == [8080...8080])
        directory.services["http"] = [8888...8888]
        #expect(directory.ports(ofService: "http") == [8888...8888])
        #expect(Services.names.count >= 80)
    }
}
