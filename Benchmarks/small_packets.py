#!/usr/bin/env python3
"""Makes a capture of small packets, 60 to 120 bytes: 70 % TCP, 25 % UDP, 5 % ICMP, 10 % of it IPv6.

    small_packets.py FILE.pcap [PACKETS] [few|many] [SEED]

`few` has some hundred hosts, `many` about 131,000 inside two /16 networks, which is what a
gateway's inside looks like.
"""
import random
import struct
import sys


def packet(choose, hosts):
    number = choose.randrange(hosts)
    peer = choose.randrange(hosts)
    inside = bytes((10, 1 + (number >> 16), number >> 8 & 255, number & 255))
    outside = bytes((172, 16 + (peer >> 16), peer >> 8 & 255, peer & 255))
    source, destination = (inside, outside) if choose.random() < 0.5 else (outside, inside)
    kind = choose.random()
    port = choose.choice((80, 443, 443, 443, 53, 22, 25, 8080, 445, 3389, 5060, 9000))
    ephemeral = choose.randrange(32768, 61000)
    ports = (ephemeral, port) if source is inside else (port, ephemeral)
    size = choose.randrange(0, 40)
    if kind < 0.70:
        flags = choose.choice((0x02, 0x12, 0x10, 0x10, 0x10, 0x18, 0x18, 0x11, 0x04))
        body = struct.pack(">HHIIBBHHH", *ports, choose.getrandbits(32), choose.getrandbits(32), 0x50, flags,
                           choose.randrange(65536), 0, 0) + bytes(size)
        protocol = 6
    elif kind < 0.95:
        body = struct.pack(">HHHH", *ports, 8 + size, 0) + bytes(size)
        protocol = 17
    else:
        body = struct.pack(">BBHHH", 8, 0, 0, choose.randrange(65536), 9) + bytes(size)
        protocol = 1
    if choose.random() < 0.10:
        if protocol == 1:
            protocol, body = 58, b"\x80" + body[1:]
        head = struct.pack(">IHBB", 6 << 28, len(body), protocol, 63)
        network = head + b"\x20\x01\x0d\xb8" + bytes(8) + source + b"\x20\x01\x0d\xb8" + bytes(8) + destination
        return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x86\xdd" + network + body
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), choose.randrange(65536), 0x4000, 63, protocol, 0)
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + head + source + destination + body


def main():
    path = sys.argv[1]
    packets = int(sys.argv[2]) if len(sys.argv) > 2 else 3_000_000
    hosts = {"few": 300, "many": 65_536}[sys.argv[3] if len(sys.argv) > 3 else "few"]
    choose = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    # A pool of different packets, taken over and over in a shuffled order: making each anew would take
    # minutes and change nothing for a reader.
    pool = [packet(choose, hosts) for _ in range(min(packets, 400_000))]
    heads = [struct.pack("<II", len(data), len(data)) + data for data in pool]
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        micros = 1_700_000_000_000_000
        for index in range(packets):
            micros += 7
            out.write(struct.pack("<II", micros // 1_000_000, micros % 1_000_000) + heads[index * 7919 % len(heads)])


main()
