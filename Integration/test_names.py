"""Names of hosts: DNS answers on the wire, and the system's resolver before name servers of our own."""
import json
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

import namespaces
from test_live import LiveCase

UNAVAILABLE = namespaces.unavailable()
HERE = pathlib.Path(__file__).parent
TEMPLATE = "logs: { template: \"%SRC% %SRCHOST% -> %DST% %DSTHOST%\" }\n"


def ptr(address):
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa PTR"


def plain(name):
    return [part.encode().hex() for part in name.split(".")]


@unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
class NameCase(LiveCase):
    def resolve(self, records, host="gateway", address="127.0.0.1"):
        """Starts a name server in a host, and has the gateway's programs ask 127.0.0.1."""
        path = "silent" if records is None else self.folder / f"records-{host}.json"
        if records is not None:
            path.write_text(json.dumps(records))
        server = self.net.start(host, sys.executable, HERE / "nameserver.py", address, path,
                                stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.assertEqual(server.stdout.readline().strip(), "listening")
        folder = pathlib.Path("/etc/netns") / self.net.namespace("gateway")
        folder.mkdir(parents=True, exist_ok=True)
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
        (folder / "nsswitch.conf").write_text("hosts: dns\npasswd: files\ngroup: files\n")

    def ping(self, count=1, source=None):
        self.net.run("client", "ping", "-c", count, "-i", "0.1", *(["-I", source] if source else []), self.net.LAN4)

    def logged_with(self, engine, text, source=None, seconds=10):
        """Pings until a line of the Debug log has a text; the line."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.ping(source=source)
            time.sleep(0.2)
            for line in engine.log("debug"):
                if text in line:
                    return line
        raise AssertionError(f"no {text!r} in\n" + "\n".join(engine.log("debug")[-5:]) + f"\n{engine.status()['names']}")


class ResolverTests(NameCase):
    def test_names_of_private_networks_come_to_lines_and_expressions(self):
        self.resolve({ptr("10.77.1.2"): plain("Jane-PC.Office.test")})
        engine = self.start(settings=TEMPLATE)
        engine.gatelog("packet-log", "proto = icmp and if = lan")
        line = self.logged_with(engine, "jane-pc.office.test")
        self.assertIn("10.77.1.2 jane-pc.office.test -> 10.77.1.1", line)
        # An expression is met by the name, and a name that is not there is not made up.
        engine.gatelog("packet-log", 'host = "jane-pc.office.test" and proto = icmp')
        before = len(engine.log("debug"))
        end = time.monotonic() + 10
        while len(engine.log("debug")) == before and time.monotonic() < end:
            self.ping()
            time.sleep(0.2)
        self.assertGreater(len(engine.log("debug")), before)
        found = engine.gatelog("log", "debug", "--match", 'host = "jane-pc.office.test"')
        self.assertIn("10.77.1.2", found)
        names = engine.status()["names"]
        self.assertEqual(names["found"], 1, names)
        self.assertLess(names["questions"], 10, names)

    def test_hostile_names_are_none(self):
        hostile = {
            "10.77.1.11": [b"evil\x1b[31m", b"test"], "10.77.1.12": [b"a\nforged line", b"test"],
            "10.77.1.13": [b"x" * 63, b"y" * 63, b"z" * 63, b"w" * 61], "10.77.1.14": [b"192", b"168", b"0", b"1"],
            "10.77.1.15": [b"www.google.com\0", b"test"], "10.77.1.16": ["паypal".encode(), b"com"],
            "10.77.1.17": [b"good-one", b"test"],
        }
        self.resolve({ptr(address): [part.hex() for part in parts] for address, parts in hostile.items()})
        engine = self.start(settings=TEMPLATE)
        engine.gatelog("packet-log", "proto = icmp and if = lan")
        for address in hostile:
            self.net.address("client", "eth0", f"{address}/24")
            self.ping(source=address)
        self.logged_with(engine, "good-one.test", source="10.77.1.17")
        engine.wait_for(lambda: engine.status()["names"]["waiting"] == 0)
        for address in hostile:
            self.ping(source=address)
        lines = self.settled(engine)
        self.assertTrue(all(line.isprintable() for line in lines), lines)
        for line in lines:
            for trace in ("evil", "forged", "192.168", "google", "paypal", "com"):
                self.assertNotIn(trace, line)
        # 255 bytes on the wire are 253 of text: the longest name that there is.
        longest = ".".join(["x" * 63, "y" * 63, "z" * 63, "w" * 61])
        self.assertTrue(any(f"10.77.1.13 {longest} ->" in line for line in lines), lines[-8:])

    def test_a_public_address_is_called_what_leads_back_to_it(self):
        self.resolve({
            ptr("203.0.113.5"): plain("www.example.com"), "www.example.com A": "198.51.100.9",
            ptr("203.0.113.6"): plain("mail.example.test"), "mail.example.test A": "203.0.113.6"})
        engine = self.start(settings=TEMPLATE + "names: { resolver: all }\n")
        engine.gatelog("packet-log", "proto = icmp and if = lan")
        self.net.ip("gateway", "route", "add", "203.0.113.0/24", "via", "10.77.1.2")
        for address in ("203.0.113.5", "203.0.113.6"):
            self.net.address("client", "eth0", f"{address}/32")
        self.ping(source="203.0.113.5")
        self.logged_with(engine, "mail.example.test", source="203.0.113.6")
        engine.wait_for(lambda: engine.status()["names"]["refused"] == 1)
        self.ping(source="203.0.113.5")
        self.assertFalse([line for line in self.settled(engine) if "www.example.com" in line])

    def test_a_resolver_that_hangs_harms_nobody(self):
        self.resolve(None)
        engine = self.start(settings=TEMPLATE + "names: { resolver: all, rate: 1000 }\n")
        engine.gatelog("packet-log", "proto = icmp and if = lan")
        began = time.monotonic()
        for number in range(20, 60):
            self.net.address("client", "eth0", f"10.77.1.{number}/24")
            self.ping(source=f"10.77.1.{number}")
        lines = self.settled(engine)
        self.assertEqual(len([line for line in lines if "10.77.1.1" in line]), 80)
        names = engine.status()["names"]
        self.assertGreater(names["waiting"], 10, names)
        self.assertEqual(names["found"], 0)
        self.assertLess(time.monotonic() - began, 60)
        began = time.monotonic()
        self.assertEqual(engine.stop(), 0)
        self.assertLess(time.monotonic() - began, 5, "threads that wait for the resolver held the daemon up")

    def test_nobody_is_asked_where_that_is_off(self):
        self.resolve({ptr("10.77.1.2"): plain("jane-pc.test")})
        engine = self.start(settings=TEMPLATE + "names: { resolver: off }\n")
        engine.gatelog("packet-log", "proto = icmp and if = lan")
        self.ping(count=3)
        self.assertEqual(engine.status()["names"]["questions"], 0)
        self.assertFalse([line for line in self.settled(engine) if "jane" in line])


class ConnectionNameTests(NameCase):
    def test_a_connection_is_called_what_the_client_asked_for(self):
        self.resolve({ptr("10.77.1.2"): plain("jane-pc.test")})
        self.resolve({"hit.example.test A": "10.77.2.2"}, host="server", address="10.77.2.2")
        self.net.sysctl("gateway", "net.netfilter.nf_conntrack_acct=1", "net.netfilter.nf_conntrack_timestamp=1",
                        "net.netfilter.nf_conntrack_events=1")
        self.net.run("gateway", "nft", "add table ip t; add chain ip t f { type filter hook forward priority 0; }; "
                                       "add rule ip t f ct state new accept")
        engine = self.start()
        self.net.run("client", sys.executable, HERE / "nameserver.py", "ask", self.net.SERVER4, "hit.example.test")
        engine.wait_for(lambda: engine.status()["names"]["learned"] >= 1)
        web = self.net.start("server", sys.executable, "-m", "http.server", "8080", stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        for _ in range(100):
            if "8080" in self.net.run("server", "ss", "-Htln"):
                break
            time.sleep(0.02)
        self.net.run("client", "curl", "-s", "-o", "/dev/null", f"http://{self.net.SERVER4}:8080/")
        web.terminate()
        time.sleep(0.5)
        self.net.run("gateway", "conntrack", "-F", check=False)
        engine.wait_for(lambda: any(":8080" in line for line in engine.log("connection")))
        line = next(line for line in engine.log("connection") if ":8080" in line)
        self.assertIn("-> hit.example.test:8080", line)
        self.assertIn("[Connection] TCP 10.77.1.2:", line)
        # Both names are in the record, which a search asks: also the one that the line does not show.
        for name in ("hit.example.test", "jane-pc.test"):
            found = engine.gatelog("log", "connection", "--match", f'host = "{name}"')
            self.assertIn(":8080", found, name)


if __name__ == "__main__":
    unittest.main()
