#!/usr/bin/env python3
"""Records through the ipl socket to a reader that keeps up.

    Benchmarks/ipl_socket.py [RATE [SECONDS]]

A writer makes records of 150 bytes at RATE a second (300,000) into a buffer of 512 KiB, and a reader in C asks for
64 KiB at a time. Prints how many were written, read and dropped, and the CPU time of both. Fails where the books do not
add up.
"""
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RATE = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5

READER = r"""
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
static char buffer[1 << 16];
int main(int count, char **arguments) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, arguments[1], sizeof address.sun_path - 1);
    int reader = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    if (count < 2 || connect(reader, (struct sockaddr *)&address, sizeof address) != 0) return 1;
    for (long total = 0, length;; total += length / 150) {
        if (send(reader, "R\0\0\1\0", 5, MSG_NOSIGNAL) != 5 || (length = recv(reader, buffer, sizeof buffer, 0)) <= 0) {
            printf("%ld\n", total);
            return 0;
        }
    }
}
"""


def program():
    command = ["swift", "build", "-c", "release", "--static-swift-stdlib", "-Xlinker", "-s"]
    subprocess.run([*command, "--product", "IPLDeviceTrial"], cwd=ROOT, check=True, stdout=sys.stderr)
    folder = subprocess.run([*command, "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return pathlib.Path(folder.stdout.strip()) / "IPLDeviceTrial"


def main():
    trial = program()
    with tempfile.TemporaryDirectory() as folder:
        source, reader = pathlib.Path(folder) / "reader.c", pathlib.Path(folder) / "reader"
        source.write_text(READER)
        subprocess.run(["cc", "-O2", "-o", reader, source], check=True)
        writer = subprocess.Popen([trial, folder, str(512 << 10)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert writer.stdout.readline() == "ready\n"
        reading = subprocess.Popen([reader, f"{folder}/ipl"], stdout=subprocess.PIPE, text=True)
        writer.stdin.write(f"paced {RATE * SECONDS} {RATE}\ncounts\n")
        writer.stdin.flush()
        paced = writer.stdout.readline().strip()
        counts = writer.stdout.readline().strip()
        writer.stdin.close()
        writer.wait(30)
        got = int(reading.communicate(timeout=30)[0])
    numbers = {key: int(value) for key, value in re.findall(r"(\w+) (\d+)", counts.split(" ", 2)[2])}
    waiting = numbers["waiting"] // 150
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{paced}: {counts}; the reader got {got}; {used.ru_utime + used.ru_stime:.2f} s of CPU, building included")
    if numbers["written"] != numbers["read"] + numbers["merged"] + numbers["dropped"] + waiting:
        sys.exit("the books do not add up")


main()
