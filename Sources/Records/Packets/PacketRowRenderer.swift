public import Primitives

/// Writes packets as SQL that SQLite takes: the table, and a statement for each packet. For tests of
/// translated expressions and for people who ask their captures questions.
public struct PacketRowRenderer: ~Copyable {
    private var row = Row()

    public init() {}

    /// Appends `CREATE TABLE table (...);` with a column for each `PacketColumn`.
    public static func appendTable(named table: StaticString, to buffer: inout ByteBuffer) {
        buffer.append("CREATE TABLE ")
        buffer.append(table)
        buffer.append(" (")
        for column in PacketColumn.allCases {
            if column.rawValue > 0 { buffer.append(", ") }
            buffer.append(column.name)
            buffer.append(UInt8(ascii: " "))
            buffer.append(column.kind.rawValue)
        }
        buffer.append(");\n")
    }

    /// Appends `INSERT INTO table VALUES (...);`; absent facts are NULL.
    public mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, into table: StaticString,
        to buffer: inout ByteBuffer
    ) {
        buffer.append("INSERT INTO ")
        buffer.append(table)
        buffer.append(" VALUES (")
        buffer.append(decimal: Int(record.time.nanoseconds))
        row.next = PacketColumn.time.rawValue + 1
        record.give(to: &row, bytes, names, &buffer)
        row.skip(to: PacketColumn.communityID.rawValue + 1, &buffer)
        buffer.append(");\n")
    }
}

/// The values of one row: columns that nobody gives are NULL.
private struct Row: ~Copyable, PacketFactSink {
    var next: UInt8 = 0

    /// Writes NULL for the columns before `column`.
    mutating func skip(to column: UInt8, _ buffer: inout ByteBuffer) {
        precondition(column >= next, "facts come in the order of the columns")
        while next < column {
            buffer.append(", NULL")
            next += 1
        }
    }

    private mutating func begin(_ column: PacketColumn, _ buffer: inout ByteBuffer) {
        skip(to: column.rawValue, &buffer)
        buffer.append(", ")
        next += 1
    }

    mutating func put(_ column: PacketColumn, number: UInt32, to buffer: inout ByteBuffer) {
        begin(column, &buffer)
        buffer.append(decimal: number)
    }

    mutating func put(_ column: PacketColumn, flag: Bool, to buffer: inout ByteBuffer) {
        put(column, number: flag ? 1 : 0, to: &buffer)
    }

    mutating func put(_ column: PacketColumn, word: StaticString, to buffer: inout ByteBuffer) {
        begin(column, &buffer)
        buffer.append(UInt8(ascii: "'"))
        buffer.append(word)
        buffer.append(UInt8(ascii: "'"))
    }

    mutating func put(_ column: PacketColumn, address: IPv6Address, isIPv4: Bool, to buffer: inout ByteBuffer) {
        begin(column, &buffer)
        buffer.append("x'")
        buffer.append(hex: address.high, digits: 16)
        buffer.append(hex: address.low, digits: 16)
        buffer.append(UInt8(ascii: "'"))
    }

    mutating func put(_ column: PacketColumn, hardware: MACAddress, to buffer: inout ByteBuffer) {
        begin(column, &buffer)
        buffer.append(UInt8(ascii: "'"))
        buffer.append(hardware)
        buffer.append(UInt8(ascii: "'"))
    }

    mutating func put(_ column: PacketColumn, wire bytes: RawSpan, to buffer: inout ByteBuffer) {
        begin(column, &buffer)
        buffer.append("CAST(x'")
        buffer.append(hexOf: bytes)
        buffer.append("' AS TEXT)")
    }

    mutating func put(_ column: PacketColumn, id: Int, in names: borrowing NameTable, to buffer: inout ByteBuffer) {
        begin(column, &buffer)
        buffer.append("CAST(x'")
        names.appendHex(id, to: &buffer)
        buffer.append("' AS TEXT)")
    }

    mutating func put(_ column: PacketColumn, country: UInt16, to buffer: inout ByteBuffer) {
        begin(column, &buffer)
        buffer.append("CAST(x'")
        buffer.append(hex: UInt64(country), digits: 4)
        buffer.append("' AS TEXT)")
    }
}
