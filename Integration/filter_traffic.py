"""Frames in which each filter of the manual finds some and not all: few addresses and ports, all kinds of heads.

Without what the manual says that tcpdump does otherwise: no extension headers, no later fragments with ports, and tags or
tunnels only in captures of their own.
"""
import ipaddress
import os
import random
import struct

import captures

COUNT = 3000
BEGIN = 1_700_000_000
"""The second of the first frame; each is a millisecond after the one before."""
SEED = int(os.environ.get("GATELOG_SEED", "20261121"))
ADDRESSES4 = ["10.0.0.1", "10.0.0.2", "10.9.9.9", "192.168.7.7", "198.51.100.5"]
ADDRESSES6 = ["2001:db8::1", "2001:db8::2", "fd00::5"]
PORTS = [22, 53, 53, 80, 80, 137, 138, 139, 140, 443, 40000]
STATIONS = [bytes.fromhex("001122334455"), bytes.fromhex("001122334456"), bytes.fromhex("020000000001")]


def frames(wrap):
    """COUNT frames with their times, as `captures.pcap` takes them: `plain`, each with a tag of VLAN 100 or 200, or each
    within Geneve."""
    chance = random.Random(f"{SEED} {wrap}")
    found = []
    for number in range(COUNT):
        kind, packet = _packet(chance)
        stations = chance.choice(STATIONS) + chance.choice(STATIONS)
        frame = stations + struct.pack(">H", kind) + packet
        if wrap == "vlan":
            frame = frame[:12] + struct.pack(">HH", 0x8100, chance.choice([100, 200])) + frame[12:]
        elif wrap == "geneve":
            outer = captures.udp(50000, 6081, struct.pack(">BBHI", 0, 0, 0x6558, 7 << 8) + frame)
            frame = stations + b"\x08\x00" + _ipv4(chance, "203.0.113.1", "203.0.113.2", 17, outer, plain=True)
        found.append((BEGIN * 1_000_000_000 + number * 1_000_000, frame))
    return found


def _packet(chance):
    """An EtherType and what follows it."""
    if chance.random() < 0.05:
        return 0x0806, bytes.fromhex("0001080006040001") + bytes(20)
    if chance.random() < 0.3:
        source, target = chance.choice(ADDRESSES6), chance.choice(ADDRESSES6)
        protocol = chance.choice([6, 17, 58])
        body = _body(chance, protocol)
        head = struct.pack(">IHBB", 6 << 28, len(body), protocol, chance.randint(1, 64))
        return 0x86DD, head + b"".join(ipaddress.ip_address(a).packed for a in (source, target)) + body
    protocol = chance.choice([6, 6, 17, 1, 47])
    return 0x0800, _ipv4(chance, chance.choice(ADDRESSES4), chance.choice(ADDRESSES4), protocol, _body(chance, protocol))


def _ipv4(chance, source, target, protocol, body, plain=False):
    # First fragments only, of protocols that have no ports to inherit.
    fragment = 0x2000 if not plain and protocol == 1 and chance.random() < 0.2 else 0
    head = struct.pack(">BBHHHBBH", 0x45, chance.choice([0, 184]), 20 + len(body), chance.randrange(65536), fragment,
                       chance.randint(1, 64), protocol, 0)
    return head + b"".join(ipaddress.ip_address(a).packed for a in (source, target)) + body


def _body(chance, protocol):
    payload = bytes(chance.choice([0, 10, 200, 700, 1200]))
    if protocol == 6:
        return struct.pack(">HHIIBBHHH", chance.choice(PORTS), chance.choice(PORTS), 1, 1, 0x50, chance.randrange(64),
                           512, 0, 0) + payload
    if protocol == 17:
        return struct.pack(">HHHH", chance.choice(PORTS), chance.choice(PORTS), 8 + len(payload), 0) + payload
    if protocol == 47:
        return bytes.fromhex("00006558") + bytes(14) + payload
    kind, code = chance.choice([(8, 0), (0, 0), (3, 3), (3, 1)] if protocol == 1 else [(128, 0), (129, 0), (1, 4)])
    return struct.pack(">BBHI", kind, code, 0, 1) + payload
