import PacketDecoding
import Primitives
public import Records

/// Names of a block as text.
enum StoredNames {
    static func text(_ bytes: RawSpan) -> String {
        String(decoding: (0..<bytes.byteCount).map { bytes.byte(at: $0) }, as: UTF8.self)
    }

    /// As a program compares it: in lower case, without a final dot.
    static func hostName(_ bytes: RawSpan) -> String {
        var name = text(bytes).lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        return name
    }
}

extension PacketRecord {
    /// The direction that a program sees: an incoming interface makes it `in`, whatever else is known.
    @inline(__always)
    var side: FrameDirection {
        if incoming != .none { return .incoming }
        return outgoing != .none ? .outgoing : direction
    }
}

extension IndexBlockReader {
    /// The names of the open block by the numbers that its records speak of, for renderers of lines and objects.
    public func packetNames(_ block: RawSpan) -> PacketNames {
        var table = PacketNames()
        for (index, name) in names.enumerated() where name.length > 0 {
            let text = StoredNames.text(block.extracting(Int(name.offset)..<Int(name.offset + name.length)))
            switch NameKind(rawValue: name.kind) {
            case .interface: table.name(InterfaceID(rawValue: UInt16(clamping: index + 1)), text)
            case .host: table.hosts.set(text, for: index + 1)
            case .user: table.users.set(text, for: index + 1)
            case .rule: table.rules.set(text, for: index + 1)
            case .kernelInterface, nil: break
            }
        }
        if names.contains(where: { $0.kind == NameKind.kernelInterface.rawValue }) { nameIndexes(&table, block) }
        return table
    }

    /// The kernel's indexes stand in the shapes.
    private func nameIndexes(_ table: inout PacketNames, _ block: RawSpan) {
        var shape = StoredShape()
        for offset in shapeOffsets {
            shape.read(block, at: Int(offset))
            for (number, index) in [
                (shape.inputName, shape.record.inputIndex), (shape.outputName, shape.record.outputIndex),
            ] {
                guard let name = name(number), !table.kernelInterfaces.hasName(Int(index)) else { continue }
                let text = block.extracting(Int(name.offset)..<Int(name.offset + name.length))
                table.name(kernelIndex: index, StoredNames.text(text))
            }
        }
    }
}
