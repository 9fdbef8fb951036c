#!/usr/bin/env python3
"""A dump of everything beside dumpcap, in one run: CPU time of the whole daemon, or of dumpcap, for each packet that is
on the wire.

    Benchmarks/live_dump.py [--rounds N] [--seconds N]

tcpreplay sends from one network namespace to another over veth (Integration/namespaces.py); the daemon and dumpcap take
turns on the receiving side and write to the same disk, with equal traffic and equal ring memory, and the best of the
rounds counts. The daemon listens on all interfaces and dumps `any`; dumpcap has the one interface to itself. Packets
are counted by capinfos. Needs root, and the release programs (GATELOG_PROGRAM, or scripts/build-release builds them).
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import live_capture
import namespaces  # on the path by live_capture

import daemon

MEMORY = 32
TICKS = os.sysconf("SC_CLK_TCK")


def packets(path):
    said = subprocess.run(["capinfos", "-c", "-M", path], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"Number of packets:\s+(\d+)", said).group(1))


class Dump:
    """The daemon, which runs for all rounds; a round is a dump."""

    name = "gatelog"

    def __init__(self, net, folder):
        self.engine = daemon.Daemon(net, folder, settings=f"capture:\n    ring: {MEMORY}MiB\n")
        self.engine.start()

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.engine.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def begin(self):
        self.engine.gatelog("dump", "start", "bench", "any", "--replace")
        # Until the workers know of it.
        time.sleep(0.6)
        self.before = self.cpu()

    def end(self):
        time.sleep(1)
        self.engine.gatelog("dump", "stop", "bench")
        cpu = self.cpu() - self.before
        state = json.loads(self.engine.gatelog("dump", "list", "--json"))
        count = packets(self.engine.home / "state" / "dumps" / "bench" / "bench.pcapng")
        assert count == state["packets"], (count, state)
        return cpu, count, state["lost"]

    def close(self):
        self.engine.kill()


class Dumpcap:
    name = "dumpcap"

    def __init__(self, net, folder):
        self.net, self.path = net, f"{folder}/dumpcap.pcapng"

    def begin(self):
        self.child = self.net.start(
            "gateway", "dumpcap", "-q", "-i", "lan", "-B", str(MEMORY), "-w", self.path, stderr=subprocess.PIPE,
            text=True)
        while not self.child.stderr.readline().startswith("File:"):
            pass

    def end(self):
        time.sleep(1)
        self.child.send_signal(signal.SIGINT)
        said = self.child.stderr.read()
        cpu, _ = live_capture.wait(self.child)
        dropped = re.search(r"received/dropped on interface .*: \d+/(\d+)", said)
        return cpu, packets(self.path), int(dropped.group(1)) if dropped else 0

    def close(self):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    why_not = namespaces.unavailable() or (None if shutil.which("dumpcap") else "dumpcap is not installed")
    if why_not:
        raise SystemExit(f"this needs: {why_not}")
    if "GATELOG_PROGRAM" not in os.environ:
        done = subprocess.run([live_capture.ROOT / "scripts/build-release"], check=True, stdout=subprocess.PIPE, text=True)
        os.environ["GATELOG_PROGRAM"] = done.stdout.strip()
    print("| traffic | | CPU a packet | in the file | lost |\n|---|---|---|---|---|")
    for traffic, path in live_capture.captures().items():
        compare(traffic, path, len(live_capture.lengths(path)), options)


def compare(traffic, path, count, options):
    best = {}
    with tempfile.TemporaryDirectory(prefix="gatelog-bench-") as folder, namespaces.Gateway() as net:
        loops = max(1, int(options.seconds * 250_000 / count))
        makers = [Dump(net, folder), Dumpcap(net, folder)]
        try:
            for _ in range(options.rounds):
                for maker in makers:
                    maker.begin()
                    net.run("client", "tcpreplay", "-q", "-t", "-K", f"--loop={loops}", "-i", "eth0", path)
                    cpu, written, lost = maker.end()
                    row = (cpu / (loops * count) * 1e9, written / (loops * count), lost)
                    best[maker.name] = min(best.get(maker.name, row), row)
        finally:
            for maker in makers:
                maker.close()
    for name, (cost, share, lost) in best.items():
        print(f"| {traffic} | {name} | {cost:.0f} ns | {share:.1%} | {lost} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
