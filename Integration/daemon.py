"""A daemon in a host of a test's network, and the commands that talk to it.

    with namespaces.Gateway() as net, daemon.Daemon(net, self.folder) as engine:
        engine.gatelog("packet-log", "port = 80")
"""
import json
import os
import pathlib
import signal
import subprocess
import time

import support

READY = 20
"""Seconds that a daemon may take to be there; it takes a fraction of one."""


class Daemon:
    """gatelogd under a home of its own, in a host of a network or (`host=None`) in this one."""

    def __init__(self, network, folder, *options, host="gateway", settings=None, home="home", privileges=None):
        self.network, self.host = network, host
        self.home = pathlib.Path(folder) / home
        self.options = list(map(str, options))
        self.privileges = privileges or []
        self.output = pathlib.Path(folder) / f"{home}.output"
        if settings is not None:
            (self.home / "etc").mkdir(parents=True, exist_ok=True)
            (self.home / "etc" / "gatelog.yaml").write_text(settings, encoding="utf-8")
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self, wait=True):
        program = str(pathlib.Path(support.program()).with_name("gatelogd"))
        command = [*self.privileges, program, "--home", str(self.home), *self.options]
        if self.network:
            command = self.network.command(self.host, *command)
        with self.output.open("a") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "TZ": "UTC", "NO_COLOR": "1"})
        if wait:
            self.wait_for(lambda: (self.home / "run" / "api.sock").exists() and self.try_gatelog("status"))

    def said(self):
        """What the daemon printed."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, condition, seconds=READY, why="the daemon did not get there"):
        """Waits until `condition` holds; fails with what the daemon said where it ends before."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon ended with {self.process.returncode}:\n{self.said()}")
            time.sleep(0.02)
        raise AssertionError(f"{why} within {seconds} s:\n{self.said()}")

    @property
    def pid(self):
        """The daemon's own number: `ip netns exec` becomes it."""
        return self.process.pid

    def signal(self, number):
        os.kill(self.pid, number)

    def stop(self):
        """Ends the daemon in order; returns its exit status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(30)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)

    def run(self, *arguments, stdin=None):
        """Runs `gatelog` against this daemon."""
        return subprocess.run(
            [support.program(), *map(str, arguments), "--home", str(self.home)], input=stdin, capture_output=True,
            timeout=120, env={**os.environ, "TZ": "UTC", "NO_COLOR": "1"})

    def try_gatelog(self, *arguments):
        return self.run(*arguments).returncode == 0

    def gatelog(self, *arguments, status=0):
        """Runs `gatelog` against this daemon; returns what it printed."""
        done = self.run(*arguments)
        if done.returncode != status:
            raise AssertionError(
                f"gatelog {arguments} ended with {done.returncode}, not {status}:\n{done.stdout.decode()}"
                f"{done.stderr.decode()}\n{self.said()}")
        return done.stdout.decode("utf-8")

    def json(self, *arguments):
        return json.loads(self.gatelog(*arguments, "--json"))

    def objects(self, *arguments):
        """The objects of a command that prints one a line."""
        return [json.loads(line) for line in self.gatelog(*arguments, "--json").splitlines()]

    def status(self):
        return self.json("status")

    def log(self, name):
        """The lines of a log's live file."""
        path = self.home / "log" / f"{name}.log"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
