"""RADIUS accounting packets (RFC 2866), made by hand: for what radclient does not send.

    packet = radius.request(b"secret", radius.START, session="1", user="jane", address="10.77.1.2")
"""
import hashlib
import hmac
import ipaddress
import os
import socket
import struct

START, STOP, INTERIM, ON, OFF = 1, 2, 3, 7, 8
PORT = 1813


def attribute(number, value):
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, int):
        value = struct.pack("!I", value)
    return bytes([number, len(value) + 2]) + value


def request(secret, status, *, session="s1", user=None, address=None, nas="ap1", delay=None, time=None, identifier=None,
            extra=b"", sign=False):
    """An Accounting-Request with its authenticator."""
    body = attribute(40, status) + attribute(32, nas)
    if session is not None:
        body += attribute(44, session)
    if user is not None:
        body += attribute(1, user)
    if address is not None:
        address = ipaddress.ip_address(address)
        body += attribute(8 if address.version == 4 else 168, address.packed)
    if delay is not None:
        body += attribute(41, delay)
    if time is not None:
        body += attribute(55, int(time))
    body += extra
    identifier = os.urandom(1)[0] if identifier is None else identifier
    if sign:
        body += attribute(80, bytes(16))
    head = struct.pack("!BBH", 4, identifier, 20 + len(body))
    if sign:
        code = hmac.new(secret, head + bytes(16) + body, hashlib.md5).digest()
        body = body[:-16] + code
    return head + hashlib.md5(head + bytes(16) + body + secret).digest() + body


def is_answer(answer, packet, secret):
    """Whether `answer` is the server's answer to `packet`, made with the secret."""
    if len(answer) < 20 or answer[0] != 5 or answer[1] != packet[1]:
        return False
    made = hashlib.md5(answer[:4] + packet[4:20] + answer[20:] + secret).digest()
    return made == answer[4:20] and struct.unpack("!H", answer[2:4])[0] == len(answer)


def exchange(packet, server="127.0.0.1", port=PORT, timeout=1.0, source=None):
    """Sends a packet and returns the answer; None where there is none."""
    with socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(timeout)
        if source:
            sender.bind(source)
        sender.sendto(packet, (server, port))
        try:
            return sender.recvfrom(5000)[0]
        except (TimeoutError, ConnectionRefusedError):
            return None


if __name__ == "__main__":
    # In a namespace: packets in hexadecimal on the command line, answers (or "none") as lines.
    import sys

    where = sys.argv[1]
    with socket.socket(socket.AF_INET6 if ":" in where else socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(0.7)
        for text in sys.argv[2:]:
            sender.sendto(bytes.fromhex(text), (where, PORT))
            try:
                print(sender.recvfrom(5000)[0].hex(), flush=True)
            except TimeoutError:
                print("none", flush=True)
