"""The path of a packet allocates nothing: counted in the release program itself, as users run it.

The same packets, few and many, through each way of using them: what grows with their number would be
allocated for a packet.
"""
import shutil
import subprocess
import unittest

from captures import pcap
from support import CAPTURES, ROOT, Case, program

FEW, MANY = 2_000, 40_000
# A buffer or table may double a few times more; a packet that allocated would be seen 38,000 times.
ALLOWED = 40


class Allocations(Case):
    @classmethod
    def setUpClass(cls):
        cls.compiler = shutil.which("clang") or shutil.which("cc")

    def setUp(self):
        super().setUp()
        if not self.compiler:
            self.fail("there is no C compiler; the Swift toolchain brings clang")
        self.counter = self.folder / "counter.so"
        self.peer(self.compiler, "-shared", "-fPIC", "-O1", "-o", self.counter, ROOT / "Integration/malloc_counter.c", "-ldl")

    def mallocs(self, *arguments):
        said = self.folder / "count"
        said.unlink(missing_ok=True)
        done = subprocess.run(
            [program(), *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120,
            env={"LD_PRELOAD": str(self.counter), "MALLOC_COUNTER": str(said), "TZ": "UTC", "PATH": "/usr/bin:/bin"})
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return int(said.read_text().split()[1])

    def grown(self, expression, *options):
        """How many allocations more MANY packets take than FEW."""
        few, many = self.folder / "few.pcap", self.folder / "many.pcap"
        for path, number in ((few, FEW), (many, MANY)):
            if not path.exists():
                path.write_bytes(pcap([(index * 1_000_000, SOURCE[index % len(SOURCE)]) for index in range(number)]))
        return self.mallocs("read", expression, many, *options) - self.mallocs("read", expression, few, *options)

    def test_the_counter_counts(self):
        # Opening a file twice allocates more than opening it once.
        once = self.mallocs("read", "any", CAPTURES / "tcp_rst_data.pcap", "--count")
        twice = self.mallocs("read", "any", *[CAPTURES / "tcp_rst_data.pcap"] * 50, "--count")
        self.assertGreater(once, 100)
        self.assertGreater(twice - once, 200)

    def test_counting(self):
        for expression in (
            "any", "port = 22 & tcpfl = SYN", "port = { 22, 80, 443, 8080, 9000 } & ttl > 1", "mac = 00:11:22",
            "addr = { 10.0.0.0/8, 192.168.0.0/16, 172.16.0.0/12, 2001:db8::/32 }", 'payload = "SSH"',
            "payload ~ /^SSH-2/", "!(port = 53) & len > 60",
        ):
            with self.subTest(expression):
                self.assertLess(self.grown(expression, "--count"), ALLOWED)

    def test_lines_objects_and_captures(self):
        for options in ([], ["--json"], ["--json", "--json-names", "ecs"], ["-w", self.folder / "copy.pcapng"],
                        ["-w", self.folder / "copy.pcap"]):
            with self.subTest(options):
                self.assertLess(self.grown("any", *options), ALLOWED)


def packets_of(path):
    """The packets of a little-endian pcap."""
    data, at, found = path.read_bytes(), 24, []
    while at + 16 <= len(data):
        length = int.from_bytes(data[at + 8:at + 12], "little")
        found.append(data[at + 16:at + 16 + length])
        at += 16 + length
    return found


SOURCE = packets_of(CAPTURES / "mptcp-v0.pcap") + packets_of(CAPTURES / "tcp_rst_data.pcap")

if __name__ == "__main__":
    unittest.main()
