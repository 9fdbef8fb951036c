"""Conditions that an administrator should act on: each with a fault made on purpose, said once, and said when it is
over."""
import os
import shutil
import signal
import subprocess
import time
import unittest

import daemon
import namespaces
import support
from test_live import LiveCase

UNAVAILABLE = namespaces.unavailable()


def kinds(engine):
    return {item["kind"] for item in engine.status()["conditions"]}


def condition(engine, kind):
    return next((item for item in engine.status()["conditions"] if item["kind"] == kind), None)


def said(engine, log, text):
    """What the log says of it, without times."""
    return [line.split("] ", 1)[1] for line in engine.log(log) if text in line]


@unittest.skipIf(UNAVAILABLE, UNAVAILABLE or "")
class NetworkTests(LiveCase):
    def test_interfaces_that_are_not_there(self):
        engine = self.start(settings=(
            "capture: { interfaces: [LAN, spare0] }\n"
            "interfaces:\n  LAN: { device: lan, trusted: true }\n  Backup: { device: spare0 }\n"
            "  Tunnel: { device: tun7, kind: vpn }\n"
            'packet_log: { expression: if = "Backup 2" }\n'))
        engine.wait_for(lambda: {"missing_device", "unknown_interface"} <= kinds(engine))
        self.assertIn("gatelog.yaml:1:30", condition(engine, "missing_device")["text"])
        texts = [item["text"] for item in engine.status()["conditions"] if item["kind"] == "unknown_interface"]
        self.assertEqual(len(texts), 2, texts)
        self.assertTrue(any('"spare0", which is called "Backup"' in text for text in texts), texts)
        self.assertTrue(any('packet logging names what is not there: there is no interface "Backup 2"' in text
                            for text in texts), texts)
        # They come.
        self.net.ip("gateway", "link", "add", "spare0", "type", "bridge")
        engine.gatelog("packet-log", 'if = "LAN"')
        engine.wait_for(lambda: not {"missing_device", "unknown_interface"} & kinds(engine))
        self.assertEqual(len(said(engine, "warning", "spare0 is not there")) + len(said(engine, "warning", '"spare0" is not there')), 2)
        # One goes in the middle.
        self.net.ip("gateway", "link", "del", "spare0")
        engine.wait_for(lambda: "missing_device" in kinds(engine))

    def test_an_interface_that_flaps_is_said_a_few_times(self):
        engine = self.start(settings="capture: { interfaces: [lan, spare0] }\n")
        engine.wait_for(lambda: "missing_device" in kinds(engine))
        for _ in range(6):
            self.net.ip("gateway", "link", "add", "spare0", "type", "bridge")
            time.sleep(1.2)
            self.net.ip("gateway", "link", "del", "spare0")
            time.sleep(1.2)
        lines = said(engine, "warning", "spare0")
        self.assertLessEqual(len(lines), 4, lines)
        self.assertGreater(condition(engine, "missing_device")["times"], 2)

    def test_kernel_settings(self):
        self.net.sysctl("gateway", "net.netfilter.nf_conntrack_acct=0")
        engine = self.start()
        engine.wait_for(lambda: "kernel_setting" in kinds(engine))
        told = next(item for item in engine.status()["conditions"] if item["subject"].endswith("nf_conntrack_acct"))
        self.assertIn("sudo sysctl -w net.netfilter.nf_conntrack_acct=1", told["text"])
        self.net.sysctl("gateway", "net.netfilter.nf_conntrack_acct=1")
        engine.wait_for(lambda: not [item for item in engine.status()["conditions"]
                                     if item["subject"].endswith("nf_conntrack_acct")])
        lines = said(engine, "warning", "nf_conntrack_acct")
        self.assertEqual([line.startswith("Over after ") for line in lines], [False, True])

    def test_losses_are_counted_to_the_packet(self):
        engine = self.start(settings="capture: { ring: 1 MiB }\npacket_log: { expression: any, rate: 1, burst: 1 }\n")
        engine.wait_for(lambda: engine.status()["sources"])
        engine.signal(signal.SIGSTOP)
        self.net.run("client", "ping", "-f", "-q", "-s", "1400", "-c", "6000", self.net.LAN4, check=False)
        engine.signal(signal.SIGCONT)
        engine.wait_for(lambda: condition(engine, "packet_loss"))
        told = condition(engine, "packet_loss")
        engine.wait_for(lambda: condition(engine, "packet_loss")["lost"] == engine.status()["sources"][0]["dropped"])
        self.assertIn("capture.ring", told["remedy"])
        lines = said(engine, "warning", "packets are lost in the kernel")
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("capture 0", engine.gatelog("status"))

    @unittest.skipUnless(shutil.which("setpriv"), "needs setpriv")
    def test_a_privilege_that_is_missing(self):
        os.chmod(self.folder, 0o777)
        engine = self.start(privileges=[
            "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps", "-all,+net_raw",
            "--ambient-caps", "-all,+net_raw", "--bounding-set", "-all,+net_raw"])
        engine.wait_for(lambda: "missing_privilege" in kinds(engine))
        told = condition(engine, "missing_privilege")
        self.assertEqual(told["severity"], "error")
        self.assertIn("setcap cap_net_admin,cap_net_raw+ep", told["remedy"])
        self.assertTrue(said(engine, "error", "CAP_NET_ADMIN"))


class FileTests(support.Case):
    def start(self, settings):
        engine = daemon.Daemon(
            None, self.folder, "--replay", support.CAPTURES / "tcp_rst_data.pcap", "--loops", "0", settings=settings)
        self.addCleanup(engine.kill)
        engine.start()
        return engine

    def test_a_file_of_addresses_that_goes_away(self):
        (self.folder / "office.txt").write_text("10.0.0.0/8\n")
        engine = self.start(f"groups:\n  office: {{ file: {self.folder}/office.txt }}\n")
        self.assertNotIn("update_failed", kinds(engine))
        (self.folder / "office.txt").unlink()
        engine.wait_for(lambda: "update_failed" in kinds(engine))
        (self.folder / "office.txt").write_text("10.0.0.0/8\n")
        engine.wait_for(lambda: "update_failed" not in kinds(engine))
        lines = said(engine, "warning", "office.txt")
        self.assertEqual([line.startswith("Over after ") for line in lines], [False, True], lines)

    def test_the_budget_of_dumps(self):
        engine = self.start("dumps: { budget: 1 MiB }\n")
        engine.gatelog("dump", "start", "much", "any")
        engine.wait_for(lambda: "budget" in kinds(engine), 40)
        self.assertIn("gatelog dump remove", condition(engine, "budget")["remedy"])
        engine.wait_for(lambda: all(dump["phase"] == "finished" for dump in engine.objects("dump", "list")))
        engine.gatelog("dump", "remove", "much")
        engine.wait_for(lambda: "budget" not in kinds(engine))

    def test_settings_that_wait_for_the_next_start(self):
        engine = self.start("{}")
        engine.gatelog("settings", "set", "capture.ring", "32 MiB")
        engine.wait_for(lambda: "next_start" in kinds(engine))
        self.assertIn("capture.ring", condition(engine, "next_start")["text"])
        engine.gatelog("settings", "unset", "capture.ring")
        engine.wait_for(lambda: "next_start" not in kinds(engine))
