"""The manual, taken at its word: what it says to type is typed, what it says to load is checked.

What a fenced block is, its first word says: `sh` is run, line by line, in the gateway of a network with traffic on it and
a daemon (`sh machine`: in the system of test_package); `nft`, `iptables`, `yaml`, `expression` and `sysctl` are checked by
those who read them. `text` is shown only.
"""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import captures
import daemon
import filter_traffic
import namespaces
from support import CAPTURES, ROOT, Case, program

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
UNAVAILABLE = namespaces.unavailable()
KNOWN = {"sh", "sh machine", "nft", "iptables", "yaml", "expression", "sysctl", "text", "json"}
SETTINGS = """
interfaces:
  Internet: { device: wan }
  LAN: { device: lan, trusted: true }
logs:
  messages: [interfaces, capture, groups, dumps, drops]
"""
TRAFFIC = """
while :; do
    ping -q -c 1 -W 1 10.77.2.2
    for port in 80 23; do timeout 0.2 bash -c "echo >/dev/tcp/10.77.2.2/$port"; done
done >/dev/null 2>&1
"""


def blocks(page, kind):
    """The fenced blocks of a page, as (line, text)."""
    found, lines = [], page.read_text(encoding="utf-8").split("\n")
    opened = None
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            continue
        if opened is None:
            opened = (number, line[3:].strip())
        else:
            if opened[1] == kind:
                found.append((opened[0], "\n".join(lines[opened[0]:number - 1]) + "\n"))
            opened = None
    return found


def tables(text):
    """The rows of the tables in a text, each as its cells: what is in backquotes without them."""
    rows = re.findall(r"(?m)^\| (`.*) \|$", text)
    return [[re.sub(r"^`(.*)`$", r"\1", cell.strip()).replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", row)]
            for row in rows]


def numbers(path):
    """Which packets of `filter_traffic` are in a pcap file: each has a millisecond of its own."""
    data, at, found = path.read_bytes(), 24, []
    fraction = 1_000_000 if data[:4] == b"\x4d\x3c\xb2\xa1" else 1_000
    while at < len(data):
        seconds, rest, length = (int.from_bytes(data[at + skip:at + skip + 4], "little") for skip in (0, 4, 8))
        found.append((seconds - filter_traffic.BEGIN) * 1000 + rest // fraction)
        at += 16 + length
    return found


class Documents(Case):
    def each(self, kind):
        """All blocks of a kind, in the pages' order."""
        for page in PAGES:
            for line, text in blocks(page, kind):
                with self.subTest(f"docs/{page.name}:{line}"):
                    yield text

    def test_each_block_says_what_it_is(self):
        for page in PAGES:
            fences = re.findall(r"(?m)^```(.*)$", page.read_text(encoding="utf-8"))
            self.assertEqual(len(fences) % 2, 0, page.name)
            for fence in fences[::2]:
                self.assertIn(fence.strip(), KNOWN, page.name)

    def test_links_lead_somewhere(self):
        for page in [*PAGES, ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"]:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_the_index_names_every_page(self):
        named = set(re.findall(r"\]\((\w+\.md)\)", (DOCS / "README.md").read_text(encoding="utf-8")))
        self.assertEqual(sorted(named | {"README.md"}), sorted(page.name for page in PAGES))

    def test_the_table_of_limits_is_that_of_the_sources(self):
        self.peer(ROOT / "scripts" / "limits", "--check")

    @unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
    def test_nft_takes_every_table(self):
        with namespaces.Network("gateway") as net:
            for text in self.each("nft"):
                net.run("gateway", "nft", "--check", "--file", "-", input=text)

    @unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
    def test_iptables_takes_every_table(self):
        with namespaces.Network("gateway") as net:
            for text in self.each("iptables"):
                net.run("gateway", "iptables-restore", "--test", input=text)

    def test_settings_are_in_order(self):
        for text in self.each("yaml"):
            path = self.folder / "gatelog.yaml"
            path.write_text(text, encoding="utf-8")
            self.gatelog("settings", "check", path)

    def test_expressions_are_expressions(self):
        for text in self.each("expression"):
            for line in text.splitlines():
                self.gatelog("explain", line)

    def test_switches_of_the_kernel_are_those_of_the_package(self):
        installed = (ROOT / "packaging" / "sysctl" / "60-gatelog.conf").read_text(encoding="utf-8")
        wanted = {line.lstrip("-").replace(" ", "") for line in installed.splitlines() if line and line[0] != "#"}
        for text in self.each("sysctl"):
            self.assertEqual({line.replace(" ", "") for line in text.splitlines() if line}, wanted)

    def test_tcpdumps_filters_select_what_ours_do(self):
        rows = tables((DOCS / "tcpdump.md").read_text(encoding="utf-8").split("## Filters")[1].split("\n## ")[0])
        self.assertGreater(len(rows), 30)
        made = {}
        for wrap in ("plain", "vlan", "geneve"):
            made[wrap] = self.folder / f"{wrap}.pcap"
            made[wrap].write_bytes(captures.pcap(filter_traffic.frames(wrap)))
        for filter_, expression, _ in rows:
            with self.subTest(filter_):
                capture = made[next((wrap for wrap in ("vlan", "geneve") if wrap in filter_), "plain")]
                theirs, ours = self.folder / "theirs.pcap", self.folder / "ours.pcap"
                self.peer("tcpdump", "-r", capture, "-w", theirs, filter_)
                self.gatelog("read", expression, capture, "-w", ours)
                both = set(numbers(ours)), set(numbers(theirs))
                self.assertEqual((sorted(both[0] - both[1])[:9], sorted(both[1] - both[0])[:9]), ([], []), expression)
                # A row that selects nothing or all would prove nothing.
                count = len(both[0])
                self.assertTrue(0 < count < filter_traffic.COUNT, f"{filter_}: {count}")

    @unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
    def test_what_is_typed_works(self):
        pages = [page for page in PAGES if blocks(page, "sh")]
        self.assertGreater(len(pages), 2)
        for page in pages:
            with self.subTest(page.name):
                self.type_all(page)

    def type_all(self, page):
        """Types the commands of a page, in order, at one gateway. All but what `grep` would tell by 1 must succeed."""
        folder = self.folder / page.stem
        folder.mkdir()
        for capture in CAPTURES.glob("mptcp-v0.pcap"):
            shutil.copy(capture, folder / "trace.pcap")
        script = "".join(f"echo 'docs/{page.name}:{line}' >at\n{text}" for line, text in blocks(page, "sh"))
        with namespaces.Gateway() as net, daemon.Daemon(net, folder, settings=SETTINGS) as engine:
            net.start("client", "bash", "-c", TRAFFIC)
            done = subprocess.run(
                net.command("gateway", "bash", "-euo", "pipefail", "-c", script), capture_output=True, text=True,
                timeout=120, cwd=folder, env={
                    **os.environ, "GATELOG_HOME": str(engine.home), "NO_COLOR": "1",
                    "PATH": f"{pathlib.Path(program()).parent}:{os.environ['PATH']}:/usr/sbin:/sbin"})
            place = (folder / "at").read_text(encoding="utf-8").strip()
            self.assertEqual(done.returncode, 0, f"{place}\n{done.stdout}\n{done.stderr}\n{engine.said()}")


if __name__ == "__main__":
    unittest.main()
