"""ipmon as a process: pipes, signals, the system's log, the daemon's sockets."""
import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import threading
import time
import unittest

import support

FIXTURES = support.ROOT / "Tests" / "Fixtures" / "ipmon"
LIMIT = 30
"""Seconds that anything may take."""


def ipmon():
    return str(pathlib.Path(support.program()).with_name("ipmon"))


def record(number, body=128):
    """A record of 5.1 for a UDP packet, as the kernel writes it."""
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + body, number & 0xFFFF, 0, 64, 17, 0, bytes([10, 0, number >> 8 & 255, number & 255]),
                     bytes([198, 51, 100, 7]))
    packet = ip + struct.pack("!HHHH", 1024, 53, 8 + body, 0) + bytes(number + place & 0xFF for place in range(body))
    fixed = struct.pack("<IIIII20xHH16xBBBB16s", 0, 0, 0x10012, 1, 0, body, 0xFFFF, 28, 0, 0, 2, b"eth0")
    header = struct.pack("<IIIIQQQQ", 0x49504C4D, 1, number, 0, 1_700_000_000 + number // 1000, number % 1000, 128 + len(packet), 0)
    return header + fixed + packet


def wait_until(condition, what):
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {LIMIT} s")
        time.sleep(0.02)


class IpmonCase(support.Case):
    def run_ipmon(self, *arguments, stdin=None, status=0):
        done = subprocess.run([ipmon(), *map(str, arguments)], input=stdin, capture_output=True, timeout=LIMIT * 2,
                              env={**os.environ, "TZ": "UTC"})
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return done.stdout, done.stderr.decode()

    def start(self, *arguments, **others):
        child = subprocess.Popen([ipmon(), *map(str, arguments)], env={**os.environ, "TZ": "UTC"}, **others)
        self.addCleanup(self.end, child)
        return child

    def end(self, child):
        if child.poll() is None:
            child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe:
                pipe.close()


class Reading(IpmonCase):
    def test_a_log_of_megabytes_prints_as_its_pieces(self):
        sizes = random.Random(20261121)
        records = [record(number, sizes.choice([0, 1, 7, 128, 300])) for number in range(1, 12_000)]
        log = b"".join(records)
        self.assertGreater(len(log), 2 << 20)
        path = self.folder / "log"
        path.write_bytes(log)
        wanted, errors = self.run_ipmon("-bX", "-f", path)
        self.assertEqual(errors, "")
        self.assertEqual(wanted.count(b" PR udp "), len(records))
        for cut in (1, 39, 47, 48, 49, 127, 128, 129, 155, 4096, 32768, 65537):
            with self.subTest(f"pieces of {cut} bytes"):
                self.assertEqual(self.through_pipe(log if cut > 100 else log[:len(b"".join(records[:400]))], cut),
                                 wanted if cut > 100 else wanted[:self.end_of(wanted, 400)])

    @staticmethod
    def end_of(text, count):
        """Where the text of so many records ends: before the line of the next one."""
        place = 0
        for _ in range(count + 1):
            place = text.index(b" PR udp ", place) + 1
        return text.rindex(b"\n", 0, place) + 1

    def through_pipe(self, log, size):
        child = self.start("-bX", "-f", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        printed = []
        reader = threading.Thread(target=lambda: printed.append(child.stdout.read()))
        reader.start()
        for start in range(0, len(log), size):
            child.stdin.write(log[start:start + size])
            child.stdin.flush()
        child.stdin.close()
        reader.join(LIMIT)
        self.assertEqual(child.wait(LIMIT), 0)
        return printed[0]

    def test_a_named_pipe_is_read_to_its_end(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        child = self.start("-f", pipe, stdout=subprocess.PIPE)
        pipe.write_bytes((FIXTURES / "v5-seq.bin").read_bytes())
        out, _ = child.communicate(timeout=LIMIT)
        self.assertEqual((child.returncode, out.count(b" PR udp ")), (0, 10))

    def test_a_pipe_that_breaks_off_names_the_place(self):
        _, errors = self.run_ipmon("-f", "-", stdin=record(1) + record(2)[:100])
        self.assertEqual(errors, "standard input: offset 284: the log ends in the middle of a record: it has 100 bytes, "
                                 "284 were expected; skipped 100 bytes\n")

    def test_memory_does_not_grow_with_the_log(self):
        path = self.folder / "log"
        path.write_bytes(b"".join(record(number) for number in range(1, 2000)) * 60)
        out = self.folder / "out"
        child = self.start("-t", "-f", path, out)
        # The last line repeats the number 1999 for the sixtieth time: all was read when nothing more comes.
        sizes = []
        wait_until(lambda: sizes.append(out.stat().st_size if out.exists() else 0) or
                   len(sizes) > 20 and len(set(sizes[-20:])) == 1 and sizes[-1] > 0, "the text")
        status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        self.assertEqual(out.read_bytes().count(b" PR udp "), 1999 * 60)
        self.assertLess(int(peak.split()[1]), 32 << 10, "KiB for a log of 34 MB")

    def test_no_foundation(self):
        libraries, _ = self.peer("ldd", ipmon())
        for name in ("Foundation", "icu", "curl", "nio"):
            self.assertNotIn(name, libraries)


class Running(IpmonCase):
    def test_daemon_follows_a_file_and_opens_its_output_anew(self):
        log, out, moved, pid = (self.folder / name for name in ("log", "out", "moved", "pid"))
        log.write_bytes(record(1))
        done = subprocess.run([ipmon(), "-DtP", str(pid), "-f", str(log), str(out)], timeout=LIMIT)
        self.assertEqual(done.returncode, 0)
        wait_until(lambda: pid.exists() and pid.read_text(), "the pid file")
        number = int(pid.read_text())
        self.assertFalse(pid.read_text().endswith("\n"))
        try:
            self.assertEqual(os.getsid(number), number)
            wait_until(lambda: out.exists() and b"10.0.0.1" in out.read_bytes(), "the first line")
            with open(log, "ab") as file:
                file.write(record(2))
            wait_until(lambda: b"10.0.0.2" in out.read_bytes(), "the second line")
            out.rename(moved)
            os.kill(number, signal.SIGHUP)
            wait_until(out.exists, "the new output")
            with open(log, "ab") as file:
                file.write(record(3))
            wait_until(lambda: b"10.0.0.3" in out.read_bytes(), "the third line")
            self.assertNotIn(b"10.0.0.3", moved.read_bytes())
        finally:
            os.kill(number, signal.SIGTERM)

    def test_hang_up_while_waiting_for_a_pipe(self):
        pipe, out = self.folder / "pipe", self.folder / "out"
        os.mkfifo(pipe)
        child = self.start("-f", pipe, out)
        with open(pipe, "wb", buffering=0) as writer:
            writer.write(record(1))
            wait_until(lambda: out.exists() and out.stat().st_size, "the first line")
            out.rename(self.folder / "moved")
            child.send_signal(signal.SIGHUP)
            wait_until(out.exists, "the new output")
            writer.write(record(2))
            wait_until(lambda: b"10.0.0.2" in out.read_bytes(), "the second line")
        self.assertEqual(child.wait(LIMIT), 0)

    @unittest.skipUnless(os.geteuid() == 0, "takes root: /dev of its own")
    def test_messages_reach_the_system_log(self):
        device = self.folder / "dev"
        device.mkdir()
        (device / "null").touch()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(listener.close)
        listener.bind(str(device / "log"))
        listener.settimeout(LIMIT)
        child = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", "sh", "-c",
             f"mount --bind {device} /dev && exec {ipmon()} -s -L local3 -f {FIXTURES / 'v5-seq.bin'}"],
            env={**os.environ, "TZ": "UTC"})
        first, second = listener.recv(4096), listener.recv(4096)
        # The kernel holds ten messages: the others are taken, too.
        for _ in range((FIXTURES / "v5-seq.opt-s.txt").read_text().count(" ipf log entries") + 10 - 2):
            listener.recv(4096)
        self.assertEqual(child.wait(LIMIT), 0)
        # RFC 3164 as syslog(3) writes it: facility and priority, the time, the name and number of the program.
        self.assertRegex(first, rb"^<156>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ipmon\[\d+\]: missed 5 ipf log entries: 0 5$")
        self.assertRegex(second, rb"^<157>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ipmon\[\d+\]: "
                                 rb"22:13:20\.000000 eth0 @0:1 p 192\.0\.2\.1,1 -> 198\.51\.100\.7,2 PR udp len 20 28 IN\n?$")


class Sockets(IpmonCase):
    """A daemon made here, which answers as ipl's sockets do."""

    def listen(self, answer):
        path = self.folder / "ipl"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.addCleanup(listener.close)
        listener.bind(str(path))
        listener.listen(4)

        def serve():
            connection, _ = listener.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        self.addCleanup(thread.join, LIMIT)
        return path

    def test_records_are_asked_for_until_the_daemon_goes(self):
        asked = []

        def answer(connection):
            for number in (1, 2, 3):
                asked.append(connection.recv(64))
                connection.send(record(number) + record(number + 100))
            asked.append(connection.recv(64))

        out, errors = self.run_ipmon("-f", self.listen(answer))
        self.assertEqual(out.count(b" PR udp "), 6)
        self.assertEqual({question[:1] for question in asked}, {b"R"})
        self.assertGreater(struct.unpack("<I", asked[0][1:])[0], 65_918)
        self.assertRegex(errors, r"^read: the daemon closed the connection \(.*/ipl, offset 1704\)\n$")

    def test_a_refusal_is_told(self):
        def answer(connection):
            connection.recv(64)
            connection.send(struct.pack("<i", -16) + b"somebody reads it already")

        _, errors = self.run_ipmon("-f", self.listen(answer))
        self.assertRegex(errors, r"^read: somebody reads it already \(.*/ipl, offset \d+\)\n$")

    def test_flushing(self):
        def answer(connection):
            self.assertEqual(connection.recv(64), b"F")
            connection.send(struct.pack("<I", 1234))

        out, errors = self.run_ipmon("-f", self.listen(answer), "-N", self.folder / "none", "-F", status=1)
        self.assertEqual(out, b"1234 bytes flushed from log buffer\n")
        self.assertEqual(errors, f"{self.folder}/none: open: No such file or directory\n")


if __name__ == "__main__":
    unittest.main()
