#!/usr/bin/env python3
"""The capture ring beside tcpdump, on one interface, in one run: CPU time of the capturing process for each packet
that is on the wire.

    Benchmarks/live_capture.py [--rounds N] [--seconds N]

tcpreplay sends from one network namespace to another over veth (Integration/namespaces.py); the capturing programs take
turns on the receiving interface, with equal traffic and equal memory, and the best of the rounds counts. `tcpdump -w
/dev/null FILTER` does what the expression asks for, or takes everything where a filter cannot say it. Needs root.

What the kernel does on the sender's time (filter, copy into the ring) is in nobody's figure; the sender is the limit
of this machine, so the figures say what a packet costs, not how many are possible.
"""
import argparse
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "Integration"))
import namespaces  # noqa: E402

MEMORY = 32 << 20


def build():
    command = ["swift", "build", "-c", "release", "--static-swift-stdlib"]
    subprocess.run([*command, "--product", "RingBenchmark"], cwd=ROOT, check=True, stdout=sys.stderr)
    folder = subprocess.run([*command, "--show-bin-path"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(folder.stdout.strip()) / "RingBenchmark"


def captures():
    """Ordinary gateway traffic, and small packets of many flows; each is made once."""
    (HERE / "data").mkdir(exist_ok=True)
    made = {"gateway": ["gateway_traffic.py", "24000000"], "small": ["small_packets.py", "100000", "many"]}
    paths = {}
    for name, (script, *arguments) in made.items():
        paths[name] = HERE / "data" / f"live-{name}.pcap"
        if not paths[name].exists():
            part = paths[name].with_suffix(".part")
            subprocess.run([sys.executable, HERE / script, part, *arguments], check=True, stdout=subprocess.DEVNULL)
            part.rename(paths[name])
    return paths


def lengths(path):
    """The packets' lengths as IP says them."""
    data = path.read_bytes()
    offset, found = 24, []
    while offset < len(data):
        captured, = struct.unpack_from("<I", data, offset + 8)
        found.append(captured - 14)
        offset += 16 + captured
    return found


def wait(child):
    """CPU seconds and resident kilobytes of a program that ends."""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


class Ring:
    name = "ring"

    def __init__(self, net, program, expression, order):
        index = net.index("gateway", "lan")
        self.child = net.start(
            "gateway", program, "--promiscuous", str(index), "--interfaces", str(index), "--block-count",
            str(MEMORY >> 20), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.child.stderr.readline()
        self.child.stdin.write(f"{order} {expression}\n")
        self.child.stdin.flush()
        self.child.stderr.readline()

    def end(self):
        self.child.stdin.write("end\n")
        self.child.stdin.flush()
        said = self.child.stderr.read()
        cpu, memory = wait(self.child)
        counters = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", said)}
        return cpu, memory, counters["matched"], counters["dropped"]


class Tcpdump:
    name = "tcpdump"

    def __init__(self, net, expression):
        self.child = net.start("gateway", "tcpdump", "-i", "lan", "-w", "/dev/null", "-B", str(MEMORY >> 10), "-n",
                               *([expression] if expression else []), stderr=subprocess.PIPE, text=True)
        while "listening on" not in self.child.stderr.readline():
            pass

    def end(self):
        time.sleep(1.2)
        self.child.send_signal(signal.SIGINT)
        said = self.child.stderr.read()
        cpu, memory = wait(self.child)
        number = {word: int(count) for count, word in re.findall(r"(\d+) packets? (captured|dropped)", said)}
        return cpu, memory, number["captured"], number["dropped"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    why_not = namespaces.unavailable()
    if why_not:
        raise SystemExit(f"this needs: {why_not}")
    program, paths = build(), captures()
    print("| traffic | expression | | CPU a packet | selected | dropped | memory |\n|---|---|---|---|---|---|---|")
    for traffic, path in paths.items():
        sizes = sorted(lengths(path))
        half = sizes[len(sizes) // 2]
        cases = [
            (f"len >= {half} (half of them)", f"len >= {half}", "filtered", f"ip[2:2] >= {half}"),
            ("payloadlen = {0-100, 500-1300}, which no filter decides", "payloadlen = {0-100, 500-1300}", "open", ""),
            ("tcpfl = SYN (few)", "tcpfl = SYN", "filtered", "tcp[13] & 2 != 0"),
            ("any", "any", "open", ""),
        ]
        for title, ours, order, theirs in cases:
            compare(title, traffic, path, len(sizes), options,
                    lambda net: Ring(net, program, ours, order), lambda net: Tcpdump(net, theirs))


def compare(title, traffic, path, count, options, *makers):
    best = {}
    with namespaces.Gateway() as net:
        loops = max(1, int(options.seconds * 250_000 / count))
        for _ in range(options.rounds):
            for maker in makers:
                capture = maker(net)
                net.run("client", "tcpreplay", "-q", "-t", "-K", f"--loop={loops}", "-i", "eth0", path)
                cpu, memory, selected, dropped = capture.end()
                row = (cpu / (loops * count) * 1e9, selected, dropped, memory)
                best[capture.name] = min(best.get(capture.name, row), row)
    for name, (cost, selected, dropped, memory) in best.items():
        print(f"| {traffic} | {title} | {name} | {cost:.0f} ns | {selected / loops / count:.0%} | {dropped} "
              f"| {memory >> 10} MB |", flush=True)


if __name__ == "__main__":
    main()
