#!/usr/bin/env python3
"""Syslog over TCP to rsyslog on the loopback: messages a second, and what one costs the sender and rsyslog.

    Benchmarks/syslog.py [--lines MILLIONS]

SyslogBenchmark sends lines of a file as the daemon does; rsyslog (imptcp, one thread) writes what it receives into
/dev/null. Both are measured in CPU time of the whole process. Needs no privilege.
"""
import argparse
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
LINE = ('[21/Nov/2026 10:00:{second:02d}] DENY "Admin panel block" packet from internet, proto:TCP, len:40, '
        "62.238.41.57:{port} -> 89.147.252.244:80, flags:[ SYN ], seq:{number} ack:0, win:65535, tcplen:0\n")


def cpu(process):
    fields = (pathlib.Path("/proc") / str(process.pid) / "stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def program():
    subprocess.run(["swift", "build", "-c", "release", "--product", "SyslogBenchmark"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    folder = subprocess.run(["swift", "build", "-c", "release", "--show-bin-path"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.strip()
    return pathlib.Path(folder) / "SyslogBenchmark"


def rsyslog(folder, port):
    conf = folder / "conf"
    conf.write_text(f"""
        global(workDirectory="{folder}" maxMessageSize="8k")
        module(load="imptcp" threads="1")
        main_queue(queue.type="LinkedList" queue.size="500000" queue.dequeueBatchSize="4096")
        input(type="imptcp" port="{port}" address="127.0.0.1")
        action(type="omfile" file="/dev/null")
        """)
    process = subprocess.Popen([shutil.which("rsyslogd") or "/usr/sbin/rsyslogd", "-n", "-f", conf, "-i", folder / "pid"])
    while socket.socket().connect_ex(("127.0.0.1", port)):
        time.sleep(0.05)
    return process


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=float, default=3, help="millions of lines")
    millions = parser.parse_args().lines
    sender = os.environ.get("GATELOG_SYSLOG_BENCHMARK") or program()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source = folder / "lines"
        with source.open("w") as file:
            for number in range(int(millions * 1e6)):
                file.write(LINE.format(second=number // 100_000 % 60, port=number % 60_000, number=number))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        receiver = rsyslog(folder, port)
        try:
            before = cpu(receiver)
            done = subprocess.run([sender, source, str(port), "rfc3164"], check=True, capture_output=True, text=True)
            lines, wall, processor, _, resident = map(int, done.stdout.split())
            last = before
            while (now := cpu(receiver)) > last:
                last = now
                time.sleep(1)
            print(f"{lines / wall * 1e3:.3f} M messages a second; CPU a message: ours {processor / lines:.0f} ns, "
                  f"rsyslog's {(last - before) / lines * 1e9:.0f} ns; {resident >> 20} MiB resident")
        finally:
            receiver.terminate()
            receiver.wait(30)


if __name__ == "__main__":
    main()
