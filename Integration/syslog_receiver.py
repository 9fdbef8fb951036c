"""A syslog receiver that does nothing but keep what it reads: each whole message is a line of a file, written before the
next bytes are read, so that it may be killed at any moment.

    syslog_receiver.py PORT FILE [--reset-after BYTES] [--slow]

With `--reset-after` one connection is reset once so many bytes were read from it.
"""
import os
import socket
import struct
import sys
import threading
import time


def frames(data):
    """The whole messages at the start of `data` (RFC 6587, octet counting), and the rest."""
    messages, at = [], 0
    while True:
        blank = data.find(b" ", at, at + 12)
        if blank < 0:
            break
        length = int(data[at:blank])
        if len(data) < blank + 1 + length:
            break
        messages.append(data[blank + 1:blank + 1 + length])
        at = blank + 1 + length
    return messages, data[at:]


def serve(connection, out, resets, slow):
    rest, count = b"", 0
    while True:
        try:
            data = connection.recv(65536)
        except ConnectionError:
            return
        if not data:
            connection.close()
            return
        count += len(data)
        messages, rest = frames(rest + data)
        if messages:
            os.write(out, b"".join(message + b"\n" for message in messages))
        if resets and count >= resets[0]:
            resets.clear()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            return
        if slow:
            time.sleep(0.001)


def main():
    port, path = int(sys.argv[1]), sys.argv[2]
    resets = [int(sys.argv[sys.argv.index("--reset-after") + 1])] if "--reset-after" in sys.argv else []
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen()
    while True:
        connection, _ = server.accept()
        threading.Thread(
            target=serve, args=(connection, out, resets, "--slow" in sys.argv), daemon=True).start()


if __name__ == "__main__":
    main()
