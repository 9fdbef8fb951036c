"""The daemon as a service: what it tells its manager (sd_notify), and how long."""
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import time

import daemon
from support import CAPTURES, ROOT, Case

WATCHDOG = 1.2
"""Seconds between signs of life that the manager here asks for."""


class Manager:
    """Stands for systemd: a datagram socket and what came to it."""

    def __init__(self, name):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name)
        self.name = name
        self.seen = []

    def environment(self):
        name = self.name if not self.name.startswith("\0") else "@" + self.name[1:]
        return {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": str(int(WATCHDOG * 1e6))}

    def wait(self, wanted, seconds=20):
        """Takes messages until one has a line that begins with `wanted`; returns all of this wait."""
        end, seen = time.monotonic() + seconds, []
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                lines = self.socket.recv(4096).decode().split("\n")
            except socket.timeout:
                break
            seen += lines
            if any(line.startswith(wanted) for line in lines):
                return seen
        raise AssertionError(f"no {wanted} within {seconds} s, but {seen}")

    def drain(self):
        self.socket.setblocking(False)
        seen = []
        try:
            while True:
                seen.append(self.socket.recv(4096).decode())
        except BlockingIOError:
            return seen


class StoppedThread:
    """One thread of another process, stopped for a while as a debugger does it (ptrace(2))."""

    SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17

    def __init__(self, process, name):
        self.thread = next(
            int(task.name) for task in pathlib.Path(f"/proc/{process}/task").iterdir()
            if (task / "comm").read_text(encoding="utf-8").strip() == name)

    def __enter__(self):
        self._trace(self.SEIZE)
        self._trace(self.INTERRUPT)
        os.waitpid(self.thread, 0x40000000)
        return self

    def __exit__(self, *_):
        self._trace(self.DETACH)

    def _trace(self, request):
        library = ctypes.CDLL(None, use_errno=True)
        library.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        if library.ptrace(request, self.thread, None, None) == -1:
            raise OSError(ctypes.get_errno(), "ptrace")


class Service(Case):
    def serve(self, name):
        """A daemon that replays without end, with a manager of that name."""
        manager = Manager(name)
        self.addCleanup(manager.socket.close)
        engine = daemon.Daemon(
            None, self.folder, "--replay", CAPTURES / "mptcp-v0.pcap", "--loops", "0",
            privileges=["env"] + [f"{key}={value}" for key, value in manager.environment().items()])
        self.addCleanup(engine.kill)
        engine.start(wait=False)
        return manager, engine

    def check_life(self, name):
        manager, engine = self.serve(name)
        begun = manager.wait("READY=1")
        self.assertEqual(begun[0], "READY=1")
        # The API answers from that moment on.
        engine.gatelog("status")
        manager.wait("STATUS=replaying ")
        manager.wait("WATCHDOG=1")

        engine.signal(signal.SIGHUP)
        manager.wait("RELOADING=1")
        manager.wait("READY=1")

        os.kill(engine.pid, signal.SIGSTOP)
        try:
            manager.drain()
            time.sleep(WATCHDOG)
            self.assertEqual(manager.drain(), [], "a stopped daemon gives no sign of life")
        finally:
            os.kill(engine.pid, signal.SIGCONT)
        manager.wait("WATCHDOG=1")

        engine.signal(signal.SIGTERM)
        ended = manager.wait("STOPPING=1")
        self.assertNotIn("READY=1", ended)
        self.assertEqual(engine.process.wait(30), 0)
        self.assertNotIn("not told", engine.said())

    def test_a_manager_behind_a_path_hears_of_start_reload_life_and_end(self):
        self.check_life(str(self.folder / "notify"))

    def test_a_manager_behind_an_abstract_name_too(self):
        self.check_life(f"\0gatelog-test-{os.getpid()}")

    def test_a_thread_that_hangs_is_named_and_ends_the_signs_of_life(self):
        manager, engine = self.serve(str(self.folder / "notify"))
        manager.wait("READY=1")
        with StoppedThread(engine.pid, "log debug"):
            # Its longest wait, and the watchdog's time.
            manager.wait("STATUS=stalled: log debug for ", 30)
            manager.drain()
            time.sleep(WATCHDOG)
            self.assertNotIn("WATCHDOG=1", manager.drain())
        manager.wait("WATCHDOG=1")
        self.assertIn("gatelogd: stalled: log debug for ", engine.said())

    def test_wrong_settings_end_a_reload_and_not_the_daemon(self):
        manager, engine = self.serve(str(self.folder / "notify"))
        manager.wait("READY=1")
        (engine.home / "etc").mkdir(exist_ok=True)
        (engine.home / "etc" / "gatelog.yaml").write_text("capture: { ring: much }\n", encoding="utf-8")
        engine.signal(signal.SIGHUP)
        manager.wait("RELOADING=1")
        manager.wait("READY=1")
        engine.wait_for(lambda: "gatelog.yaml:1:18" in engine.said())
        engine.gatelog("status")

    def test_a_daemon_that_cannot_start_is_never_ready(self):
        manager = Manager(str(self.folder / "notify"))
        self.addCleanup(manager.socket.close)
        engine = daemon.Daemon(
            None, self.folder, "--replay", "/nowhere.pcap", settings="capture: { ring: much }\n",
            privileges=["env"] + [f"{key}={value}" for key, value in manager.environment().items()])
        self.addCleanup(engine.kill)
        engine.start(wait=False)
        self.assertEqual(engine.process.wait(30), 2)
        self.assertEqual(manager.drain(), [])

    def test_a_manager_that_is_gone_changes_nothing(self):
        engine = daemon.Daemon(
            None, self.folder, "--replay", CAPTURES / "mptcp-v0.pcap", "--loops", "0",
            privileges=["env", f"NOTIFY_SOCKET={self.folder}/nobody"])
        with engine:
            self.assertIn("is not told: ", engine.said())
            self.assertEqual(engine.stop(), 0)

    def test_the_unit_is_hardened(self):
        unit = ROOT / "packaging" / "systemd" / "gatelogd.service"
        told, _ = self.peer("systemd-analyze", "security", "--offline=true", "--threshold=25", unit)
        self.assertIn("Overall exposure level", told)

    def test_one_place_for_the_files(self):
        for program, arguments in [("gatelog", ["run"]), ("gatelogd", [])]:
            done = subprocess.run(
                [os.path.join(os.path.dirname(os.environ["GATELOG_PROGRAM"]), program), *arguments, "--system",
                 "--home", "x"], capture_output=True, text=True, timeout=30)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("--system and --home exclude each other; choose one", done.stderr)


if __name__ == "__main__":
    import unittest
    unittest.main()
