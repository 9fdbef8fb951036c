#!/usr/bin/env python3
"""Mixes FTP conversations, fragments, segments out of order and a known number of attacks into a capture of gateway
traffic, and writes what a gateway's LAN interface would have seen.

    security_traffic.py GATEWAY.pcap OUT.pcapng BLACKLIST.txt [SEED]

Prints a JSON object: how many events of each kind were planted. BLACKLIST.txt gets a million prefixes, of which only the
planted ones are met."""
import json
import random
import struct
import sys

LAN = 0


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


class Capture:
    """A pcapng file with one interface; frames from 192.168.0.0/16 came in there, others went out, unless said."""

    def __init__(self, path):
        self.file = open(path, "wb", buffering=1 << 20)
        self.file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        self.file.write(block(1, struct.pack("<HHI", 1, 0, 0) + option(2, b"LAN") + option(0, b"")))

    def add(self, time, frame, inbound=None):
        if inbound is None:
            inbound = frame[26:28] == b"\xc0\xa8"
        flags = option(2, struct.pack("<I", 1 if inbound else 2)) + option(0, b"")
        head = struct.pack("<IIIII", LAN, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame))
        self.file.write(block(6, head + frame + b"\0" * (-len(frame) % 4) + flags))


def address(text):
    return bytes(int(part) for part in text.split("."))


def ipv4(source, destination, protocol, body, identification=0, offset=0, more=False):
    fragment = offset // 8 | (0x2000 if more else 0)
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + struct.pack(
        ">BBHHHBBH", 0x45, 0, 20 + len(body), identification, fragment, 64, protocol, 0) + source + destination + body


def tcp(source, destination, sport, dport, seq, ack, flags, payload=b""):
    head = struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 64240, 0, 0)
    return ipv4(source, destination, 6, head + payload)


class Talk:
    """A TCP conversation on port 21, with the frames of its handshake."""

    def __init__(self, chance, client, server):
        self.client, self.server, self.port = client, server, chance.randrange(20000, 65000)
        self.cseq, self.sseq = chance.getrandbits(32), chance.getrandbits(32)
        self.frames = [
            tcp(client, server, self.port, 21, self.cseq, 0, 2),
            tcp(server, client, 21, self.port, self.sseq, self.cseq + 1, 0x12),
            tcp(client, server, self.port, 21, self.cseq + 1, self.sseq + 1, 0x10)]
        self.cseq += 1
        self.sseq += 1

    def says(self, text):
        self.frames.append(tcp(self.client, self.server, self.port, 21, self.cseq, self.sseq, 0x18, text))
        self.cseq += len(text)

    def answers(self, text):
        self.frames.append(tcp(self.server, self.client, 21, self.port, self.sseq, self.cseq, 0x18, text))
        self.sseq += len(text)

    def ends(self):
        self.frames += [
            tcp(self.client, self.server, self.port, 21, self.cseq, self.sseq, 0x11),
            tcp(self.server, self.client, 21, self.port, self.sseq, self.cseq + 1, 0x11),
            tcp(self.client, self.server, self.port, 21, self.cseq + 1, self.sseq + 1, 0x10)]
        return self.frames


def commas(ip, port):
    return b",".join(str(byte).encode() for byte in ip + bytes([port >> 8, port & 255]))


def ftp(chance, client, server, attack=None):
    """An FTP session; with an attack, one of its lines sends somebody to a third party."""
    talk = Talk(chance, client, server)
    talk.answers(b"220 ready\r\n")
    for name in (b"USER anonymous", b"PASS guest@example.com"):
        talk.says(name[:4])
        talk.says(name[4:] + b"\r\n")
        talk.answers(b"331 go on\r\n")
    for number in range(chance.randrange(1, 6)):
        if chance.random() < .5:
            talk.says(b"PORT " + commas(client, chance.randrange(1024, 65000)) + b"\r\n")
            talk.answers(b"200 ok\r\n")
        else:
            talk.says(b"PASV\r\n")
            talk.answers(b"227 Entering Passive Mode (" + commas(server, chance.randrange(1024, 65000)) + b").\r\n")
        talk.says(b"LIST\r\n")
        talk.answers(b"150 here it comes\r\n226 done\r\n")
    third = bytes([10, 66, chance.randrange(256), chance.randrange(1, 255)])
    if attack == "ftp_bounce":
        line = b"PORT " + commas(third, 2000 + chance.randrange(1000)) + b"\r\n"
        middle = chance.randrange(1, len(line) - 1)
        talk.says(line[:middle])
        talk.says(line[middle:])
    elif attack == "ftp_reply":
        talk.says(b"PASV\r\n")
        talk.answers(b"227 Entering Passive Mode (" + commas(third, 2000) + b")\r\n")
    elif attack == "ips":
        talk.says(b"SITE harmless\r\n")
        kept = talk.cseq
        talk.cseq -= 15
        talk.says(b"SITE delete-all"[:15])
        talk.cseq = kept
    return talk.ends()


def fragments(chance, frame):
    """An IPv4 frame as two or three fragments."""
    length = 14 + (frame[14] & 15) * 4
    body, identification = frame[length:], chance.getrandbits(16)
    cuts = sorted({0, len(body)} | {chance.randrange(1, len(body) // 8) * 8 for _ in range(chance.randrange(1, 3))})
    return [
        ipv4(frame[26:30], frame[30:34], frame[23], body[low:high], identification, low, high < len(body))
        for low, high in zip(cuts, cuts[1:])]


def frames_of(path):
    with open(path, "rb", buffering=1 << 20) as file:
        file.read(24)
        while head := file.read(16):
            seconds, micros, length, _ = struct.unpack("<IIII", head)
            yield seconds * 1_000_000 + micros, file.read(length)


def mix(source, out, blacklist, seed, every=10_000, listed=1_000_000):
    """Plants an attack after every so many packets, and writes a blacklist of so many prefixes. Returns what was planted."""
    chance = random.Random(seed)
    planted = {"ftp_bounce": 0, "ftp_reply": 0, "spoofing": 0, "blacklist": 0, "ips": 0}
    capture, bad_ones = Capture(out), set()

    def inside():
        return bytes([192, 168, chance.randrange(1, 9), chance.randrange(2, 250)])

    def outside():
        return bytes([chance.choice([23, 34, 52, 93, 104]), chance.randrange(256), chance.randrange(256), chance.randrange(1, 255)])

    def attack(time):
        kind = chance.choice(list(planted))
        if kind in ("ftp_bounce", "ftp_reply", "ips"):
            for frame in ftp(chance, inside(), outside(), kind):
                capture.add(time, frame)
        elif kind == "spoofing":
            forged = bytes([10, chance.randrange(256), chance.randrange(256), chance.randrange(1, 255)])
            capture.add(time, tcp(forged, outside(), 40000, 80, 1, 0, 2), inbound=True)
        else:
            bad = bytes([61, chance.randrange(256), chance.randrange(256), chance.randrange(256)])
            if bad in bad_ones:
                return
            bad_ones.add(bad)
            capture.add(time, tcp(inside(), bad, 40000, 80, 1, 0, 2))
        planted[kind] += 1

    held, count = None, 0
    for time, frame in frames_of(source):
        count += 1
        is_begin = frame[23] == 6 and frame[47] == 2
        if is_begin and chance.random() < .05:
            for line in ftp(chance, inside(), outside()):
                capture.add(time, line)
        if count % every == 0:
            attack(time)
        parts = fragments(chance, frame) if len(frame) > 200 and chance.random() < .01 else [frame]
        # A segment with bytes waits until the next one has passed.
        if held is None and len(frame) > 200 and frame[23] == 6 and chance.random() < .04:
            held = parts
            continue
        for part in parts:
            capture.add(time, part)
        if held is not None:
            for part in held:
                capture.add(time, part)
            held = None
    capture.file.close()
    with open(blacklist, "w") as file:
        for _ in range(listed - len(bad_ones)):
            file.write(f"{chance.randrange(62, 80)}.{chance.randrange(256)}.{chance.randrange(256)}"
                       f".{chance.randrange(256)}/{chance.randrange(22, 33)}\n")
        for bad in bad_ones:
            file.write(".".join(str(byte) for byte in bad) + "\n")
    return planted


if __name__ == "__main__":
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 20261121
    print(json.dumps(mix(sys.argv[1], sys.argv[2], sys.argv[3], seed)))
