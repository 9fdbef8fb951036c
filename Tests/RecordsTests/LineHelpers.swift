import PacketDecoding
import Primitives
import Records
import TestSupport

/// What a test says about a packet beside its bytes.
struct Scene: Sendable {
    var template: String?
    var dialect = LogDialect.control
    var form = PacketLineRenderer.Form.file
    var direction = FrameDirection.incoming
    var interface: String? = "WAN"
    var captured: Int?
    /// 2012-09-08 11:47:39 UTC by default.
    var time = Timestamp(seconds: 1_347_104_859)
    var clock = LineClock.Form.bracketed
    var zone = ZoneTable.utc
    /// Changes the record before it is rendered.
    var record: @Sendable (inout PacketRecord) -> Void = { _ in }
    var names: @Sendable (inout PacketNames) -> Void = { _ in }
}

/// The line of a packet with the time's 23 bytes, without its newline.
func line(_ packet: PacketBuilder, _ scene: Scene = Scene()) throws -> String {
    let template = try scene.template.map { text throws(TemplateErrors) in try PacketTemplate(parsing: text) }
    var renderer = PacketLineRenderer(
        template: template, dialect: scene.dialect, clock: LineClock(zone: scene.zone, form: scene.clock))
    return rendered(packet, scene) { record, bytes, names, buffer in
        renderer.append(record, bytes, names, form: scene.form, to: &buffer)
    }
}

/// What `render` makes of a packet, without the newline at its end.
func rendered(
    _ packet: PacketBuilder, _ scene: Scene,
    _ render: (PacketRecord, RawSpan, borrowing PacketNames, inout ByteBuffer) -> Void
) -> String {
    let whole = packet.bytes
    let bytes = Array(whole.prefix(scene.captured ?? whole.count))
    let id = InterfaceID(rawValue: 0)
    let frame = packet.frame(
        time: scene.time, captured: bytes.count, original: whole.count, direction: scene.direction, interface: id)
    var names = PacketNames()
    if let interface = scene.interface { names.name(id, interface) }
    scene.names(&names)
    var layers = Layers()
    let span = bytes.span
    layers.decode(span.bytes, of: frame)
    var record = PacketRecord(frame, layers, span.bytes)
    scene.record(&record)
    var buffer = ByteBuffer(capacity: 64)
    render(record, span.bytes, names, &buffer)
    let text = buffer.text
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
}

extension ByteBuffer {
    var text: String { bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

extension String {
    /// Without `[DD/Mon/YYYY HH:MM:SS] `.
    var afterTime: String { String(dropFirst(23)) }
}
