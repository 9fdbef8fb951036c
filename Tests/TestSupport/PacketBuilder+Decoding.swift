public import PacketDecoding
import Primitives

extension PacketBuilder {
    /// What the decoder makes of the frame, of which the capture kept the first `captured` bytes.
    public func decoded(captured: Int? = nil, paddedTo padding: Int = 0) -> Layers {
        let whole = bytes(paddedTo: padding)
        let kept = Array(whole.prefix(captured ?? whole.count))
        var layers = Layers()
        layers.decode(kept.span.bytes, of: frame(captured: kept.count, original: whole.count))
        return layers
    }

    /// What the decoder makes of the packet inside the frame's outermost tunnel, or nil.
    public func decodedInner(depth: Int = 1) -> Layers? {
        let bytes = bytes
        var layers = decoded()
        for _ in 0..<depth {
            var inner = Layers()
            guard inner.decodeInner(of: layers, bytes.span.bytes, originalLength: bytes.count) else { return nil }
            layers = inner
        }
        return layers
    }
}
