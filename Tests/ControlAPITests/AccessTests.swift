import ControlClient
import ControlMessages
import ControlTestSupport
import Foundation
import SystemCalls
import Testing

@testable import ControlAPI

@Suite("Who may")
struct AccessTests {
    static func caller(
        user: UInt32, groups: Set<UInt32> = [], administrators: String? = nil, readers: String? = nil
    ) throws(ControlError) -> ControlCaller {
        let access = PeerAccess(ownUser: 4242) {
            PeerAccess.Groups(administrators: administrators, readers: readers)
        }
        let peer = ControlAPI.SocketPeer(processID: 17, userID: user, groups: groups)
        return try access.caller(ControlCredentials(peer: peer))
    }

    @Test("Root and the daemon's own user may everything")
    func owners() throws {
        #expect(try Self.caller(user: 0).scopes == ControlRole.administrator.scopes)
        #expect(try Self.caller(user: 0).actor == ControlActor(name: "root", from: "unix socket, pid 17"))
        #expect(try Self.caller(user: 4242).scopes == ControlRole.administrator.scopes)
        #expect(try Self.caller(user: 4242).actor.name == "uid 4242")
    }

    @Test("Others need a group; a group that is not there lets nobody in")
    func groups() throws {
        // Debian has both of these groups.
        let adm = try #require(UserDatabase.group(named: "adm"))
        let users = try #require(UserDatabase.group(named: "users"))
        #expect(
            try Self.caller(user: 5000, groups: [7, adm], administrators: "adm").scopes
                == ControlRole.administrator.scopes)
        #expect(
            try Self.caller(user: 5000, groups: [users], administrators: "adm", readers: "users").scopes
                == ControlRole.auditor.scopes)
        #expect(
            try Self.caller(user: 5000, groups: [adm, users], administrators: "adm", readers: "users").scopes
                == ControlRole.administrator.scopes)
        let refused: [(Set<UInt32>, String?, String?)] = [
            ([adm], nil, nil), ([users], "adm", nil), ([], "adm", "users"), ([adm], "no-such-group", nil),
        ]
        for (groups, administrators, readers) in refused {
            #expect(throws: ControlError.self) {
                try Self.caller(user: 5000, groups: groups, administrators: administrators, readers: readers)
            }
        }
    }

    @Test("Who is refused learns who may")
    func sentence() {
        let error = #expect(throws: ControlError.self) {
            try Self.caller(user: 5000, administrators: "adm", readers: "users")
        }
        #expect(error?.code == .forbidden)
        #expect(
            error?.message
                == "uid 5000 may not talk to this daemon; root and uid 4242 may, and members of \"adm\" or \"users\"")
    }

    /// Somebody who may look only, whoever asks.
    struct ReadersOnly: ControlAccess {
        func caller(_ credentials: ControlCredentials) throws(ControlError) -> ControlCaller {
            ControlCaller(actor: ControlActor(name: "reader", from: "test"), scopes: ControlRole.auditor.scopes)
        }
    }

    struct Nobody: ControlAccess {
        func caller(_ credentials: ControlCredentials) throws(ControlError) -> ControlCaller {
            throw ControlError(.forbidden, "nobody may")
        }
    }

    @Test("A reader sees everything and changes nothing")
    func readers() async throws {
        try await Gateway.with(access: ReadersOnly()) { gateway async throws in
            let client = gateway.client
            _ = try await client.status()
            _ = try await client.logPage("debug", LogQuery())
            _ = try await client.explain("any")
            func refused(_ scope: String, _ roles: String, _ work: () async throws -> Void) async {
                let error = await #expect(throws: DaemonError.self) { try await work() }
                let why = "reader may not do this: it takes the scope \(scope), which the role \(roles) has"
                #expect(error == .refused(ControlError(.forbidden, why)))
            }
            let both = "administrator or operator"
            await refused("packet-log:change", both) { _ = try await client.setPacketLog("any") }
            await refused("packet-log:change", both) { _ = try await client.setPacketLog(nil) }
            await refused("dumps:change", both) {
                _ = try await client.startDump(DumpRequest(name: "a", expression: "any"))
            }
            await refused("dumps:change", both) { _ = try await client.stopDump("a") }
            await refused("dumps:change", both) { try await client.removeDump("a") }
            await refused("logs:clear", "administrator") { try await client.clearLog("debug") }
            await refused("settings:change", "administrator") {
                _ = try await client.setSetting("logs.debug.keep", to: "1")
            }
            await refused("settings:change", "administrator") { try await client.reload() }
            #expect(await gateway.engine.calls.isEmpty)
        }
    }

    @Test("Every route of the table asks who it is")
    func everyRoute() async throws {
        try await Gateway.with(access: Nobody()) { gateway async throws in
            let routes = ControlRoutes(
                engine: gateway.engine, limits: ControlLimits(), slots: StreamSlots(limit: 1)
            ).table.routes
            #expect(routes.count >= 25, "the table has lost routes")
            for route in routes {
                let path = route.path.replacing(#/\{\w+\}/#, with: "x")
                let reply = try await RawConnection.request(
                    "\(route.method)", path, socket: gateway.client.socket)
                #expect(reply.status == 403, "\(route.method) \(path)")
            }
            #expect(await gateway.engine.calls.isEmpty)
        }
    }

    @Test("The kernel says who is at the other end, with the groups")
    func kernel() async throws {
        final class Seen: ControlAccess {
            let peers = LockedList<ControlAPI.SocketPeer>()
            func caller(_ credentials: ControlCredentials) throws(ControlError) -> ControlCaller {
                peers.append(credentials.peer)
                return ControlCaller(actor: ControlActor(name: "x", from: "y"), scopes: ControlRole.auditor.scopes)
            }
        }
        let seen = Seen()
        try await Gateway.with(access: seen) { gateway async throws in
            _ = try await gateway.client.status()
            let peer = try #require(seen.peers.all.first)
            #expect(peer.processID == ProcessInfo.processInfo.processIdentifier)
            #expect(peer.userID == Processes.userID)
            var own = [gid_t](repeating: 0, count: 1024)
            let count = getgroups(1024, &own)
            #expect(peer.groups == Set(own.prefix(Int(max(count, 0)))).subtracting([0]).union([getegid()]))
        }
    }
}
