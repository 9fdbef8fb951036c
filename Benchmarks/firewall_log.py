#!/usr/bin/env python3
"""The firewall's log: ours beside ulogd2, in one run.

    Benchmarks/firewall_log.py [--seconds N] [--rate PACKETS_PER_SECOND ...] [--raw WORD=NUMBER ...]

A network namespace sends UDP to itself; a rule of nftables logs and drops it. Each reader takes the same flood, one
after the other, and writes a line for each packet into a file. Judged by the rule's counter: what came, what was lost,
what the reader knew of its loss, and the processor time for a line. Needs root, nft, ulogd2, a C compiler.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SPACE = f"gatelog-bench-{os.getpid()}"
GROUP = 5

ULOGD = """[global]
logfile="{folder}/ulogd.log"
loglevel=7
plugin="{plugins}/ulogd_inppkt_NFLOG.so"
plugin="{plugins}/ulogd_raw2packet_BASE.so"
plugin="{plugins}/ulogd_filter_IFINDEX.so"
plugin="{plugins}/ulogd_filter_IP2STR.so"
plugin="{plugins}/ulogd_filter_PRINTPKT.so"
plugin="{plugins}/ulogd_output_LOGEMU.so"
stack=log:NFLOG,base:BASE,ifi:IFINDEX,ip2str:IP2STR,print:PRINTPKT,emu:LOGEMU
[log]
group={group}
{more}
[emu]
file="{folder}/ulogd.lines"
sync=0
"""

RULES = """
table inet t {{
    chain c {{
        type filter hook input priority 0;
        udp dport 9 counter log prefix "DROP Benchmark rule" group {group} drop
    }}
}}
"""


def inside(*command, **more):
    return subprocess.run(["ip", "netns", "exec", SPACE, *map(str, command)], check=True, timeout=120, **more)


def counter():
    text = inside("nft", "list", "table", "inet", "t", capture_output=True, text=True).stdout
    return int(re.search(r"packets (\d+)", text).group(1))


def start(*command, **more):
    return subprocess.Popen(["ip", "netns", "exec", SPACE, *map(str, command)], **more)


def finish(process, seconds=60):
    """Waits for a process; its processor time in seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pid, _, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = 0
            return usage.ru_utime + usage.ru_stime
        time.sleep(0.02)
    process.kill()
    raise RuntimeError("a reader did not end")


def flood(folder, rate, seconds):
    before = counter()
    sent = inside(folder / "flood", "127.0.0.1", 9, int(rate * seconds), rate, 64, capture_output=True, text=True)
    taken = float(sent.stdout.split()[1])
    return counter() - before, taken


def ours(program, folder, rate, seconds, more):
    lines = folder / "gatelog.lines"
    process = start(program, GROUP, lines, *more, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True)
    if process.stderr.readline() != "ready\n":
        raise RuntimeError("our reader did not start")
    packets, taken = flood(folder, rate, seconds)
    time.sleep(0.3)
    # A loss is seen when the next record comes.
    packets += flood(folder, 1000, 0.001)[0]
    process.stdin.close()
    said = dict(re.findall(r"(\w+) (\d+)", process.stdout.read()))
    cpu = finish(process)
    count = int(said["records"])
    if "count" not in more:
        count = sum(1 for _ in lines.open("rb"))
    lines.unlink()
    return packets, taken, count, int(said["dropped"]), cpu


def ulogd(folder, rate, seconds, more):
    plugins = next(pathlib.Path("/usr/lib").glob("*/ulogd"))
    config = folder / "ulogd.conf"
    config.write_text(ULOGD.format(folder=folder, plugins=plugins, group=GROUP, more=more))
    process = start("ulogd", "-c", config, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    packets, taken = flood(folder, rate, seconds)
    time.sleep(2)
    process.terminate()
    cpu = finish(process)
    lines = folder / "ulogd.lines"
    count = sum(1 for _ in lines.open("rb"))
    lines.unlink()
    return packets, taken, count, None, cpu


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--rate", type=int, nargs="+", default=[310_000])
    options.add_argument("--raw", nargs="*", default=None, help="ours alone, with these options")
    chosen = options.parse_args()
    subprocess.run(["swift", "build", "-c", "release", "--product", "FirewallLogBenchmark"], check=True, cwd=ROOT,
                   stdout=subprocess.DEVNULL)
    program = ROOT / ".build/release/FirewallLogBenchmark"
    with tempfile.TemporaryDirectory(prefix="gatelog-bench-") as name:
        folder = pathlib.Path(name)
        subprocess.run(["cc", "-O2", "-o", folder / "flood", HERE / "flood.c"], check=True)
        subprocess.run(["ip", "netns", "add", SPACE], check=True)
        try:
            inside("ip", "link", "set", "lo", "up")
            inside("nft", "-f", "-", input=RULES.format(group=GROUP).encode())
            print(f"{'reader':<34} {'packets/s':>10} {'packets':>9} {'lines':>9} {'lost':>7} {'known':>8} "
                  f"{'CPU s':>6} {'us/line':>8} {'lines/CPU s':>12}")
            for rate in chosen.rate:
                runs = [("gatelog", lambda: ours(program, folder, rate, chosen.seconds, chosen.raw or []))]
                if chosen.raw is None:
                    tuned = ("netlink_socket_buffer_size=33554432\nnetlink_socket_buffer_maxsize=33554432\n"
                             "netlink_qthreshold=64\nnetlink_qtimeout=5")
                    runs += [
                        ("ulogd2 LOGEMU", lambda: ulogd(folder, rate, chosen.seconds, "")),
                        ("ulogd2 LOGEMU, 32 MiB, threshold 64", lambda: ulogd(folder, rate, chosen.seconds, tuned))]
                for reader, run in runs:
                    packets, taken, lines, known, cpu = run()
                    lost = packets - lines
                    print(f"{reader:<34} {packets / taken:>10.0f} {packets:>9} {lines:>9} {100 * lost / packets:>6.1f}% "
                          f"{'-' if known is None else known:>8} {cpu:>6.2f} {cpu / max(lines, 1) * 1e6:>8.3f} "
                          f"{lines / max(cpu, 1e-9):>12.0f}")
        finally:
            subprocess.run(["ip", "netns", "delete", SPACE], stderr=sys.stderr)


main()
