#!/usr/bin/env python3
"""The daemon's Debug log: how fast one worker writes it from a replayed file, with its index, while it rotates and
while another process follows; then how fast it is searched, beside ripgrep.

    Benchmarks/log_files.py [--lines MILLIONS] [--folder FOLDER]

Replays Benchmarks/data/gateway.pcap (`Benchmarks/run` makes it) in loops. 100 million lines take 19 GB of text and 3 GB
of index in FOLDER (a temporary one by default); they are removed at the end. Needs no privilege.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
CAPTURE = HERE / "data" / "gateway.pcap"
TICKS = os.sysconf("SC_CLK_TCK")


def programs():
    done = subprocess.run([ROOT / "scripts/build-release"], check=True, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL)
    gatelog = pathlib.Path(done.stdout.strip())
    return gatelog, gatelog.with_name("gatelogd")


class Replay:
    """A daemon that writes every packet of the capture `loops` times into its Debug log."""

    def __init__(self, folder, loops, logs, follows=False):
        self.home = folder / "home"
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home / "etc").mkdir(parents=True)
        (self.home / "etc" / "gatelog.yaml").write_text(
            f"packet_log: {{ expression: any }}\nlogs: {{ budget: none, compress: false, keep: 3, {logs} }}\n")
        self.log = self.home / "log" / "debug.log"
        start = time.monotonic()
        self.process = subprocess.Popen(
            [GATELOGD, "--home", self.home, "--replay", CAPTURE, "--speed", "0", "--loops", str(loops)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        follower = None
        while True:
            time.sleep(0.1)
            if follows and follower is None and self.log.exists():
                follower = subprocess.Popen([GATELOG, "log", "--file", self.log, "-f", "-n", "1"],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            status = self.status()
            if status and status["sources"] and status["sources"][0]["state"] == "ended":
                break
        self.wall = time.monotonic() - start
        fields = (pathlib.Path("/proc") / str(self.process.pid) / "stat").read_text().rsplit(")", 1)[1].split()
        self.cpu = (int(fields[11]) + int(fields[12])) / TICKS
        debug = next(log for log in status["logs"] if log["name"] == "debug")
        self.lines, self.lost, self.memory = debug["lines"], debug["lost"], status["resident_bytes"]
        if follower:
            follower.kill()
            follower.wait()

    def status(self):
        done = subprocess.run([GATELOG, "status", "--json", "--home", self.home], capture_output=True)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def end(self):
        self.process.terminate()
        self.process.wait(60)

    def row(self, what):
        print(f"| {what} | {self.lines / 1e6:.1f} M lines in {self.wall:.1f} s: **{self.lines / self.wall / 1e6:.2f} M/s** "
              f"| {self.lines / self.cpu / 1e6:.2f} M a CPU second | {self.lost} | {self.memory / 1e6:.0f} MB |", flush=True)


def timed(*command):
    """Wall and CPU time of a command, the best of three by wall time."""
    best = None
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        with open(os.devnull, "wb") as null:
            # Through a pipe: some programs stop at the first hit where their output is the null device.
            child = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            shutil.copyfileobj(child.stdout, null, 1 << 20)
            child.wait()
        wall = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best or (wall, cpu), (wall, cpu))
    return best


def search(log):
    print(f"\nSearching {log.stat().st_size / 1e9:.1f} GB, wall and CPU seconds, the best of 3:\n")
    print("| regular expression | gatelog log --grep | rg -N | wall ratio |\n|---|---|---|---|")
    with open(log, "rb") as file:
        file.seek(log.stat().st_size // 4)
        file.readline()
        rare = re.search(rb"\d+\.\d+\.\d+\.\d+:443", file.read(1 << 20))[0].decode()
    subprocess.run(["cat", log], stdout=subprocess.DEVNULL)
    for name, options, pattern in [("rare literal", [], rare), ("no match, literal", [], "proto:GRE, len:84"),
                                   ("no literal in it", [], "[0-9]{5}:[0-9]{5}"),
                                   ("frequent literal", [], "flags:[ SYN ]".replace("[", r"\[").replace("]", r"\]")),
                                   ("in any case", ["-i"], "packet FROM wan, proto:icmp")]:
        ours = timed(GATELOG, "log", "--file", log, *options, "--grep", pattern)
        theirs = timed("rg", "-N", *options, pattern, log)
        print(f"| {name} | {ours[0]:.2f} s, {ours[1]:.2f} | {theirs[0]:.2f} s, {theirs[1]:.2f} "
              f"| {theirs[0] / ours[0]:.1f} |", flush=True)


def pages(log, lines):
    print(f"\nThe first page of 100 lines out of {lines / 1e6:.0f} million ({log.stat().st_size / 1e9:.1f} GB), "
          "the program's start included:\n")
    print("| expression | wall |\n|---|---|")
    for expression in ["port = 443 & tcpfl = SYN", "addr = 203.0.113.77", "proto = icmp6", "addr = 104.16.0.0/12 & len > 1400"]:
        print(f"| `{expression}` | {timed(GATELOG, 'log', '--file', log, '--match', expression, '-n', '100')[0] * 1000:.0f} ms |",
              flush=True)
    wall, _ = timed(GATELOG, "log", "--file", log, "--since", "2023-11-14T22:13:22Z", "--until", "2023-11-14T22:13:23Z",
                    "-n", "100")
    print(f"| a second of time | {wall * 1000:.0f} ms |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=100)
    parser.add_argument("--folder")
    options = parser.parse_args()
    if not CAPTURE.exists():
        sys.exit("log_files: Benchmarks/data/gateway.pcap is not there; Benchmarks/run makes it")
    subprocess.run(["cat", CAPTURE], stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        folder = pathlib.Path(folder)
        print("| Debug log from a replay, one worker | lines | | lost | memory |\n|---|---|---|---|---|")
        for what, loops, follows in [("rotating at 400 MiB", 10, False), ("rotating, another process follows", 10, True)]:
            replay = Replay(folder, loops, "size: 400 MiB", follows)
            replay.row(what)
            replay.end()
        packets = replay.lines // 10
        replay = Replay(folder, max(1, 11_000_000 // packets), "size: none")
        replay.end()
        search(replay.log)
        replay = Replay(folder, max(1, options.lines * 1_000_000 // packets), "size: none")
        print()
        print("| Debug log from a replay, one worker | lines | | lost | memory |\n|---|---|---|---|---|")
        replay.row("one file")
        replay.end()
        pages(replay.log, replay.lines)


GATELOG, GATELOGD = programs()
main()
