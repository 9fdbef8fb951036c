"""`gatelog explain`: sentences and translations of the manual's examples, judged by those who are to read them."""
import ipaddress
import json
import sqlite3
import subprocess
import unittest

from support import CAPTURES, ROOT, Case

RST = CAPTURES / "tcp_rst_data.pcap"
GENEVE = CAPTURES / "geneve.pcap"
SCHEMA = ROOT / "Resources" / "schema" / "packet.schema.json"

EXAMPLES = [
    'if = "Internet" & (port >= 137 & port <= 139 | port = 445)',
    'oif = "Internet" & daddr = 123.32.45.67 & (dport = 80 | dport = 8080)',
    "direc = in & tcpfl = SYN",
    "tcpfl = SYN +ACK -RST",
    "addr = 1.2.3.4-1.2.3.10 | addr = 2001:abcd:1234::1",
    'saddr = user:"user1,user2,[group1],user3,[group2]"',
    'addr = list:"name of IP group" & iif = vpnclient',
    'if = vpn:"name of VPN connection" & !(port = 53)',
    "proto = udp & port = 5060-5061 & addr = 2001:db8::/32",
    r"addr = { 10.0.0.0/8, 192.168.1.7 } & host ~ /(^|\.)example\.com$/",
]

SETTINGS = """
groups:
  name of IP group: [10.0.0.0/8, "2001:db8::/32"]
users:
  user1: { addresses: [10.0.0.1] }
  user2: { addresses: ["2001:db8::2"] }
  user3: {}
  user4: { groups: [group1], addresses: [10.0.0.4] }
  user5: { groups: [group2], addresses: [10.0.0.5] }
interfaces:
  Internet: { device: eth0 }
  Road warriors: { device: tun0, kind: vpnclient }
  Branch: { device: tun1, kind: vpn, connection: name of VPN connection }
"""


class Translations(Case):
    def setUp(self):
        super().setUp()
        self.settings = self.folder / "settings.yaml"
        self.settings.write_text(SETTINGS, encoding="utf-8")

    def explain(self, expression, *arguments):
        return self.gatelog("explain", expression, "--settings", self.settings, *arguments)

    def translations(self, target):
        return {example: self.explain(example, "--to", target)[0].rstrip("\n") for example in EXAMPLES}

    def test_goldens(self):
        for target in ["tcpdump", "wireshark", "nft", "bpf", "sql", "listing", "canonical", None]:
            with self.subTest(target):
                pages = []
                for example in EXAMPLES:
                    out, errors = self.explain(example, *(["--to", target] if target else []))
                    pages.append(f"# {example}\n{out}{errors}")
                self.check_golden(f"explain-{target or 'sentences'}.txt", "\n".join(pages))

    def test_the_canonical_form_is_its_own(self):
        for example in EXAMPLES:
            first, _ = self.explain(example, "--to", "canonical")
            self.assertEqual(self.explain(first.rstrip("\n"), "--to", "canonical")[0], first)

    def test_tcpdump_takes_its_filter(self):
        for example, text in self.translations("tcpdump").items():
            with self.subTest(example):
                self.peer("tcpdump", "-r", RST, "-d", text)

    def test_wireshark_takes_its_filter(self):
        for example, text in self.translations("wireshark").items():
            with self.subTest(example):
                self.peer("tshark", "-n", "-r", RST, "-Y", text)

    def test_nft_takes_its_rules(self):
        def check(rules):
            script = "table inet gatelog_test {\n chain traffic {\n" + rules + "\n }\n}\n"
            return subprocess.run(["nft", "--check", "-f", "-"], input=script.encode(), capture_output=True)

        if check("counter").returncode != 0:
            self.skipTest("nft may not check rules here: " + check("counter").stderr.decode())
        for example, text in self.translations("nft").items():
            with self.subTest(example):
                done = check("\n".join(line + " counter" for line in text.splitlines()))
                self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_sqlite_takes_its_predicate(self):
        columns = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
        with sqlite3.connect(":memory:") as database:
            database.create_function("regexp", 2, lambda pattern, text: False)
            database.execute(f"CREATE TABLE packets ({', '.join(columns)})")
            database.execute("INSERT INTO packets (ip_version) VALUES (4)")
            for example, text in self.translations("sql").items():
                with self.subTest(example):
                    rows = database.execute(f"SELECT count(*) FROM packets WHERE {text}").fetchone()
                    self.assertIn(rows[0], (0, 1))

    def test_sqlite_chooses_what_read_chooses(self):
        objects = [json.loads(line) for line in self.gatelog("read", GENEVE, "--json")[0].splitlines()]
        names = list(json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"])

        def stored(found, name):
            value = found.get(name)
            if name not in ("source_ip", "destination_ip") or value is None:
                return value
            address = ipaddress.ip_address(value)
            return (b"" if address.version == 6 else bytes(10) + b"\xff\xff") + address.packed

        with sqlite3.connect(":memory:") as database:
            database.execute(f"CREATE TABLE packets ({', '.join(names)})")
            for found in objects:
                database.execute(
                    f"INSERT INTO packets VALUES ({', '.join('?' * len(names))})",
                    [stored(found, name) for name in names])
            for expression in ["saddr = 20.0.0.1", "addr != 20.0.0.1-20.0.0.1", "sport < 30000", "!(len >= 130)",
                               "dport = geneve & ttl = 64", "tcpfl != SYN", "tcpfl = SYN"]:
                with self.subTest(expression):
                    text, _ = self.explain(expression, "--to", "sql")
                    rows = database.execute(f"SELECT count(*) FROM packets WHERE {text}").fetchone()
                    count, _ = self.gatelog("read", expression, GENEVE, "--count", status=(0, 1))
                    self.assertEqual(rows[0], int(count))

    def test_tcpdump_and_tshark_choose_what_read_chooses(self):
        for expression in ["saddr = 20.0.0.1", "sport < 30000", "!(len >= 130)", "dport = geneve & saddr = 20.0.0.2",
                           "port > 12000 & port < 13000", "addr = 20.0.0.1 & addr = 20.0.0.2"]:
            with self.subTest(expression):
                count = int(self.gatelog("read", expression, GENEVE, "--count", status=(0, 1))[0])
                text = self.explain(expression, "--to", "tcpdump")[0].rstrip("\n")
                self.assertEqual(self.peer("tcpdump", "-nqr", GENEVE, text)[0].count("\n"), count, text)
                text = self.explain(expression, "--to", "wireshark")[0].rstrip("\n")
                # Wireshark looks into tunnels too: those of Geneve are left alone.
                out, _ = self.peer("tshark", "--disable-protocol", "geneve", "-n", "-r", GENEVE, "-Y", text)
                self.assertEqual(out.count("\n"), count, text)


class Trials(Case):
    def test_counts_are_those_of_read(self):
        for expression in ["any", "saddr = 20.0.0.1", "port = 1", "inner(proto = icmp)", "len > 130 & ttl = 64"]:
            count, _ = self.gatelog("read", expression, GENEVE, "--count", status=(0, 1))
            out, _ = self.gatelog("explain", expression, "--test", GENEVE, "--json")
            found = json.loads(out)["captures"]
            self.assertEqual([(one["matched"], one["packets"]) for one in found], [(int(count), 39)])

    def test_several_captures(self):
        out, _ = self.gatelog("explain", "proto = tcp", "--test", GENEVE, "--test", RST)
        self.assertEqual(
            out, f"TCP packets.\n{GENEVE}: 0 of 39 packets (0.0 %)\n{RST}: 1 of 1 packets (100.0 %)\n")

    def test_object(self):
        out, errors = self.gatelog("explain", "port = 80 and ttl <= 4", "--to", "tcpdump", "--json")
        self.assertEqual(errors, "")
        found = json.loads(out)
        self.assertEqual(found["canonical"], "port = 80 & ttl <= 4")
        self.assertEqual(found["translation"]["target"], "tcpdump")
        self.assertEqual(found["captures"], [])

    def test_an_expression_from_a_file(self):
        path = self.folder / "expression"
        path.write_text("port = 80 & # web\n ttl < 5\n", encoding="utf-8")
        self.assertEqual(self.gatelog("explain", "-F", path), self.gatelog("explain", "port = 80 & ttl < 5"))
        for arguments in [(), ("any", "-F", path)]:
            _, errors = self.gatelog("explain", *arguments, status=2)
            self.assertIn("say one expression", errors)

    def test_unknown_facts_are_warned_of(self):
        _, errors = self.gatelog("explain", "country = DE")
        self.assertIn("MaxMind", errors)


if __name__ == "__main__":
    unittest.main()
