"""`gatelog inspect`: the Security log of captures; attacks that were planted are found, and nothing else is."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

from captures import ETHERNET, IN, OUT, pcapng
from support import CAPTURES, ROOT, Case

sys.path.insert(0, str(ROOT / "Benchmarks"))
import security_traffic  # noqa: E402

START = 1_600_000_000_000_000_000
CLIENT, SERVER = bytes([192, 168, 1, 5]), bytes([198, 51, 100, 7])


class Inspect(Case):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def capture(self, name, frames):
        """Frames as a gateway's LAN interface has seen them, a second apart."""
        path = self.folder / name
        packets = [
            (0, START + second * 1_000_000_000, frame, OUT if frame[26:30] == SERVER else IN, None)
            for second, frame in enumerate(frames)]
        path.write_bytes(pcapng([(ETHERNET, "eth1", "LAN")], packets))
        return path

    def attacks(self):
        chance = random.Random(1)
        frames = []
        for kind in (None, "ftp_bounce", "ftp_reply", "ips"):
            frames += security_traffic.ftp(chance, CLIENT, SERVER, kind)
        frames.append(security_traffic.tcp(bytes([61, 173, 81, 166]), SERVER, 1864, 445, 3819654104, 0, 2))
        frames.append(security_traffic.tcp(CLIENT, bytes([203, 0, 113, 9]), 49960, 443, 1, 0, 2))
        return self.capture("attacks.pcapng", frames)

    def options(self):
        blacklist = self.folder / "drop.txt"
        blacklist.write_text("; Spamhaus DROP List\n203.0.113.0/24 ; SBL1\n")
        return ["--trusted", "LAN=192.168.0.0/16", "--blacklist", f"spamhaus={blacklist}", "--utc"]

    def test_lines_of_both_dialects_and_objects(self):
        capture, options = self.attacks(), self.options()
        for form in (["--dialect", "control"], ["--dialect", "winroute"], ["--json"]):
            out, errors = self.gatelog("inspect", capture, *options, *form)
            self.assertEqual(errors, "")
            self.check_golden(f"inspect-{form[-1].strip('-')}.txt", out)
            again, _ = self.gatelog("inspect", capture, *options, *form)
            self.assertEqual(out, again, "the same capture gives the same events")

    def test_what_was_done_is_counted(self):
        _, errors = self.gatelog("inspect", self.attacks(), *self.options(), "--stats")
        self.check_golden("inspect-stats.txt", errors)

    def test_every_planted_attack_and_nothing_else(self):
        gateway, mixed, blacklist = (self.folder / name for name in ("gateway.pcap", "mixed.pcapng", "black.txt"))
        subprocess.run(
            [sys.executable, ROOT / "Benchmarks" / "gateway_traffic.py", gateway, "12000000"], check=True, timeout=120,
            capture_output=True)
        planted = security_traffic.mix(gateway, mixed, blacklist, 7, every=300, listed=5000)
        out, _ = self.gatelog(
            "inspect", mixed, "--trusted", "LAN=192.168.0.0/16", "--blacklist", f"bad={blacklist}", "--json")
        found = {}
        for line in out.splitlines():
            event = json.loads(line)
            found[event["event"]] = found.get(event["event"], 0) + 1
            self.assertEqual(event["log"], "security")
        self.assertEqual(found, {kind: count for kind, count in planted.items() if count})
        self.assertGreater(sum(planted.values()), 30)

    def test_nothing_found_is_said_by_the_status(self):
        out, _ = self.gatelog("inspect", CAPTURES / "tftp.pcap", status=1)
        self.assertEqual(out, "")

    def test_captures_are_read_in_the_order_of_their_times(self):
        attack = security_traffic.tcp(bytes([10, 0, 0, 1]), SERVER, 1, 2, 3, 0, 2)
        first = self.capture("z.pcapng", [attack])
        second = self.folder / "a.pcapng"
        later = [(0, START + 60_000_000_000, security_traffic.tcp(bytes([10, 0, 0, 2]), SERVER, 1, 2, 3, 0, 2), IN, None)]
        second.write_bytes(pcapng([(ETHERNET, "eth1", "LAN")], later))
        out, _ = self.gatelog("inspect", second, first, "--trusted", "LAN=192.168.0.0/16", "--utc")
        self.assertEqual([line.split("ip/port:")[1].split(":")[0] for line in out.splitlines()], ["10.0.0.1", "10.0.0.2"])

    def test_mistakes_are_explained(self):
        capture, texts = self.attacks(), []
        empty = self.folder / "empty.txt"
        empty.write_text("# nothing\n")
        for options in (
                [], [capture, "--trusted", "LAN"], [capture, "--trusted", "LAN=10.0.0.0/40"],
                [capture, "--trusted", "LAN=10.0.0.1-10.0.0.9"], [capture, "--trusted", "DMZ=10.0.0.0/8"],
                [capture, "--blacklist", "drop.txt"], [capture, "--blacklist", f"x={empty}"],
                [capture, "--blacklist", "x=absent.txt"], [capture, "--ftp-ports", "21,ftp"], ["absent.pcap"]):
            _, errors = self.gatelog("inspect", *options, status=(0, 2))
            shown = " ".join(map(str, options)).replace(str(self.folder), "FOLDER")
            texts.append(f"$ gatelog inspect {shown}\n{errors.replace(str(self.folder), 'FOLDER')}")
        self.check_golden("inspect-mistakes.txt", "\n".join(texts))

    def test_no_capture_stops_it(self):
        for path in sorted(CAPTURES.iterdir()):
            if path.suffix in (".pcap", ".pcapng", ".cap"):
                with self.subTest(path.name):
                    self.gatelog("inspect", path, "--ftp-ports", "any", status=(0, 1, 2))


if __name__ == "__main__":
    unittest.main()
