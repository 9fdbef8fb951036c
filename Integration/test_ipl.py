"""The ipl log of the daemon: what the firewall logs, translations and states, read at the sockets as ipmon reads them."""
import os
import pathlib
import socket
import struct
import subprocess
import time
import unittest

import support
from test_live import LiveCase

SETTINGS = "ipl: { enabled: true, device: socket%s }\n"


class Reader:
    """Somebody at a unit's socket, who asks and is answered."""

    def __init__(self, case, engine, unit):
        path = engine.home / "run" / unit
        engine.wait_for(lambda: path.is_socket(), why=f"there is no socket {unit}")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        case.addCleanup(self.socket.close)
        self.socket.settimeout(20)
        self.socket.connect(str(path))

    def ask(self, question):
        self.socket.send(question)
        return self.socket.recv(1 << 20)

    def read(self, length=32768):
        return self.ask(b"R" + struct.pack("<I", length))

    def number(self, question):
        return struct.unpack("<i", self.ask(question)[:4])[0]

    def close(self):
        self.socket.close()


def records(data):
    """The records of an answer in the layout of 5.1, cut at their sizes."""
    found = []
    while data:
        size = struct.unpack_from("<Q", data, 32)[0]
        assert 48 <= size <= len(data), f"a record of {size} bytes in {len(data)}"
        found.append(data[:size])
        data = data[size:]
    return found


class IPLogCase(LiveCase):
    RULES = """
        table inet filter {
            chain forward {
                type filter hook forward priority filter; policy accept;
                icmp type echo-request counter log prefix "DROP @7:3 no pings" group 5 drop
                tcp dport 8080 tcp flags syn counter log prefix "PERMIT @web:12 web server" group 5
                udp dport 8080 counter log prefix "datagrams" group 5
            }
        }"""

    def begin(self, more=""):
        engine = self.start(settings=SETTINGS % more)
        self.net.run("gateway", "nft", "-f", "-", input=self.RULES)
        return engine

    def unit(self, engine, name):
        return next(unit for unit in engine.status()["ipl"] if unit["name"] == name)

    def gather(self, engine, name, seconds=10):
        """All records of a unit, once nothing more is written."""
        reader = Reader(self, engine, name)
        written = -1
        while (now := self.unit(engine, name)["written"]) != written or now == 0:
            written = now
            time.sleep(0.3)
            seconds -= 0.3
            self.assertGreater(seconds, 0, f"nothing came to {name}")
        found = []
        while reader.number(b"N") > 0:
            found += records(reader.read())
        reader.close()
        return found


class RecordTests(IPLogCase):
    def test_logged_packets_are_records(self):
        engine = self.begin()
        self.net.run("client", "ping", "-c", "1", "-W", "1", self.net.SERVER4, check=False)
        self.net.run("client", "curl", "-s", "-m", "2", "-o", "/dev/null", f"http://{self.net.SERVER4}:8080/",
                     check=False)
        found = self.gather(engine, "ipl")
        self.assertEqual(len(found), 2)
        ping, syn = found
        self.assertEqual(ping[:4], b"MLPI")
        self.assertEqual([struct.unpack_from("<I", record, 8)[0] for record in found], [1, 2])
        # unit, rule, flags, packet flags: the rule's numbers begin at 0.
        self.assertEqual(struct.unpack_from("<III", ping, 48)[1:], (2, 0x8011))
        self.assertEqual(ping[92:108].rstrip(b"\0"), b"7")
        self.assertEqual(ping[112:128].rstrip(b"\0"), b"lan")
        self.assertEqual(struct.unpack_from("<H", ping, 88)[0], 0, "no body is logged")
        self.assertEqual(len(ping), 128 + 20 + 28)
        self.assertEqual(socket.inet_ntoa(ping[140:144]), "10.77.1.2")
        self.assertEqual(struct.unpack_from("<III", syn, 48)[1:], (11, 0x8012))
        self.assertEqual(syn[92:108].rstrip(b"\0"), b"web")
        self.assertEqual(len(syn), 128 + 20 + 20)
        unit = self.unit(engine, "ipl")
        self.assertEqual((unit["written"], unit["read"], unit["dropped"], unit["waiting"]), (2, 2, 0, 0))

    def test_translations_and_states_are_records(self):
        self.net.sysctl("gateway", "net.netfilter.nf_conntrack_acct=1")
        engine = self.begin()
        self.net.run("gateway", "nft", "-f", "-", input="""
            table ip nat {
                chain pre { type nat hook prerouting priority dstnat; tcp dport 81 dnat to 10.77.2.2:8080; }
                chain post { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }
            }""")
        self.net.run("client", "curl", "-s", "-m", "2", "-o", "/dev/null", f"http://{self.net.LAN4}:81/",
                     check=False)
        self.net.run("gateway", "conntrack", "-D", "-p", "tcp", check=False)
        found = self.gather(engine, "ipnat")
        self.assertEqual(len(found), 2)
        self.assertTrue(all(record[:4] == b"NLPI" and len(record) == 208 for record in found))
        new, gone = found
        self.assertEqual(struct.unpack_from("<II", new, 48 + 72), (0, 10))
        self.assertEqual(struct.unpack_from("<II", gone, 48 + 72), (0xFFFF, 10))
        addresses = [socket.inet_ntoa(new[48 + 16 * place:52 + 16 * place]) for place in range(4)]
        self.assertEqual(addresses, ["10.77.1.2", "10.77.1.1", "10.77.2.1", "10.77.2.2"])
        self.assertEqual(struct.unpack_from(">HHHH", new, 48 + 64)[1::2], (81, 8080))
        self.assertGreater(struct.unpack_from("<Q", gone, 48 + 88)[0], 0, "packets are counted")
        states = self.gather(engine, "ipstate")
        self.assertEqual([struct.unpack_from("<H", record, 48 + 100)[0] for record in states], [0, 0xFFFF])
        self.assertTrue(all(record[:4] == b"SLPI" and len(record) == 184 for record in states))

    def test_packets_of_an_expression_are_records(self):
        engine = self.begin(more=', firewall: false, packets: "port = 9 & if = lan"')
        self.net.run("client", "bash", "-c", f"for i in 1 2 3 4 5; do echo > /dev/udp/{self.net.SERVER4}/9; done")
        found = self.gather(engine, "ipl")
        count = sum(struct.unpack_from("<I", record, 4)[0] for record in found)
        self.assertEqual(count, 5)
        self.assertEqual({record[112:128].rstrip(b"\0") for record in found}, {b"lan"})

    def test_an_expression_of_the_firewall_beside_all_of_it_is_refused(self):
        engine = self.begin()
        refused = engine.run("settings", "set", "ipl.packets", 'rule = "web server"')
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn(b"set ipl.firewall to false", refused.stderr)


class MonitorTests(IPLogCase):
    """From an nftables rule to a line of ipmon."""

    def test_a_rule_becomes_a_line_of_ipmon(self):
        engine = self.begin()
        socket_path = engine.home / "run" / "ipl"
        engine.wait_for(socket_path.is_socket)
        ipmon = str(pathlib.Path(support.program()).with_name("ipmon"))
        output = self.folder / "lines"
        process = subprocess.Popen(
            [ipmon, "-f", str(socket_path), str(output)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env={**os.environ, "TZ": "UTC"})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait, 10)
        self.addCleanup(process.kill)
        engine.wait_for(lambda: self.unit(engine, "ipl").get("reader"), why="ipmon did not come")
        self.assertIn("(ipmon) of root", self.unit(engine, "ipl")["reader"])
        self.net.run("client", "ping", "-c", "1", "-W", "1", self.net.SERVER4, check=False)
        self.net.run("client", "curl", "-s", "-m", "2", "-o", "/dev/null", f"http://{self.net.SERVER4}:8080/",
                     check=False)
        engine.wait_for(lambda: output.exists() and output.read_text().count(" IN\n") == 2,
                        why="ipmon printed no lines")
        lines = [line for line in output.read_text().splitlines() if not line.startswith("missed")]
        when = r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d\.\d{6} "
        # A name that ends with a letter has its number behind it.
        self.assertRegex(lines[0], when + r"lan0 @7:3 b 10\.77\.1\.2 -> 10\.77\.2\.2 PR icmp len 20 84 icmp echo/0 IN")
        self.assertRegex(lines[1], when + r"lan0 @web:12 p 10\.77\.1\.2,\d+ -> 10\.77\.2\.2,8080 PR tcp len 20 60 -S IN")

    def test_what_ipmon_keeps_is_a_capture(self):
        engine = self.begin()
        self.net.run("client", "ping", "-c", "1", "-W", "1", self.net.SERVER4, check=False)
        log = self.folder / "kept.ipl"
        log.write_bytes(b"".join(self.gather(engine, "ipl")))
        self.peer("zstd", "-q", log)
        for path in (log, f"{log}.zst"):
            lines, _ = self.gatelog("read", 'verdict = drop & if = lan & rule = "@7:3"', path)
            self.assertRegex(lines, r'DROP "@7:3" packet from lan, proto:ICMP, len:84, 10\.77\.1\.2 -> 10\.77\.2\.2')
        self.gatelog("read", "verdict = pass", log, status=1)
        self.gatelog("read", "any", log, "-w", self.folder / "copy.ipl")
        self.assertEqual((self.folder / "copy.ipl").read_bytes()[:112], log.read_bytes()[:112])
        whole = log.read_bytes()
        log.write_bytes(whole + whole[:100])
        _, complaint = self.gatelog("read", "any", log, status=2)
        self.assertIn(f"at byte {len(whole)}: the log ends in the middle of a record", complaint)


class ReaderTests(IPLogCase):
    def flood(self, count=400):
        """Packets that differ, from the client: each is a record of 156 bytes."""
        self.net.run("client", "bash", "-c",
                     f"for i in $(seq {count}); do echo > /dev/udp/{self.net.SERVER4}/8080; done")

    def test_a_full_buffer_drops_the_new_and_says_so(self):
        engine = self.begin()
        reader = Reader(self, engine, "ipl")
        self.flood()
        engine.wait_for(lambda: self.unit(engine, "ipl")["dropped"] > 0, why="nothing was dropped")
        waiting = reader.number(b"N")
        self.assertLessEqual(waiting, 8192)
        self.assertGreater(waiting, 8192 - 160)
        first = records(reader.read())
        self.assertEqual(struct.unpack_from("<I", first[0], 8)[0], 1)
        engine.wait_for(lambda: any("dropped" in text for text in engine.status()["problems"]),
                        why="the loss was not told")
        self.drain(engine, reader)
        self.assertEqual(self.books(engine), 0)

    def drain(self, engine, reader):
        """Reads until nothing more is written."""
        written = -1
        while (now := self.unit(engine, "ipl")["written"]) != written:
            written = now
            while reader.number(b"N") > 0:
                reader.read()
            time.sleep(0.3)

    def books(self, engine):
        """What is missing in the books of the packets, of which none waits: 0."""
        unit = self.unit(engine, "ipl")
        self.assertEqual(unit["waiting"], 0)
        return unit["written"] - unit["read"] - unit["merged"] - unit["dropped"] - unit["flushed"]

    def test_readers_who_do_wrong_harm_nobody(self):
        engine = self.begin()
        good = Reader(self, engine, "ipl")
        good.socket.send(b"R" + struct.pack("<I", 32768))  # waits
        time.sleep(0.2)
        second = Reader(self, engine, "ipl")
        answer = second.read()
        self.assertEqual(struct.unpack_from("<i", answer)[0], -16)
        self.assertRegex(answer[4:].decode(), r"process \d+ \(python3.*\) of root reads .*/ipl already")
        for rubbish in (b"X", b"R", b"R12", b"N" * 100, b"\0" * 4096):
            self.assertEqual(struct.unpack_from("<i", second.ask(rubbish))[0], -22)
        self.assertEqual(second.number(b"N"), 0)
        crowd = [Reader(self, engine, "ipl") for _ in range(20)]
        self.assertEqual(struct.unpack_from("<i", crowd[-1].socket.recv(256))[0], -16)
        for one in crowd:
            one.close()
        second.close()
        self.flood(1)
        self.assertEqual(len(records(good.socket.recv(1 << 20))), 1)
        # One that dies while it waits makes room for the next.
        good.socket.send(b"R" + struct.pack("<I", 32768))
        good.close()
        engine.wait_for(lambda: self.unit(engine, "ipl").get("reader") is None, why="the dead reader stayed")
        self.flood(1)
        third = Reader(self, engine, "ipl")
        self.assertEqual(struct.unpack_from("<i", third.read(20))[0], -22)
        self.assertEqual(third.read(50), b"")
        self.assertEqual(third.read(0), b"")
        self.assertEqual(len(records(third.read())), 1)
        self.flood(1)
        engine.wait_for(lambda: third.number(b"N") > 0)
        self.assertEqual(third.number(b"F"), 128 + 29 - 1)
        self.assertEqual(third.number(b"N"), 0)
        self.assertEqual(self.books(engine), 0)
        self.assertEqual(engine.stop(), 0)
        self.assertFalse((engine.home / "run" / "ipl").exists())
        self.assertEqual(third.socket.recv(16), b"")


if __name__ == "__main__":
    unittest.main()
