"""Captures made byte by byte: packets, pcap and pcapng files, and a reader to compare them with."""
import ipaddress
import struct

ETHERNET, NFLOG = 1, 239
IN, OUT = 1, 2


def conversation(frame):
    """Who speaks to whom in an Ethernet frame, one way: stations, addresses, protocol and ports; a fragment's number
    stands for its ports. Frames that are not IP: stations and type."""
    at = 12
    while frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    stations, kind, packet = frame[:12], frame[at:at + 2], frame[at + 2:]
    if kind == b"\x08\x00" and len(packet) >= 20:
        header, protocol, addresses = (packet[0] & 15) * 4, packet[9], packet[12:20]
        if packet[6] & 0x3F or packet[7]:
            return stations, addresses, protocol, "fragment", packet[4:6]
    elif kind == b"\x86\xdd" and len(packet) >= 40:
        header, protocol, addresses = 40, packet[6], packet[8:40]
    else:
        return stations, kind
    return stations, addresses, protocol, packet[header:header + 4] if protocol in (6, 17) else b""


def option(code, value):
    """One option of a pcapng block, padded to four bytes."""
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind, body):
    """One pcapng block."""
    length = 12 + len(body)
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def pcapng(interfaces, packets, statistics=()):
    """A pcapng file in little endian with nanoseconds.

    `interfaces`: (link type, name, description); `packets`: (interface, nanoseconds, bytes, flags or None,
    comment or None); `statistics`: (interface, received, dropped).
    """
    end = struct.pack("<HH", 0, 0)
    file = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for link, name, description in interfaces:
        options = option(9, b"\x09")
        if name:
            options += option(2, name.encode())
        if description:
            options += option(3, description.encode())
        file += block(1, struct.pack("<HHI", link, 0, 262_144) + options + end)
    for interface, time, data, flags, comment in packets:
        body = struct.pack("<IIIII", interface, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
        body += data + bytes(-len(data) % 4)
        if comment:
            body += option(1, comment.encode())
        if flags is not None:
            body += option(2, struct.pack("<I", flags))
        file += block(6, body + end)
    for interface, received, dropped in statistics:
        body = struct.pack("<III", interface, 0, 0)
        body += option(4, struct.pack("<Q", received)) + option(5, struct.pack("<Q", dropped))
        file += block(5, body + end)
    return file


def pcap(packets, link=ETHERNET):
    """A pcap file in little endian with nanoseconds; `packets`: (nanoseconds, bytes)."""
    file = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, link)
    for time, data in packets:
        seconds, rest = divmod(time, 1_000_000_000)
        file += struct.pack("<IIII", seconds, rest, len(data), len(data)) + data
    return file


def ipv4(source, destination, protocol, payload):
    """An IPv4 packet with a right checksum."""
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0,
        ipaddress.IPv4Address(source).packed, ipaddress.IPv4Address(destination).packed)
    total = sum(struct.unpack("!10H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return header[:10] + struct.pack("!H", ~total & 0xFFFF) + header[12:] + payload


def udp(source_port, destination_port, payload=b""):
    return struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0) + payload


def tcp(source_port, destination_port, flags, payload=b""):
    return struct.pack("!HHIIBBHHH", source_port, destination_port, 1, 0, 0x50, flags, 1024, 0, 0) + payload


def ethernet(packet, ether_type=0x0800):
    return bytes.fromhex("020000000002 020000000001") + struct.pack("!H", ether_type) + packet


def dns_answer(name, address):
    """A DNS answer: `name` is at `address`."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    header = struct.pack("!HHHHHH", 7, 0x8180, 1, 1, 0, 0)
    question = labels + struct.pack("!HH", 1, 1)
    answer = struct.pack("!HHHIH", 0xC00C, 1, 1, 300, 4) + ipaddress.IPv4Address(address).packed
    return header + question + answer


def nflog(packet, prefix, incoming=None, outgoing=None):
    """A packet as the firewall logs it: link type 239, its facts as TLVs before the payload."""
    def fact(kind, value):
        return struct.pack("<HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)

    # Forwarded where it came in, else sent by this machine.
    hook = 3 if incoming is None else 2
    record = struct.pack("!BBH", 2, 0, 0) + fact(1, struct.pack("!HBB", 0x0800, hook, 0))
    if incoming is not None:
        record += fact(4, struct.pack("!I", incoming))
    if outgoing is not None:
        record += fact(5, struct.pack("!I", outgoing))
    return record + fact(10, prefix.encode() + b"\0") + fact(9, packet)


def interfaces_and_comments(file):
    """What a little-endian pcapng tells beside its packets: names, comments, drop counts, directions."""
    told = {"names": [], "section comments": [], "packet comments": [], "drops": [], "directions": [], "snap": []}
    at = 0
    while at < len(file):
        kind, length = struct.unpack_from("<II", file, at)
        body = file[at + 8:at + length - 4]
        if kind == 0x0A0D0D0A:
            told["section comments"] += [text.decode() for code, text in options_of(body[16:]) if code == 1]
        elif kind == 1:
            told["names"].append(next((text.decode() for code, text in options_of(body[8:]) if code == 2), None))
            told["snap"].append(struct.unpack_from("<I", body, 4)[0])
        elif kind == 6:
            kept = struct.unpack_from("<I", body, 12)[0]
            found = options_of(body[20 + kept + -kept % 4:])
            told["packet comments"] += [text.decode() for code, text in found if code == 1]
            told["directions"] += [struct.unpack("<I", text)[0] & 3 for code, text in found if code == 2]
        elif kind == 5:
            interface = struct.unpack_from("<I", body)[0]
            counts = {code: struct.unpack("<Q", text)[0] for code, text in options_of(body[12:]) if code in (4, 5)}
            told["drops"].append((interface, counts.get(4), counts.get(5)))
        at += length
    return told


def options_of(bytes_):
    """The options at the end of a block as (code, value)."""
    found, at = [], 0
    while at + 4 <= len(bytes_):
        code, length = struct.unpack_from("<HH", bytes_, at)
        if code == 0:
            break
        found.append((code, bytes_[at + 4:at + 4 + length]))
        at += 4 + length + -length % 4
    return found
