"""A name server that says what it is told to, hostile answers too: python3 nameserver.py ADDRESS RECORDS.json

RECORDS maps questions ("5.0.0.10.in-addr.arpa PTR", "www.example.test A") to answers: the labels of a name as lists of
bytes in hexadecimal for PTR, an address for A and AAAA. Anything else has no name. With "silent" as RECORDS it never
answers.
"""
import ipaddress
import json
import socket
import struct
import sys

TYPES = {1: "A", 12: "PTR", 28: "AAAA"}


def labels(parts):
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def answer(message, records):
    at, parts = 12, []
    while message[at]:
        parts.append(message[at + 1:at + 1 + message[at]])
        at += 1 + message[at]
    kind = struct.unpack("!H", message[at + 1:at + 3])[0]
    question = message[12:at + 5]
    key = ".".join(part.decode().lower() for part in parts) + " " + TYPES.get(kind, str(kind))
    known = records.get(key)
    if known is None:
        return message[:2] + struct.pack("!HHHHH", 0x8183, 1, 0, 0, 0) + question
    if kind == 12:
        data = labels([bytes.fromhex(part) for part in known])
    else:
        data = ipaddress.ip_address(known).packed
    record = b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data
    return message[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + question + record


def ask(server, name):
    """Asks for the address of a name, as a client does."""
    message = struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + labels([part.encode() for part in name.split(".")]) \
        + struct.pack("!HH", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(5)
        sender.sendto(message, (server, 53))
        print(sender.recv(4096).hex())


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        ask(*sys.argv[2:])
        sys.exit()
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((sys.argv[1], 53))
    records = None if sys.argv[2] == "silent" else json.load(open(sys.argv[2]))
    print("listening", flush=True)
    while True:
        message, sender = server.recvfrom(4096)
        if records is not None:
            server.sendto(answer(message, records), sender)
