import Expressions
import PacketDecoding
import PacketDumps
import Synchronization

/// How interfaces are called just now, for threads that write about them.
final class InterfaceNamesBoard: Sendable {
    private let names = Mutex<[InterfaceID: Directory.Interface]>([:])

    func set(_ interfaces: [InterfaceID: Directory.Interface]) { names.withLock { $0 = interfaces } }

    /// Adds an interface that a file brought.
    func add(_ interface: Directory.Interface, as id: InterfaceID) { names.withLock { $0[id] = interface } }

    func dumpInterface(_ id: InterfaceID) -> DumpInterface {
        guard let interface = names.withLock({ $0[id] }) else { return DumpInterface(name: nil) }
        let kernel = interface.kernelName ?? interface.displayName
        return DumpInterface(name: kernel, description: kernel == interface.displayName ? nil : interface.displayName)
    }
}

/// Tells threads of the control plane to end.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    func set() { flag.store(true, ordering: .releasing) }

    var isSet: Bool { flag.load(ordering: .acquiring) }
}
