"""Debian systems of our own, to install into: a layer over a root that scripts/test-root makes once.

    with container.Machine() as machine:
        machine.boot()
        machine.run("systemctl", "is-active", "gatelogd")

`run` before `boot` is as in a chroot (no service manager); after it, within the booted system. It has a network of its
own: the loopback interface alone. Everything is taken down at the end, whatever happens.
"""
import atexit
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from support import ROOT

READY = 60
"""Seconds that a system may take to boot; it takes three."""


def unavailable():
    """Why no system can be made here; None where it can."""
    if os.geteuid() != 0:
        return "a system of our own needs root"
    for program in ("debootstrap", "systemd-nspawn", "nsenter"):
        if shutil.which(program) is None and not os.path.exists(f"/usr/sbin/{program}"):
            return f"{program} is not installed (run `make test` once: it installs the peers)"
    if "overlay" not in pathlib.Path("/proc/filesystems").read_text(encoding="ascii"):
        return "this kernel has no overlay file system"
    done = subprocess.run(["unshare", "--mount", "--pid", "--net", "--fork", "true"], capture_output=True, text=True)
    return None if done.returncode == 0 else f"this machine makes no namespaces: {done.stderr.strip()}"


class Machine:
    """A Debian system; `binds` are folders of this one that it sees, for reading."""

    def __init__(self, binds=()):
        made = subprocess.run([ROOT / "scripts" / "test-root"], capture_output=True, text=True, timeout=900)
        if made.returncode != 0:
            raise RuntimeError(f"scripts/test-root: {made.stderr}")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatelog-machine-"))
        self.root = self.folder / "root"
        self.binds = [f"--bind-ro={path}" for path in binds]
        self.process, self.leader = None, None
        atexit.register(self.close)
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir()
        layers = f"lowerdir={made.stdout.strip()},upperdir={self.folder}/upper,workdir={self.folder}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, self.root], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def path(self, inside):
        """Where a path of the system is for us."""
        return self.root / str(inside).lstrip("/")

    def _nspawn(self, *arguments):
        return ["systemd-nspawn", "--quiet", f"--directory={self.root}", "--register=no", "--keep-unit",
                "--private-network", "--console=pipe", "--link-journal=no", *self.binds, *arguments]

    def boot(self):
        """Starts the system's own service manager, and waits until it has started everything."""
        self.process = subprocess.Popen(
            self._nspawn("--boot"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + READY
        while time.monotonic() < end:
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            with contextlib.suppress(FileNotFoundError):
                self.leader = next(iter(children.read_text(encoding="ascii").split()), None)
            if self.leader:
                state = self.try_run("systemctl", "is-system-running", "--wait").stdout.strip()
                if state in ("running", "degraded"):
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError("the system did not boot")

    def try_run(self, *command, stdin=None):
        """Runs a program in the system; returns what `subprocess.run` does, with texts."""
        words = list(map(str, command))
        if self.leader:
            words = ["nsenter", "--target", self.leader, "--mount", "--uts", "--ipc", "--net", "--pid", "--root",
                     "--wd", "--", "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "NO_COLOR=1", *words]
        else:
            words = self._nspawn("--setenv=DEBIAN_FRONTEND=noninteractive", *words)
        return subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=180)

    def run(self, *command, status=0, stdin=None):
        """Runs a program in the system, checks its exit status and returns what it printed."""
        done = self.try_run(*command, stdin=stdin)
        if done.returncode != status:
            raise AssertionError(
                f"{' '.join(map(str, command))} ended with {done.returncode}, not {status}:\n{done.stdout}{done.stderr}"
                + self.journal())
        return done.stdout

    def journal(self):
        """The last words of the system's services."""
        if not self.leader:
            return ""
        return "\njournal:\n" + self.try_run("journalctl", "--no-pager", "--lines=40", "--output=cat").stdout

    def wait_for(self, condition, seconds=30, why="it did not happen"):
        """Waits until `condition` holds; returns what it answered."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.1)
        raise AssertionError(f"{why} within {seconds} s{self.journal()}")

    def close(self):
        """Ends the system, with everything in it, and removes its layer."""
        atexit.unregister(self.close)
        if self.process and self.process.poll() is None:
            if self.leader:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(self.leader), signal.SIGKILL)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)
        self.process = self.leader = None
        subprocess.run(["umount", "--lazy", self.root], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
