"""The daemon's life: start, signals, crash, privileges, replay, settings, full disks."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

import captures
import daemon
import namespaces
import support
from test_live import LiveCase

UNAVAILABLE = namespaces.unavailable()


class LifeTests(LiveCase):
    def test_start_and_end_are_told(self):
        engine = self.start()
        self.assertIn("watching all interfaces", engine.said())
        self.assertEqual(engine.stop(), 0)
        lines = [line.split("] ", 1)[1] for line in engine.log("security")]
        self.assertEqual(lines, ["Engine: Startup", "Engine: Shutdown"])
        self.assertRegex(engine.said(), r"stopped; \d+ lines \(\d+ bytes\) flushed to ")

    def test_a_crash_is_told_by_the_next_start(self):
        engine = self.start()
        engine.gatelog("packet-log", "any")
        flood = self.net.start("client", "ping", "-f", "-w", "3", self.net.LAN4, stdout=subprocess.DEVNULL)
        for _ in range(4):
            time.sleep(0.4)
            engine.kill()
            engine.start()
        flood.wait(10)
        security = [line.split("] ", 1)[1] for line in engine.log("security")]
        self.assertEqual(sum(line.startswith("Engine: The run begun") for line in security), 4, security)
        text = (engine.home / "log" / "debug.log").read_bytes()
        self.assertTrue(text.endswith(b"\n"))
        for line in text.decode().splitlines():
            self.assertRegex(line, r"^\[\d\d/\w{3}/\d{4} \d\d:\d\d:\d\d\] ")
        # The index knows each line again.
        found = engine.gatelog("log", "debug", "--match", "proto = icmp", "-n", "10000").splitlines()
        self.assertEqual(len(found), min(10000, sum("proto:ICMP," in line for line in text.decode().splitlines())))

    def test_a_reload_takes_settings_over_and_a_broken_one_changes_nothing(self):
        engine = self.start(settings="packet_log: { expression: proto = udp }\n")
        self.assertIn("proto = udp", engine.gatelog("packet-log"))
        path = engine.home / "etc" / "gatelog.yaml"
        path.write_text("packet_log: { expression: proto = icmp }\n")
        engine.signal(signal.SIGHUP)
        engine.wait_for(lambda: "proto = icmp" in engine.gatelog("packet-log"))
        path.write_text("packet_log: { expression: prot = icmp }\nlogs: { keep: lots }\n")
        engine.signal(signal.SIGHUP)
        engine.wait_for(lambda: "gatelog.yaml:2:" in engine.said() or "gatelog.yaml:1:" in engine.said())
        self.assertIn("proto = icmp", engine.gatelog("packet-log"))

    def test_log_files_that_were_moved_away_are_opened_again(self):
        engine = self.start()
        engine.gatelog("packet-log", "proto = icmp")
        self.net.run("client", "ping", "-c", "1", self.net.LAN4)
        self.settled(engine)
        log = engine.home / "log" / "debug.log"
        log.rename(log.with_name("moved"))
        engine.signal(signal.SIGUSR1)
        engine.wait_for(log.exists)
        self.net.run("client", "ping", "-c", "1", self.net.LAN4)
        self.assertEqual(sum("{pktlog}" in line for line in self.settled(engine)), 2)

    def test_a_second_daemon_is_refused(self):
        engine = self.start()
        program = pathlib.Path(support.program()).with_name("gatelogd")
        done = subprocess.run(self.net.command("gateway", program, "--home", engine.home), capture_output=True, text=True,
                              timeout=20)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, "another (process|daemon)")

    def test_without_privileges_it_says_what_grants_them(self):
        home = pathlib.Path("/tmp") / f"gatelog-unprivileged-{os.getpid()}"
        home.mkdir()
        self.addCleanup(shutil.rmtree, home, True)
        program = home / "gatelogd"
        shutil.copy(pathlib.Path(support.program()).with_name("gatelogd"), program)
        os.chmod(home, 0o777)
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "--home",
                               home / "home"], capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 2)
        self.assertIn("CAP_NET_RAW", done.stderr)
        self.assertIn("setcap", done.stderr)

    def test_interfaces_come_go_and_are_renamed(self):
        engine = self.start(settings="interfaces:\n  Guests: { device: guest }\n")
        engine.gatelog("packet-log", 'if = "Guests"')
        self.net.join("client", "eth9", "gateway", "guest")
        self.net.address("client", "eth9", "10.77.9.2/24")
        self.net.address("gateway", "guest", "10.77.9.1/24")
        engine.wait_for(lambda: '"Guests"' in engine.gatelog("interface", "list", "--json"))
        time.sleep(0.3)
        self.net.run("client", "ping", "-c", "2", "-i", "0.1", "10.77.9.1")
        lines = [line for line in self.settled(engine) if "{pktlog}" in line and "proto:ICMP," in line]
        self.assertEqual(len(lines), 4, lines)
        self.assertIn(" Guests, ", lines[0])
        self.net.ip("gateway", "link", "delete", "guest")
        engine.wait_for(lambda: any("guest is gone" in line for line in engine.log("debug")))
        engine.gatelog("packet-log", "proto = icmp")
        self.net.run("client", "ping", "-c", "1", self.net.LAN4)
        self.assertEqual(sum("{pktlog}" in line and " lan, " in line for line in self.settled(engine)), 2)

    def test_address_groups_follow_their_files(self):
        folder = self.folder / "home" / "etc"
        folder.mkdir(parents=True)
        (folder / "blocked.txt").write_text("198.51.100.1\n")
        engine = self.start(settings="groups:\n  blocked: { file: blocked.txt }\n")
        engine.gatelog("packet-log", 'daddr = list:"blocked" & proto = icmp')
        self.net.run("client", "ping", "-c", "1", self.net.SERVER4)
        self.assertFalse([line for line in self.settled(engine) if "{pktlog}" in line])
        (folder / "blocked.txt").write_text(f"{self.net.SERVER4}\n")
        engine.wait_for(lambda: any("{groups}" in line for line in engine.log("debug")))
        time.sleep(0.3)
        self.net.run("client", "ping", "-c", "1", self.net.SERVER4)
        self.assertEqual(sum("{pktlog}" in line for line in self.settled(engine)), 2)


class OverloadTests(LiveCase):
    def test_every_packet_is_in_one_count(self):
        """Far more than the smallest ring and the log can take: lines + suppressed + lost + kernel drops = sent."""
        engine = self.start(settings="capture: { ring: 1 MiB, interfaces: [lan] }\n"
                                     "packet_log: { expression: proto = udp & dport = 9, rate: 20000 }\n")
        self.net.run("gateway", "nft", "-f", "-", input="""
            table netdev count { chain in { type filter hook ingress device "lan" priority 0; udp dport 9 counter; }; }
            """)
        sender = self.folder / "flood.py"
        sender.write_text(
            "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            f"s.connect(('{self.net.LAN4}', 9))\n"
            "for _ in range(150000):\n    try: s.send(b'x' * 20)\n    except ConnectionRefusedError: pass\n")
        children = [self.net.start("client", "python3", sender) for _ in range(2)]
        for child in children:
            child.wait(60)
        time.sleep(2.5)
        text = self.net.run("gateway", "nft", "list", "ruleset")
        sent = int(re.search(r"counter packets (\d+)", text)[1])
        lines = self.settled(engine)
        logged = sum("{pktlog}" in line for line in lines)
        held = sum(int(found[1]) for line in lines if (found := re.search(r"(\d+) lines? suppressed", line)))
        lost = sum(int(found[1]) for line in lines if (found := re.search(r"(\d+) lines? lost", line)))
        dropped = engine.status()["sources"][0]["dropped"]
        self.assertEqual(logged + held + lost + dropped, sent)
        self.assertGreater(held + dropped, 0, "there was no overload")


    def test_any_at_three_times_what_it_can_take(self):
        """The daemon runs for a third of the time only, and its ring is the smallest: what is sent meanwhile is lost in
        the kernel, and every packet of it is known. lines + lost + kernel drops = what passed the interface."""
        engine = self.start(settings="capture: { ring: 1 MiB, interfaces: [lan] }\npacket_log: { expression: any }\n")
        self.net.run("gateway", "nft", "-f", "-", input="""
            table netdev count {
                chain in { type filter hook ingress device "lan" priority 0; meta protocol { ip, ip6 } counter; }
                chain out { type filter hook egress device "lan" priority 0; meta protocol { ip, ip6 } counter; }
            }
            table inet filter { chain in { type filter hook input priority 0; udp dport 9 drop; }; }
            """)

        def counted():
            return sum(map(int, re.findall(r"counter packets (\d+)", self.net.run("gateway", "nft", "list", "ruleset"))))

        def told():
            lines = self.settled(engine)
            lost = sum(int(found[1]) for line in lines if (found := re.search(r"(\d+) lines? lost", line)))
            return sum("{pktlog}" in line for line in lines) + lost + engine.status()["sources"][0]["dropped"]

        # What the hosts say when their interfaces come up is over, and written.
        time.sleep(1.5)
        before = told() - counted()
        sender = self.folder / "flood.py"
        sender.write_text(
            "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            f"s.connect(('{self.net.LAN4}', 9))\nfor _ in range(200000): s.send(b'x' * 400)\n")
        child = self.net.start("client", "python3", sender)
        while child.poll() is None:
            engine.signal(signal.SIGSTOP)
            time.sleep(0.2)
            engine.signal(signal.SIGCONT)
            time.sleep(0.1)
        time.sleep(1)
        self.assertEqual(told() - counted(), before)
        self.assertGreater(engine.status()["sources"][0]["dropped"], 20_000, "there was no overload")
        self.assertGreater(sum("{pktlog}" in line for line in engine.log("debug")), 10_000)


@unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
class ReplayTests(support.Case):
    """A capture in place of the machine's interfaces; needs no privilege."""

    def start(self, *options, settings):
        engine = daemon.Daemon(None, self.folder, *options, settings=settings)
        engine.start()
        self.addCleanup(engine.kill)
        return engine

    def test_lines_are_those_of_read(self):
        capture = support.CAPTURES / "mptcp-v0.pcap"
        engine = self.start("--replay", capture, "--speed", "0", settings="packet_log: { expression: tcpfl = SYN }\n")
        want = [line.split("packet on ", 1)[1].split(", ", 1)[1] for line in
                self.gatelog("read", "tcpfl = SYN", capture)[0].splitlines()]
        engine.wait_for(lambda: sum("{pktlog}" in line for line in engine.log("debug")) >= len(want))
        lines = [line.split("{pktlog} ", 1)[1] for line in engine.log("debug") if "{pktlog}" in line]
        self.assertEqual([line.split(", ", 1)[1] for line in lines], want)

    @unittest.skipIf(os.geteuid() != 0, "mounting a small tmpfs needs root")
    def test_a_full_disk_suspends_and_says_what_is_missing(self):
        home = self.folder / "home"
        log = home / "log"
        log.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", log], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", log])
        packet = captures.ethernet(captures.ipv4("10.0.0.1", "10.0.0.2", 17, captures.udp(1, 2, b"x" * 20)))
        capture = self.folder / "many.pcap"
        capture.write_bytes(captures.pcap([(number * 100_000, packet) for number in range(60_000)]))
        engine = self.start("--replay", capture, "--speed", "1", settings="packet_log: { expression: any }\n"
                            "logs: { size: none, rotate: never, budget: none }\n")
        engine.wait_for(lambda: "suspended" in " ".join(engine.status()["problems"]), why="the disk did not fill")
        self.assertTrue(engine.log("debug"), "what was written before stays")
        room = len(engine.log("debug"))
        subprocess.run(["mount", "-o", "remount,size=64m", log], check=True)
        engine.wait_for(lambda: len(engine.log("debug")) > room
                        and "suspended" not in " ".join(engine.status()["problems"]), 30)
        # What was amiss is said when it began and when it was over.
        engine.wait_for(lambda: any("Over after" in line and "suspended" in line for line in engine.log("error")), 30)
        begun = [line for line in engine.log("error") if "the debug log is suspended" in line and "Over" not in line]
        self.assertEqual(len(begun), 1, engine.log("error"))
        engine.wait_for(lambda: engine.status()["sources"][0]["state"] == "ended", 30)
        time.sleep(1)
        lines = engine.log("debug")
        lost = sum(int(found[1]) for line in lines if (found := re.search(r"(\d+) lines? lost", line)))
        self.assertEqual(sum("{pktlog}" in line for line in lines) + lost, 60_000)


if __name__ == "__main__":
    unittest.main()
