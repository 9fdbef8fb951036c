import ControlMessages
import ControlTestSupport
import Foundation
import Testing

@testable import ControlAPI

@Suite("The OpenAPI document and the routes say the same")
struct OpenAPITests {
    static let table = ControlRoutes(
        engine: MadeUpEngine(), limits: ControlLimits(), slots: StreamSlots(limit: 1)
    ).table

    @Test("Every route says what it is, takes and answers")
    func everyRoute() {
        for route in Self.table.routes where route.document == nil {
            Issue.record(
                """
                \(route.method) \(route.path) is not documented: add behind it, in ControlAPI/Routes, \
                .documented("what it does", .json(Answer.self), takes: Request.self, query: [...])
                """)
        }
    }

    @Test("Every operation of the document is a route, and no route is twice")
    func everyOperation() throws {
        let document = try OpenAPIDocument.make(Self.table, version: "1")
        guard case .object(let paths)? = document["paths"] else {
            Issue.record("the document has no paths")
            return
        }
        var operations: Set<String> = []
        var identifiers: Set<String> = []
        for (path, item) in paths {
            guard case .object(let methods) = item else { continue }
            for (method, operation) in methods {
                operations.insert("\(method.uppercased()) \(path)")
                guard case .text(let identifier)? = operation["operationId"] else {
                    Issue.record("\(method) \(path) has no operationId")
                    continue
                }
                #expect(identifiers.insert(identifier).inserted, "\(identifier) is there twice")
            }
        }
        let routes = Self.table.routes.map { "\($0.method) \($0.path)" }
        #expect(Set(routes).count == routes.count, "a route is there twice")
        #expect(operations == Set(routes))
    }

    @Test("Every reference leads somewhere")
    func references() throws {
        let document = try OpenAPIDocument.make(Self.table, version: "1")
        func walk(_ value: JSONValue) {
            switch value {
            case .object(let members):
                if case .text(let reference)? = members["$ref"] {
                    let found = reference.split(separator: "/").dropFirst()
                        .reduce(document as JSONValue?) { $0?[String($1)] }
                    #expect(found != nil, "\(reference) leads nowhere")
                }
                members.values.forEach(walk)
            case .list(let values): values.forEach(walk)
            case .text, .whole, .flag: break
            }
        }
        walk(document)
    }

    @Test("A request's fields are those that its route takes")
    func requestFields() throws {
        for route in Self.table.routes {
            guard let request = route.document?.request else { continue }
            var schemas = MessageSchemas()
            _ = try schemas.schema(of: request)
            guard case .object(let properties)? = schemas.components[MessageSchemas.name(of: request)]?["properties"]
            else {
                Issue.record("\(request) is no object")
                continue
            }
            #expect(Set(properties.keys) == Set(request.fields), "\(request)")
        }
    }

    @Test("What is needed, what may be missing, lists, choices and messages in messages")
    func schemas() throws {
        var schemas = MessageSchemas()
        #expect(try schemas.schema(of: Listing<DumpState>.self) == ["$ref": "#/components/schemas/ListingOfDumpState"])
        let listing = schemas.components["ListingOfDumpState"]
        #expect(
            listing?["properties"]?["items"]
                == ["type": "array", "items": ["$ref": "#/components/schemas/DumpState"]])
        let dump = schemas.components["DumpState"]
        #expect(dump?["properties"]?["phase"] == ["$ref": "#/components/schemas/DumpStatePhase"])
        #expect(dump?["properties"]?["lost"] == ["type": "integer", "minimum": 0])
        #expect(
            schemas.components["DumpStatePhase"] == ["type": "string", "enum": ["running", "finished", "suspended"]])
        guard case .list(let required)? = dump?["required"] else {
            Issue.record("nothing is required of a dump")
            return
        }
        #expect(required.contains("name") && !required.contains("reason"))
        _ = try schemas.schema(of: DumpRequest.self)
        #expect(schemas.components["DumpRequest"]?["required"] == ["expression", "name"])
    }
}
