"""The Debian package in a Debian system of its own: installed, started, hurt, upgraded, removed, purged.

One system is booted for all tests, which run in the order of their names, as an administrator's days do.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import container
import test_documents
from support import ROOT, program

RECEIVER = """
module(load="imudp")
template(name="raw" type="string" string="%rawmsg%\\n")
ruleset(name="central") { action(type="omfile" file="/var/log/central.log" template="raw") }
input(type="imudp" address="127.0.0.1" port="514" ruleset="central")
"""
"""A receiver of syslog, which keeps what comes as it comes."""
CAPABILITIES = (1 << 12) | (1 << 13)
"""CAP_NET_ADMIN and CAP_NET_RAW."""


def swift_runtime():
    """The folder of Swift's libraries, where the program needs them (a debug build does); else None."""
    linked = subprocess.run(["ldd", program()], capture_output=True, text=True, check=True).stdout
    found = re.search(r"libswiftCore\.so => (/.*)/libswiftCore\.so", linked)
    return found[1] if found else None


def build():
    """The package of the programs that are tried, as a path."""
    done = subprocess.run(
        [ROOT / "scripts" / "build-deb"], capture_output=True, text=True, timeout=600,
        env={**os.environ, "GATELOG_PROGRAMS": str(pathlib.Path(program()).parent)})
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return pathlib.Path(done.stdout.split()[-1])


def newer(package, folder):
    """The same package with a later version."""
    tree = pathlib.Path(folder) / "newer"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN" / "control"
    control.write_text(re.sub(r"(?m)^Version: .*", "Version: 99.0", control.read_text(encoding="utf-8")))
    path = pathlib.Path(folder) / "newer.deb"
    subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "--build", tree, path], check=True, stdout=subprocess.DEVNULL)
    return path


class PackageCase(unittest.TestCase):
    """A system with the package's file in /root, not installed yet."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if reason := container.unavailable():
            raise unittest.SkipTest(reason)
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatelog-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.package = build()
        runtime = swift_runtime()
        cls.machine = container.Machine(binds=[runtime] if runtime else [])
        cls.addClassCleanup(cls.machine.close)
        if runtime:
            cls.machine.path("/etc/ld.so.conf.d/swift.conf").write_text(runtime + "\n", encoding="utf-8")
            cls.machine.run("ldconfig")
        shutil.copy(cls.package, cls.machine.path("/root"))
        shutil.copy(newer(cls.package, cls.folder), cls.machine.path("/root/newer.deb"))

    def run_in(self, *command, status=0, stdin=None):
        return self.machine.run(*command, status=status, stdin=stdin)

    def install(self, name=None):
        """As apt does it, from a file: with what it depends on."""
        name = name or self.package.name
        self.run_in("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", "--no-install-recommends",
                    "-o", "Dpkg::Options::=--force-confold", f"/root/{name}")


class Package(PackageCase):
    """What is in it, and a system without a service manager."""

    def test_lintian_finds_no_error(self):
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", self.package], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("E:", done.stdout)

    def test_it_needs_what_its_programs_are_linked_with(self):
        depends = subprocess.run(
            ["dpkg-deb", "--field", self.package, "Depends"], capture_output=True, text=True, check=True).stdout
        for library in ("libc6", "libpcre2-8-0", "libhyperscan5", "libmnl0", "libmaxminddb0", "libzstd1"):
            self.assertIn(library, depends)

    def test_it_installs_and_runs_where_nothing_manages_services(self):
        self.install()
        try:
            self.assertEqual(self.run_in("stat", "-c", "%U:%G %a", "/etc/gatelog/gatelog.yaml"), "root:gatelog 640\n")
            self.assertIn("in order", self.run_in("gatelog", "settings", "check", "/etc/gatelog/gatelog.yaml"))
            # By hand, as the unit does it.
            script = """
                install -d -o gatelog -g gatelog -m 750 /var/lib/gatelog /var/log/gatelog
                install -d -o gatelog -g gatelog -m 755 /run/gatelog
                setpriv --reuid gatelog --regid gatelog --clear-groups --inh-caps -all,+net_raw,+net_admin \\
                    --ambient-caps -all,+net_raw,+net_admin --bounding-set -all,+net_raw,+net_admin \\
                    gatelogd --system 2>/tmp/said &
                for turn in $(seq 100); do gatelog status >/tmp/status 2>&1 && break; sleep 0.1; done
                cat /tmp/said /tmp/status; kill %1; wait %1; echo "ended with $?"
                """
            said = self.run_in("bash", "-c", script)
            self.assertIn("watching all interfaces; logs in /var/log/gatelog, API at /run/gatelog/api.sock", said)
            self.assertRegex(said, r"capture 0 +running")
            self.assertIn("ended with 0", said)
        finally:
            self.run_in("dpkg", "--purge", "gatelog")
        for path in ("/etc/gatelog", "/var/lib/gatelog", "/var/log/gatelog"):
            self.assertFalse(self.machine.path(path).exists(), path)


class Service(PackageCase):
    """The package's life on a booted system."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.boot()

    def show(self, *names):
        """Properties of the unit, by name."""
        shown = self.run_in("systemctl", "show", "gatelogd", *(f"--property={name}" for name in names))
        return dict(line.split("=", 1) for line in shown.splitlines())

    def pid(self):
        return int(self.show("MainPID")["MainPID"])

    def status(self):
        return json.loads(self.run_in("gatelog", "status", "--json"))

    def settings(self, text):
        self.run_in("bash", "-c", "cat >>/etc/gatelog/gatelog.yaml", stdin=text)

    def restarted(self, before, seconds=30):
        """Waits until another process serves, and answers."""
        self.machine.wait_for(
            lambda: self.pid() not in (0, before) and self.show("ActiveState")["ActiveState"] == "active",
            seconds, "the daemon was not started again")
        return self.status()

    def test_1_it_starts_with_its_installation(self):
        self.install()
        unit = self.show("ActiveState", "UnitFileState", "Type", "StatusText", "User")
        self.assertEqual((unit["ActiveState"], unit["UnitFileState"], unit["User"]), ("active", "enabled", "gatelog"))
        self.machine.wait_for(lambda: "watching all interfaces" in self.show("StatusText")["StatusText"])
        self.assertEqual(self.status()["process_id"], self.pid())
        # Nothing of root's but two capabilities; nothing can be gained.
        facts = dict(re.findall(r"(?m)^(\w+):\s*(.*)$", self.run_in("cat", f"/proc/{self.pid()}/status")))
        for kind in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
            self.assertEqual(int(facts[kind], 16), CAPABILITIES, kind)
        self.assertNotIn("0", facts["Uid"].split())
        self.assertEqual((facts["NoNewPrivs"], facts["Seccomp"]), ("1", "2"))
        places = self.run_in("stat", "-c", "%n %U:%G %a", "/etc/gatelog", "/etc/gatelog/gatelog.yaml", "/var/lib/gatelog",
                             "/var/log/gatelog", "/run/gatelog", "/run/gatelog/api.sock")
        self.assertEqual(places.splitlines(), [
            "/etc/gatelog root:gatelog 750", "/etc/gatelog/gatelog.yaml root:gatelog 640",
            "/var/lib/gatelog gatelog:gatelog 750", "/var/log/gatelog gatelog:gatelog 750",
            "/run/gatelog gatelog:gatelog 755", "/run/gatelog/api.sock gatelog:gatelog 660"])
        self.run_in("systemd-analyze", "verify", "--man=no", "gatelogd.service")

    def test_2_it_logs_packets(self):
        # No memory may be written and run there: regular expressions are interpreted.
        self.run_in("gatelog", "dump", "start", "regex", r"payload ~ /^hel+o\s/")
        self.run_in("gatelog", "packet-log", "proto = udp & dport = 9")
        self.run_in("bash", "-c", "echo hello >/dev/udp/127.0.0.1/9")
        self.machine.wait_for(lambda: "127.0.0.1:9" in self.run_in("cat", "/var/log/gatelog/debug.log"))
        self.assertIn("proto:UDP", self.run_in("gatelog", "log", "debug"))
        stopped = json.loads(self.run_in("gatelog", "dump", "stop", "regex", "--json"))
        self.assertEqual(stopped["packets"], 1)
        # Its group may talk to it, others may not.
        self.run_in("adduser", "--quiet", "--disabled-password", "--gecos", "", "jane")
        self.run_in("setpriv", "--reuid", "jane", "--regid", "jane", "--init-groups", "gatelog", "status", status=2)
        self.run_in("adduser", "--quiet", "jane", "gatelog")
        self.run_in("setpriv", "--reuid", "jane", "--regid", "jane", "--init-groups", "gatelog", "status")

    def test_3_a_reload_takes_what_is_right_and_keeps_what_held(self):
        before = self.pid()
        self.settings("gateway: first\n")
        self.run_in("systemctl", "reload", "gatelogd")
        self.machine.wait_for(lambda: self.status()["gateway"] == "first")
        self.settings("capture: { ring: much }\n")
        self.run_in("systemctl", "reload", "gatelogd")
        self.machine.wait_for(lambda: '"much" for ring' in self.machine.journal())
        self.assertEqual(self.status()["gateway"], "first")
        self.assertEqual(self.show("ActiveState", "MainPID"), {"ActiveState": "active", "MainPID": str(before)})
        # It does not start with them either, says why, and is not tried again and again.
        self.run_in("systemctl", "restart", "gatelogd", status=1)
        self.assertEqual(self.show("ActiveState", "NRestarts"), {"ActiveState": "failed", "NRestarts": "0"})
        self.assertIn('/etc/gatelog/gatelog.yaml', self.machine.journal())
        self.run_in("sed", "-i", "/ring: much/d", "/etc/gatelog/gatelog.yaml")
        self.run_in("systemctl", "reset-failed", "gatelogd")
        self.run_in("systemctl", "start", "gatelogd")
        self.assertEqual(self.status()["gateway"], "first")

    def test_4_it_is_started_again_when_it_is_killed(self):
        before = self.pid()
        self.run_in("kill", "-KILL", before)
        self.restarted(before)
        self.assertRegex(self.run_in("gatelog", "log", "security"), r"(?i)ended without|crash|without a shutdown")

    def test_5_the_watchdog_ends_what_does_not_live(self):
        self.run_in("mkdir", "-p", "/run/systemd/system/gatelogd.service.d")
        self.run_in("bash", "-c", "cat >/run/systemd/system/gatelogd.service.d/test.conf",
                    stdin="[Service]\nWatchdogSec=3\nTimeoutAbortSec=1\n")
        self.run_in("systemctl", "daemon-reload")
        self.run_in("systemctl", "restart", "gatelogd")
        # It lives for longer than the watchdog waits.
        before = self.pid()
        time.sleep(4)
        self.assertEqual(self.pid(), before)
        self.run_in("kill", "-STOP", before)
        self.restarted(before)
        self.assertIn("Watchdog timeout", self.run_in("journalctl", "--no-pager", "--unit=gatelogd"))
        self.run_in("rm", "-r", "/run/systemd/system/gatelogd.service.d")
        self.run_in("systemctl", "daemon-reload")
        self.run_in("systemctl", "restart", "gatelogd")

    def test_6_a_stop_is_clean(self):
        self.run_in("systemctl", "stop", "gatelogd")
        self.assertEqual(self.show("ActiveState", "Result"), {"ActiveState": "inactive", "Result": "success"})
        self.assertIn("Engine: Shutdown", self.run_in("tail", "-n", "1", "/var/log/gatelog/security.log"))
        self.run_in("test", "-e", "/run/gatelog", status=1)
        said = self.machine.try_run("gatelog", "status")
        self.assertEqual(said.returncode, 2)
        self.assertIn("/run/gatelog/api.sock", said.stderr)
        self.run_in("systemctl", "start", "gatelogd")

    def test_7_an_upgrade_keeps_logs_settings_and_dumps(self):
        self.run_in("gatelog", "dump", "start", "kept", "proto = udp")
        lines = self.run_in("cat", "/var/log/gatelog/debug.log")
        before = self.pid()
        self.install("newer.deb")
        self.assertNotIn(self.pid(), (0, before))
        self.assertEqual(self.status()["gateway"], "first")
        self.assertTrue(self.run_in("cat", "/var/log/gatelog/debug.log").startswith(lines))
        self.assertIn("proto = udp & dport = 9", self.run_in("gatelog", "packet-log"))
        self.assertIn("kept", self.run_in("gatelog", "dump", "list"))

    def test_8_a_removal_keeps_what_is_the_administrators(self):
        before = self.pid()
        self.run_in("dpkg", "--remove", "gatelog")
        self.run_in("test", "-e", f"/proc/{before}", status=1)
        self.run_in("test", "-e", "/usr/sbin/gatelogd", status=1)
        self.run_in("test", "-s", "/var/log/gatelog/debug.log")
        self.run_in("test", "-s", "/etc/gatelog/gatelog.yaml")
        self.install()
        self.assertEqual(self.status()["gateway"], "first")
        self.assertIn("127.0.0.1:9", self.run_in("gatelog", "log", "debug"))

    def test_9_a_purge_leaves_nothing_but_what_others_put_there(self):
        self.run_in("bash", "-c", "echo 10.0.0.1 >/etc/gatelog/blocked.txt")
        self.run_in("dpkg", "--purge", "gatelog")
        self.assertEqual(self.run_in("find", "/etc/gatelog"), "/etc/gatelog\n/etc/gatelog/blocked.txt\n")
        for path in ("/var/lib/gatelog", "/var/log/gatelog", "/run/gatelog", "/usr/lib/sysctl.d/60-gatelog.conf"):
            self.run_in("test", "-e", path, status=1)
        self.run_in("getent", "passwd", "gatelog", status=2)
        self.assertEqual(self.run_in("systemctl", "list-units", "--failed", "--no-legend", "gatelogd*"), "")


class Trial(PackageCase):
    """The manual's way from a fresh system to a service, typed as it stands."""

    def setUp(self):
        self.machine.path("/etc/rsyslog.d/receiver.conf").write_text(RECEIVER, encoding="utf-8")
        self.machine.boot()

    def type_all(self, page):
        """Types what a page says to type on the machine."""
        for line, text in test_documents.blocks(test_documents.DOCS / page, "sh machine"):
            done = self.machine.try_run(
                "env", "HOME=/root", "DEBIAN_FRONTEND=noninteractive", "bash", "-euo", "pipefail", "-c",
                f"cd /root; {text}")
            self.assertEqual(
                done.returncode, 0, f"docs/{page}:{line}\n{done.stdout}{done.stderr}{self.machine.journal()}")


class InstallTrial(Trial):
    def test_the_page_about_installing(self):
        self.type_all("install.md")


class KerioTrial(Trial):
    def test_coming_from_kerio_to_the_first_line_at_the_receiver(self):
        self.type_all("kerio.md")
        line = self.run_in("cat", "/var/log/central.log").splitlines()[-1]
        self.assertRegex(line, r'^<134>\w{3} [ \d]\d \d\d:\d\d:\d\d control KerioControl: DENY "Admin panel block" packet '
                               r"from Loopback, proto:TCP, len:\d+, 127\.0\.0\.1:\d+ -> 127\.0\.0\.1:4081, flags:\[ SYN \], ")


if __name__ == "__main__":
    unittest.main()
