"""`gatelog read`: lines, objects, summaries, and what an expression finds in captures."""
import gzip
import json
import re
import unittest

import captures
from support import CAPTURES, ROOT, Case

RST = CAPTURES / "tcp_rst_data.pcap"
GENEVE = CAPTURES / "geneve.pcap"
GEO = ROOT / "Tests" / "Fixtures" / "geo" / "test.mmdb"
START = 1_600_000_000_000_000_000
"""2020-09-13T12:26:40Z, in nanoseconds since 1970."""


class Lines(Case):
    FILES = [
        "accecn_handshake.pcap", "bgp-extended-msg.pcapng", "icmp-rfc5837.pcap", "icmpv6.pcap",
        "nfs-write-verf-cookie.pcapng", "LINKTYPE_RAW_ipv4.pcap", "OSPFv2_Capture_FINAL.pcapng", "tftp.pcap",
        "time_2038.pcap", "time_2038_max.pcap", "time_2038_overflow.pcap", "various_gre.pcap",
    ]
    EVERYTHING = (
        "%TIME% %DIRECTION% %IF% %PROTO% %PKTLEN% %SRC% %DST% %SRCMAC% %DSTMAC% %PAYLOADLEN% %DSCP% %RULE% "
        "%VERDICT% %USER% %SRCHOST% %DSTHOST% %TTL% %VLAN% %ID% %COUNTRY% %HEX% 100%% %PAYLOAD%")

    def test_goldens(self):
        for dialect in ["control", "winroute"]:
            with self.subTest(dialect):
                lines = []
                for name in self.FILES:
                    out, errors = self.gatelog("read", "any", CAPTURES / name, "--limit", "12", "--dialect", dialect)
                    self.assertEqual(errors, "")
                    lines.append(f"{name}\n{out}")
                self.check_golden(f"lines-{dialect}.txt", "\n".join(lines))

    def test_a_template_with_every_variable(self):
        out, _ = self.gatelog("read", "any", RST, GENEVE, "--limit", "3", "--template", self.EVERYTHING)
        self.check_golden("lines-every-variable.txt", out)

    def test_template_errors_point(self):
        _, errors = self.gatelog("read", "any", RST, "--template", "%SRC% %DTS% 100%", status=2)
        self.check_golden("wrong-template.txt", errors)

    def test_times(self):
        stamp = {
            (): "26/Feb/2013 22:03:19", ("--milliseconds",): "26/Feb/2013 22:03:19.190",
            ("--utc",): "26/Feb/2013 22:03:19",
        }
        for options, expected in stamp.items():
            out, _ = self.gatelog("read", "any", RST, *options)
            self.assertEqual(out[1:out.index("]")], expected, options)

    def test_local_time(self):
        prague = {"TZ": "Europe/Prague"}
        out, _ = self.gatelog("read", "any", RST, environment=prague)
        self.assertTrue(out.startswith("[26/Feb/2013 23:03:19] "), out)
        out, _ = self.gatelog("read", "any", RST, "--utc", environment=prague)
        self.assertTrue(out.startswith("[26/Feb/2013 22:03:19] "), out)
        out, _ = self.gatelog("read", "any", RST, "--json", environment=prague)
        self.assertEqual(json.loads(out)["time"], "2013-02-26T23:03:19.190965000+01:00")

    def test_a_summer_night_when_the_clock_is_put_back(self):
        # 2020-10-25 00:30 and 01:30 UTC are both 02:30 in Prague.
        path = self.folder / "night.pcap"
        packet = captures.ethernet(captures.ipv4("10.0.0.1", "10.0.0.2", 17, captures.udp(1, 2)))
        first = 1_603_585_800_000_000_000
        path.write_bytes(captures.pcap([(first, packet), (first + 3_600_000_000_000, packet)]))
        out, _ = self.gatelog("read", path, "--json", environment={"TZ": "Europe/Prague"})
        self.assertEqual(
            [json.loads(line)["time"][11:] for line in out.splitlines()],
            ["02:30:00.000000000+02:00", "02:30:00.000000000+01:00"])

    def test_nobody_forges_a_line(self):
        path = self.folder / "forged.pcap"
        packet = captures.ipv4("10.0.0.1", "10.0.0.2", 17, captures.udp(1, 2))
        path.write_bytes(captures.pcap([(START, captures.nflog(packet, "DROP a\n[01/Jan/2020 \x1b[31m\"b"))],
                                       captures.NFLOG))
        out, _ = self.gatelog("read", path)
        self.assertEqual(out.count("\n"), 1)
        self.assertIn(r"a\x0a[01/Jan/2020 \x1b[31m", out)


class Objects(Case):
    FILES = Lines.FILES + ["geneve.pcap", "dnssec.pcap", "gso-ipv6.pcap"]

    def objects(self, *arguments):
        out, _ = self.gatelog("read", "any", *arguments, "--json")
        return [json.loads(line) for line in out.splitlines()]

    def test_each_line_is_what_the_schema_describes(self):
        schema = json.loads((ROOT / "Resources" / "schema" / "packet.schema.json").read_text(encoding="utf-8"))
        for name in self.FILES:
            for found in self.objects(CAPTURES / name):
                with self.subTest(name):
                    self.check_schema(found, schema)

    def check_schema(self, found, schema):
        """As much of JSON Schema as the schema of packets uses."""
        self.assertLessEqual(set(schema["required"]), set(found))
        self.assertLessEqual(set(found), set(schema["properties"]))
        types = {"string": str, "integer": int, "boolean": bool}
        for name, value in found.items():
            rule = schema["properties"][name]
            if "type" in rule:
                self.assertIs(type(value), types[rule["type"]], name)
            if "enum" in rule:
                self.assertIn(value, rule["enum"], name)
            if "const" in rule:
                self.assertEqual(value, rule["const"], name)
            if "minimum" in rule:
                self.assertGreaterEqual(value, rule["minimum"], name)
            if rule.get("format") == "date-time":
                self.assertRegex(value, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(Z|[+-]\d\d:\d\d)$")
            self.assertNotEqual(value, "", name)

    def test_goldens_in_every_style_of_names(self):
        for names in ["gatelog", "ecs", "eve"]:
            with self.subTest(names):
                found = self.objects(RST, GENEVE, CAPTURES / "icmpv6.pcap", "--limit", "6", "--json-names", names)
                self.check_golden(
                    f"objects-{names}.txt", "".join(json.dumps(one, indent=1) + "\n" for one in found))

    def test_as_many_objects_as_lines(self):
        for name in self.FILES:
            out, _ = self.gatelog("read", "any", CAPTURES / name)
            self.assertEqual(len(self.objects(CAPTURES / name)), out.count("\n"), name)


class Choosing(Case):
    def count(self, *arguments, **options):
        out, _ = self.gatelog("read", *arguments, "--count", **options)
        return int(out)

    def test_limit(self):
        self.assertEqual(self.count("any", GENEVE), 39)
        self.assertEqual(self.count("any", GENEVE, "--limit", "5"), 5)
        self.assertEqual(self.count("any", GENEVE, GENEVE, "--limit", "41"), 41)

    def test_from_and_to_part_a_capture(self):
        everything = [json.loads(line)["time"] for line in self.gatelog("read", GENEVE, "--json")[0].splitlines()]
        middle = sorted(everything)[20]
        before = self.count("any", GENEVE, "--to", middle)
        after = self.count("any", GENEVE, "--from", middle)
        self.assertEqual(before, sum(time < middle for time in everything))
        self.assertEqual(before + after, 39)
        self.assertEqual(self.count("any", GENEVE, "--from", "22:04:00", "--to", "2015-02-01 23:00"), 39)
        self.assertEqual(self.count("any", GENEVE, "--from", "23:00", status=1), 0)

    def test_several_captures_follow_one_another(self):
        first, _ = self.gatelog("read", GENEVE)
        second, _ = self.gatelog("read", RST)
        both, _ = self.gatelog("read", "any", GENEVE, RST)
        self.assertEqual(both, first + second)
        unsaid, _ = self.gatelog("read", GENEVE, RST)
        self.assertEqual(unsaid, both)

    def test_compressed_captures(self):
        expected, _ = self.gatelog("read", GENEVE)
        packed = self.folder / "geneve.pcap.gz"
        packed.write_bytes(gzip.compress(GENEVE.read_bytes()))
        frozen = self.folder / "geneve.pcap.zst"
        self.peer("zstd", "-q", GENEVE, "-o", frozen)
        for path in [packed, frozen]:
            self.assertEqual(self.gatelog("read", path)[0], expected)
            self.assertEqual(self.gatelog("read", "-", stdin=path.read_bytes())[0], expected)

    def test_a_compressed_capture_that_ends_early_is_2(self):
        whole = gzip.compress(GENEVE.read_bytes())
        cut = self.folder / "cut.pcap.gz"
        cut.write_bytes(whole[:len(whole) * 2 // 3])
        out, errors = self.gatelog("read", cut, status=2)
        expected, _ = self.gatelog("read", GENEVE)
        self.assertTrue(expected.startswith(out) and out)
        self.assertIn("cut.pcap.gz", errors)

    def test_damage_says_its_offset_and_what_follows_is_read(self):
        # The second of three blocks claims a length that is none.
        packet = captures.ethernet(captures.ipv4("10.0.0.1", "10.0.0.2", 17, captures.udp(1, 2)))
        whole = captures.pcapng([(1, "eth0", None)], [(0, START + n, packet, None, None) for n in range(3)])
        size = (len(whole) - len(captures.pcapng([(1, "eth0", None)], []))) // 3
        at = len(whole) - 2 * size
        broken = self.folder / "broken.pcapng"
        broken.write_bytes(whole[:at + 4] + b"\x03\x00\x00\x00" + whole[at + 8:])
        out, errors = self.gatelog("read", broken, status=2)
        self.assertIn(f"at byte {at}", errors)
        self.assertGreaterEqual(out.count("\n"), 1)

    def test_every_damaged_fixture_is_survived(self):
        # 0 and 1 where the damage is inside packets, 2 where it is in the file: never a signal.
        for path in sorted(CAPTURES.glob("*")) + sorted((CAPTURES.parent / "captures-damaged").glob("*")):
            if path.name == "LICENSE":
                continue
            with self.subTest(path.name):
                out, errors = self.gatelog("read", "any", path, "--json", status=(0, 1, 2))
                for line in out.splitlines():
                    json.loads(line)
                self.assertNotIn("Fatal error", errors)


class Summary(Case):
    def test_golden(self):
        out, _ = self.gatelog("read", "any", GENEVE, "--summary")
        self.check_golden("summary.txt", out)

    def test_object(self):
        out, _ = self.gatelog("read", "any", GENEVE, "--summary", "--json")
        self.assertEqual(out.count("\n"), 1)
        self.check_golden("summary-object.txt", json.dumps(json.loads(out), indent=1) + "\n")

    def test_nothing(self):
        out, _ = self.gatelog("read", "port = 1", GENEVE, "--summary", status=1)
        self.assertEqual(out, "No packet matched.\n")


class Knowledge(Case):
    """What is known beside a packet: names, users, databases, the firewall's log, interfaces."""

    SETTINGS = """
groups:
  office: [10.0.0.0/24]
  servers: ["192.0.2.10"]
users:
  ann: { groups: [staff], addresses: [10.0.0.7] }
interfaces:
  Internet: { device: eth0, index: 2 }
  LAN: { device: eth1, index: 3 }
  Branch: { device: tun0, kind: vpn, connection: "to the branch" }
services:
  myapp: 9000
"""

    def setUp(self):
        super().setUp()
        self.settings = self.folder / "settings.yaml"
        self.settings.write_text(self.SETTINGS, encoding="utf-8")

    def capture(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def matching(self, expression, path, *arguments):
        """The destination ports of the packets that match, which tell them apart."""
        out, errors = self.gatelog("read", expression, path, *arguments, "--json", status=(0, 1))
        return [json.loads(line)["destination_port"] for line in out.splitlines()], errors

    def test_settings(self):
        packet = captures.ipv4("10.0.0.7", "192.0.2.10", 6, captures.tcp(4000, 9000, 2))
        other = captures.ipv4("10.0.1.7", "192.0.2.11", 6, captures.tcp(4000, 80, 2))
        path = self.capture("a.pcapng", captures.pcapng(
            [(1, "eth0", None), (1, "tun0", None)],
            [(0, START, captures.ethernet(packet), captures.OUT, None),
             (1, START, captures.ethernet(other), captures.IN, None)]))
        for expression, expected in {
            'addr = list:"office"': [9000], 'addr = list:"servers"': [9000], 'saddr = user:"ann"': [9000],
            'addr = user:"[staff]"': [9000], "user = ann": [9000], 'user = "[staff]"': [9000], "user ~ /^a/": [9000],
            'if = "Internet"': [9000], "if = eth0": [9000], 'oif = "Internet"': [9000], 'iif = "Internet"': [],
            "if = vpn": [80], 'if = vpn:"to the branch"': [80], "if = vpnclient": [],
            "port = myapp": [9000], "dport = http": [80], 'addr != list:"office"': [80],
        }.items():
            with self.subTest(expression):
                found, errors = self.matching(expression, path, "--settings", self.settings)
                self.assertEqual((found, errors), (expected, ""))

    def test_unknown_names_are_errors_where_names_are_known(self):
        for expression, meant in {
            'addr = list:"ofice"': '"office"', 'addr = user:"anne"': '"ann"', 'if = "Internt"': '"Internet"',
            "port = myap": '"myapp"', 'if = vpn:"to the brunch"': '"to the branch"',
        }.items():
            with self.subTest(expression):
                _, errors = self.gatelog("read", expression, RST, "--settings", self.settings, status=2)
                self.assertIn(f"did you mean {meant}", errors)

    def test_unknown_names_are_warnings_where_nothing_is_known(self):
        _, errors = self.gatelog("read", 'if = "Internet"', RST, status=1)
        self.assertIn("warning: no interface is known here", errors)

    def test_mistakes_in_settings(self):
        self.settings.write_text("groups:\n  a: [10.0.0.999]\ninterface: {}\n")
        _, errors = self.gatelog("read", "any", RST, "--settings", self.settings, status=2)
        self.assertIn("settings.yaml:2:7:", errors)
        self.assertIn("settings.yaml:3:1:", errors)

    def test_lines_as_the_settings_want_them(self):
        self.settings.write_text('log: { template: "%SRC% to %DST%", milliseconds: true }\n')
        out, _ = self.gatelog("read", RST, "--settings", self.settings)
        self.assertEqual(out, "[26/Feb/2013 22:03:19.190] 199.204.31.89:80 to 172.16.133.41:52875\n")

    def test_interface_name_for_a_capture_without_one(self):
        out, errors = self.gatelog("read", 'if = "WAN"', RST, "--interface-name", "WAN")
        self.assertIn(" packet on WAN, ", out)
        self.assertEqual(errors, "")

    def test_country_and_network(self):
        packets = [captures.ipv4("10.0.0.1", address, 17, captures.udp(1, port))
                   for port, address in enumerate(["192.0.2.1", "198.51.100.1", "203.0.113.1"], 1)]
        path = self.capture("geo.pcap", captures.pcap([(START, captures.ethernet(one)) for one in packets]))
        everything, _ = self.gatelog("read", path, "--json", "--geo", GEO)
        places = {}
        for line in everything.splitlines():
            found = json.loads(line)
            places[found["destination_port"]] = found.get("destination_country"), found.get("destination_asn")
        self.assertTrue(any(country for country, _ in places.values()), places)
        for port, (country, asn) in places.items():
            if country:
                wanted = [other for other in places if places[other][0] == country]
                self.assertEqual(self.matching(f"country = {country}", path, "--geo", GEO), (wanted, ""))
            if asn:
                wanted = [other for other in places if places[other][1] == asn]
                self.assertEqual(self.matching(f"asn = {asn}", path, "--geo", GEO), (wanted, ""))
        _, errors = self.gatelog("read", "country = DE", path, status=1)
        self.assertIn("MaxMind", errors)

    def test_hosts_by_dns_answers_seen_before(self):
        def packet(destination, port):
            return captures.ethernet(captures.ipv4("10.0.0.7", destination, 6, captures.tcp(4000, port, 2)))

        answer = captures.ethernet(captures.ipv4(
            "10.0.0.53", "10.0.0.7", 17, captures.udp(53, 4000, captures.dns_answer("www.example.com", "192.0.2.1"))))
        path = self.capture("dns.pcap", captures.pcap([
            (START, packet("192.0.2.1", 1)), (START + 1, answer), (START + 2, packet("192.0.2.1", 2)),
            (START + 3, packet("192.0.2.2", 3))]))
        for expression, expected in {
            'host = "www.example.com"': [2], 'host = "WWW.Example.COM"': [2], 'host = "*.example.com"': [2],
            'host = "example.com"': [], r"host ~ /(^|\.)EXAMPLE\.com$/": [2],
            'host != "www.example.com" & proto = tcp': [1, 3],
        }.items():
            with self.subTest(expression):
                self.assertEqual(self.matching(expression, path), (expected, ""))
        out, _ = self.gatelog("read", "dport = 2", path, "--template", "%SRCHOST% -> %DSTHOST%")
        self.assertTrue(out.endswith("] - -> www.example.com\n"), out)

    def test_the_firewalls_log(self):
        packet = [captures.ipv4("10.0.0.7", "192.0.2.1", 6, captures.tcp(4000, port, 2)) for port in range(4)]
        path = self.capture("log.pcap", captures.pcap([
            (START, captures.nflog(packet[0], "DROP @lan:3 Block web", incoming=2)),
            (START, captures.nflog(packet[1], "PERMIT Name service", incoming=3, outgoing=2)),
            (START, captures.nflog(packet[2], "reject Late", outgoing=2)),
            (START, captures.nflog(packet[3], "odd one", incoming=9))], captures.NFLOG))
        for expression, expected in {
            'rule = "Block web"': [0], "rule ~ /^name/i": [1], "verdict = drop": [0], "verdict = pass": [1],
            "verdict = reject": [2], "verdict != pass": [0, 2, 3], "direc = in": [0, 1, 3], "direc = out": [2],
            'iif = "Internet"': [0], 'oif = "Internet"': [1, 2], 'iif = "LAN"': [1], "rule = Late": [2],
        }.items():
            with self.subTest(expression):
                found, errors = self.matching(expression, path, "--settings", self.settings)
                self.assertEqual((found, errors), (expected, ""))
        lines = [self.gatelog("read", path, "--settings", self.settings, "--dialect", dialect)[0]
                 for dialect in ["control", "winroute"]]
        template = "%VERDICT%|%RULE%|%IF%|%DIRECTION%"
        lines.append(self.gatelog("read", path, "--settings", self.settings, "--template", template)[0])
        self.check_golden("firewall-log.txt", "\n".join(lines))

    def test_directions_and_interface_names_of_pcapng(self):
        packet = [captures.ethernet(captures.ipv4("10.0.0.7", "192.0.2.1", 17, captures.udp(4000, port)))
                  for port in range(3)]
        path = self.capture("directions.pcapng", captures.pcapng(
            [(1, "eth0", "Internet"), (1, "eth1", None)],
            [(0, START, packet[0], captures.IN, None), (1, START, packet[1], captures.OUT, None),
             (1, START, packet[2], None, None)]))
        for expression, expected in {
            "direc = in": [0], "direc = out": [1], "direc != in": [1, 2], "direc = in | direc = out": [0, 1],
            'iif = "Internet"': [0], "iif = eth0": [0], "oif = eth1": [1], "if = eth1": [1, 2], "iif = eth1": [],
            "oif != eth1": [0, 2],
        }.items():
            with self.subTest(expression):
                self.assertEqual(self.matching(expression, path), (expected, ""))
        _, errors = self.gatelog("read", "if = eth2", path, status=2)
        self.assertTrue(re.search(r'there is no interface "eth2"; did you mean', errors), errors)

    def test_interfaces_of_several_captures_do_not_mix(self):
        packet = captures.ethernet(captures.ipv4("10.0.0.7", "192.0.2.1", 17, captures.udp(4000, 1)))
        first = self.capture("a.pcapng", captures.pcapng([(1, "wan", None)], [(0, START, packet, None, None)]))
        second = self.capture("b.pcapng", captures.pcapng([(1, "lan", None)], [(0, START, packet, None, None)]))
        out, _ = self.gatelog("read", "if = lan", first, second)
        self.assertEqual(out.count("packet on lan"), 1)
        out, _ = self.gatelog("read", "any", first, second, "--template", "%IF%")
        self.assertEqual([line.split("] ")[1] for line in out.splitlines()], ["wan", "lan"])


if __name__ == "__main__":
    unittest.main()
