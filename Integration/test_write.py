"""`gatelog read --write`: the packets as a new capture, judged by capinfos, tshark and tcpdump."""
import os
import signal
import subprocess
import time
import unittest

import captures
from support import CAPTURES, Case, program

GENEVE = CAPTURES / "geneve.pcap"
START = 1_600_000_000_000_000_000
"""2020-09-13T12:26:40Z, in nanoseconds since 1970."""


class Writing(Case):
    """What a written capture has to be, whatever it was written from."""

    def fields(self, path, *names, only="frame"):
        """One line a packet, as tshark reads it."""
        arguments = [argument for name in names for argument in ("-e", name)]
        return self.peer("tshark", "-n", "-r", path, "-Y", only, "-T", "fields", *arguments)[0].splitlines()

    def packets(self, path):
        """Times to the nanosecond, lengths and the bytes of every packet, as tcpdump reads them."""
        times = self.fields(path, "frame.time_epoch", "frame.len", "frame.cap_len")
        dump, _ = self.peer("tcpdump", "-nn", "-tt", "--nano", "-XX", "-q", "-r", path)
        return times, [line for line in dump.splitlines() if line.startswith("\t0x")]

    def capture(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def check_that_peers_have_no_remark(self, path):
        self.assertEqual(self.peer("capinfos", path)[1], "")
        _, remarks = self.peer("tshark", "-n", "-r", path)
        self.assertEqual(without_root(remarks), "")
        _, remarks = self.peer("tcpdump", "-n", "-r", path)
        remarks = [line for line in remarks.splitlines() if not line.startswith(("reading from file", "dropped privs"))]
        self.assertEqual(remarks, [])


def without_root(remarks):
    """What tshark says, but for what it says to root every time."""
    return "".join(line for line in remarks.splitlines(True) if not line.startswith("Running as user "))


class Copies(Writing):
    FILES = [
        "geneve.pcap", "OSPFv2_Capture_FINAL.pcapng", "accecn_handshake.pcap", "icmpv6.pcap", "various_gre.pcap",
        "LINKTYPE_RAW_ipv4.pcap", "LINKTYPE_IPV6.pcap", "tftp.pcap", "time_2038_max.pcap", "time_2038_overflow.pcap",
        "tcp_rst_data-trunc.pcap", "nfs-write-verf-cookie.pcapng", "bgp-extended-msg.pcapng", "dnssec.pcap",
    ]
    # Everything that is IP and everything that is not.
    ALL = "any | !any"

    def test_every_packet_with_its_bytes_and_time(self):
        for name in self.FILES:
            for suffix in [".pcapng", ".pcap"]:
                with self.subTest(name + suffix):
                    copy = self.folder / (name + suffix)
                    self.gatelog("read", self.ALL, CAPTURES / name, "-w", copy)
                    self.check_that_peers_have_no_remark(copy)
                    self.assertEqual(self.packets(copy), self.packets(CAPTURES / name))

    def test_a_copy_of_a_copy_is_the_copy(self):
        first, second = self.folder / "first.pcapng", self.folder / "second.pcapng"
        self.gatelog("read", GENEVE, "-w", first)
        self.gatelog("read", first, "-w", second)
        self.assertEqual(self.packets(second), self.packets(first))

    def test_only_what_matches(self):
        copy = self.folder / "copy.pcapng"
        self.gatelog("read", "saddr = 20.0.0.1", GENEVE, "-w", copy)
        times = self.fields(GENEVE, "frame.time_epoch", only="ip.src == 20.0.0.1 && !(ip.src == 20.0.0.2)")
        self.assertEqual(self.fields(copy, "frame.time_epoch"), times)
        self.assertEqual(self.gatelog("read", copy, "--count")[0], "19\n")

    def test_nanoseconds(self):
        packet = captures.ethernet(captures.ipv4("10.0.0.1", "10.0.0.2", 17, captures.udp(1, 2)))
        source = self.capture("source.pcap", captures.pcap([(START + 123_456_789, packet)]))
        for suffix in [".pcapng", ".pcap"]:
            copy = self.folder / ("copy" + suffix)
            self.gatelog("read", source, "-w", copy)
            self.assertEqual(self.fields(copy, "frame.time_epoch"), ["1600000000.123456789"])

    def test_snap_length(self):
        for suffix in [".pcapng", ".pcap"]:
            copy = self.folder / ("copy" + suffix)
            self.gatelog("read", GENEVE, "-w", copy, "--snap-length", "60")
            self.check_that_peers_have_no_remark(copy)
            lengths = self.fields(GENEVE, "frame.len")
            self.assertEqual(self.fields(copy, "frame.len"), lengths)
            self.assertEqual(self.fields(copy, "frame.cap_len"), ["60"] * len(lengths))

    def test_nothing_matched_leaves_a_capture_without_packets(self):
        copy = self.folder / "copy.pcapng"
        self.gatelog("read", "port = 1", GENEVE, "-w", copy, status=1)
        self.check_that_peers_have_no_remark(copy)
        self.assertEqual(self.fields(copy, "frame.len"), [])

    def test_standard_output(self):
        out, _ = self.gatelog("read", "any", GENEVE, "-w", "-", text=False)
        copy = self.capture("copy.pcapng", out)
        self.assertEqual(self.packets(copy), self.packets(GENEVE))
        again, _ = self.gatelog("read", "any", "-", "--count", stdin=out)
        self.assertEqual(again, "39\n")

    def test_link_types_do_not_mix_in_a_pcap(self):
        both = [GENEVE, CAPTURES / "LINKTYPE_RAW_ipv4.pcap"]
        copy = self.folder / "copy.pcapng"
        self.gatelog("read", "any", *both, "-w", copy)
        self.assertEqual(self.gatelog("read", copy, "--count")[0], "40\n")
        _, errors = self.gatelog("read", "any", *both, "-w", self.folder / "copy.pcap", status=2)
        self.assertIn(".pcapng", errors)
        self.assertFalse((self.folder / "copy.pcap").exists())


class BesideThePackets(Writing):
    def source(self):
        packet = captures.ethernet(captures.ipv4("10.0.0.1", "10.0.0.2", 17, captures.udp(1, 2)))
        return self.capture("source.pcapng", captures.pcapng(
            [(1, "eth0", "Internet"), (1, "eth1", None)],
            [(0, START, packet, captures.IN, None), (1, START + 1, packet, captures.OUT, "seen twice"),
             (1, START + 2, packet, None, None)],
            [(0, 100, 7), (1, 50, 0)]))

    def test_interfaces_directions_comments_and_drops_survive(self):
        copy = self.folder / "copy.pcapng"
        self.gatelog("read", "proto = udp", self.source(), "-w", copy)
        self.check_that_peers_have_no_remark(copy)
        told = captures.interfaces_and_comments(copy.read_bytes())
        self.assertEqual(told["names"], ["eth0", "eth1"])
        self.assertEqual(told["packet comments"], ["seen twice"])
        self.assertEqual(told["directions"], [captures.IN, captures.OUT])
        self.assertIn("proto = udp", told["section comments"])
        drops = {interface: dropped for interface, _, dropped in told["drops"]}
        self.assertEqual(drops, {0: 7, 1: 0})
        self.assertEqual(self.fields(copy, "frame.interface_name"), ["eth0", "eth1", "eth1"])

    def test_the_comment_is_the_canonical_expression(self):
        copy = self.folder / "copy.pcapng"
        self.gatelog("read", "PROTO == UDP and not port = 53", self.source(), "-w", copy)
        told = captures.interfaces_and_comments(copy.read_bytes())
        self.assertEqual(told["section comments"], ["proto = udp & !(port = 53)"])

    def test_what_a_plain_pcap_cannot_hold_is_left_out(self):
        copy = self.folder / "copy.pcap"
        self.gatelog("read", self.source(), "-w", copy)
        self.check_that_peers_have_no_remark(copy)
        self.assertEqual(len(self.fields(copy, "frame.len")), 3)


class Whole(Writing):
    """A capture stands under its name when it is whole, and not before."""

    def test_onto_the_file_that_is_read(self):
        path = self.capture("trace.pcap", GENEVE.read_bytes())
        self.gatelog("read", "saddr = 20.0.0.1", path, "-w", path)
        self.assertEqual(self.gatelog("read", path, "--count")[0], "19\n")

    def test_nothing_stands_there_after_a_kill(self):
        fifo = self.folder / "source"
        os.mkfifo(fifo)
        copy = self.folder / "copy.pcapng"
        process = subprocess.Popen([program(), "read", "any", fifo, "-w", copy], stderr=subprocess.DEVNULL)
        with open(fifo, "wb") as source:
            source.write(GENEVE.read_bytes())
            source.flush()
            time.sleep(0.3)
            self.assertFalse(copy.exists())
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=60)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["source"])

    def test_an_old_file_stays_until_the_new_one_is_whole(self):
        fifo = self.folder / "source"
        os.mkfifo(fifo)
        copy = self.capture("copy.pcap", b"old")
        process = subprocess.Popen([program(), "read", "any", fifo, "-w", copy], stderr=subprocess.PIPE)
        with open(fifo, "wb") as source:
            source.write(GENEVE.read_bytes())
            source.flush()
            time.sleep(0.3)
            self.assertEqual(copy.read_bytes(), b"old")
        errors = process.communicate(timeout=60)[1]
        self.assertEqual((process.returncode, errors), (0, b""))
        self.assertEqual(self.packets(copy), self.packets(GENEVE))

    def test_a_full_disk_is_said(self):
        _, errors = self.gatelog("read", GENEVE, "-w", "/dev/full", status=2)
        self.assertIn("No space left on device", errors)

    def test_a_full_file_system_is_said_and_keeps_nothing(self):
        small = self.folder / "small"
        small.mkdir()
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "none", small], capture_output=True).returncode == 0
        if not mounted:
            self.skipTest("mounting a small file system needs root")
        self.addCleanup(subprocess.run, ["umount", small])
        _, errors = self.gatelog("read", "any", *[GENEVE] * 20, "-w", small / "copy.pcapng", status=2)
        self.assertIn("No space left on device", errors)
        self.assertEqual(list(small.iterdir()), [])

    def test_a_folder_that_is_not_there_is_said(self):
        _, errors = self.gatelog("read", GENEVE, "-w", self.folder / "no" / "copy.pcapng", status=2)
        self.assertIn("No such file or directory", errors)

    def test_a_damaged_source_leaves_what_could_be_read(self):
        source = self.capture("cut.pcap", GENEVE.read_bytes()[:-5])
        copy = self.folder / "copy.pcapng"
        _, errors = self.gatelog("read", source, "-w", copy, status=2)
        self.assertIn("cut.pcap", errors)
        self.assertEqual(self.gatelog("read", copy, "--count")[0], "38\n")


if __name__ == "__main__":
    unittest.main()
