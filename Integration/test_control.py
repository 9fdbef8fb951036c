"""The API on the daemon's socket: who may, judged by other users of this machine; curl as another client."""
import grp
import json
import os
import signal
import subprocess
import time
import unittest

import daemon
import support

NOBODY = 65534
CAPTURE = support.CAPTURES / "tcp_rst_data.pcap"


@unittest.skipUnless(os.geteuid() == 0, "needs root, to become other users")
class AccessTest(support.Case):
    """Users who may, who may look, and who may not."""

    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)

    def start(self, settings="{}"):
        engine = daemon.Daemon(None, self.folder, "--replay", CAPTURE, "--loops", "0", settings=settings)
        self.addCleanup(engine.kill)
        engine.start()
        return engine

    def as_user(self, engine, *arguments, groups=()):
        """Runs `gatelog` as nobody, a member of `groups`."""
        ids = [grp.getgrnam(name).gr_gid for name in groups]
        done = subprocess.run(
            [support.program(), *arguments, "--home", str(engine.home)], capture_output=True, timeout=60, text=True,
            user=NOBODY, group=NOBODY, extra_groups=ids, env={**os.environ, "NO_COLOR": "1"})
        return done.returncode, done.stdout, done.stderr

    def test_a_stranger_is_told_who_may(self):
        engine = self.start()
        status, out, errors = self.as_user(engine, "status")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("you may not talk to the daemon", errors)

    def test_a_member_of_the_group_may_everything_and_is_named(self):
        engine = self.start("api: {group: adm}")
        status, out, errors = self.as_user(engine, "packet-log", "proto = icmp", groups=["adm"])
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("Packet logging: proto = icmp", out)
        engine.wait_for(lambda: any("nobody (unix socket, pid " in line for line in engine.log("config")))
        self.assertEqual(self.as_user(engine, "status")[0], 2)

    def test_a_reader_may_look_and_change_nothing(self):
        engine = self.start("api: {group: adm, readers: users}")
        status, out, _ = self.as_user(engine, "status", groups=["users"])
        self.assertEqual(status, 0)
        self.assertIn("replay", out)
        status, _, errors = self.as_user(engine, "packet-log", "any", groups=["users"])
        self.assertEqual(
            (status, errors),
            (2, "error: nobody may not do this: it takes the scope packet-log:change, which the role administrator or "
                "operator has\n"))
        status, _, errors = self.as_user(engine, "status")
        self.assertEqual(status, 2)
        self.assertIn('members of "adm" or "users"', errors)


class SocketTest(support.Case):
    """The life of the socket, and other clients on it."""

    def daemon(self, home="home"):
        engine = daemon.Daemon(None, self.folder, "--replay", CAPTURE, "--loops", "0", home=home)
        self.addCleanup(engine.kill)
        return engine

    def curl(self, engine, *arguments):
        out, _ = self.peer("curl", "-sS", "--unix-socket", engine.home / "run" / "api.sock", *arguments)
        return out

    def test_curl_is_answered(self):
        engine = self.daemon()
        engine.start()
        status = json.loads(self.curl(engine, "http://gatelog/v1/status"))
        self.assertEqual(status["process_id"], engine.pid)
        head = self.curl(engine, "-i", "-X", "POST", "http://gatelog/v1/packet-log")
        self.assertIn("405 Method Not Allowed", head)
        self.assertIn("Allow: DELETE, GET, PUT", head)
        self.assertIn('{"code":"method_not_allowed"', head)
        state = json.loads(self.curl(
            engine, "-X", "PUT", "-H", "Content-Type: application/json", "-d", '{"expression": "port = 80"}',
            "http://gatelog/v1/packet-log"))
        self.assertEqual(state["expression"], "port = 80")
        live = subprocess.run(
            ["curl", "-sS", "-N", "-m", "2", "--unix-socket", str(engine.home / "run" / "api.sock"),
             "http://gatelog/v1/status/live?interval=0.2"], capture_output=True, timeout=30, text=True).stdout
        self.assertGreater(live.count("event: status\ndata: {"), 3)

    def test_a_second_daemon_leaves_the_first_alone(self):
        first = self.daemon()
        first.start()
        second = self.daemon()
        second.start(wait=False)
        self.assertEqual(second.process.wait(30), 2)
        self.assertRegex(second.said(), "another (process|daemon)")
        self.assertEqual(first.status()["process_id"], first.pid)

    def test_a_killed_daemon_makes_room(self):
        engine = self.daemon()
        engine.start()
        engine.kill()
        self.assertTrue((engine.home / "run" / "api.sock").exists())
        done = engine.run("status")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"no daemon listens at", done.stderr)
        engine.start()
        self.assertEqual(engine.status()["process_id"], engine.pid)
        self.assertEqual(engine.stop(), 0)
        self.assertFalse((engine.home / "run" / "api.sock").exists())

    def test_followers_are_told_of_the_end(self):
        engine = self.daemon()
        engine.start()
        follower = subprocess.Popen(
            [support.program(), "log", "debug", "-f", "--home", str(engine.home)], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        time.sleep(0.5)
        began = time.monotonic()
        self.assertEqual(engine.stop(), 0)
        self.assertLess(time.monotonic() - began, 20)
        _, errors = follower.communicate(timeout=30)
        self.assertEqual(follower.returncode, 2)
        self.assertIn(b"the daemon stopped", errors)

    def test_run_becomes_the_daemon(self):
        home = self.folder / "home"
        process = subprocess.Popen(
            [support.program(), "run", "--home", str(home), "--replay", str(CAPTURE), "--loops", "0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        for _ in range(500):
            if (home / "run" / "api.sock").exists():
                break
            time.sleep(0.02)
        status = json.loads(self.gatelog("status", "--json", "--home", home)[0])
        self.assertEqual(status["process_id"], process.pid)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0)


if __name__ == "__main__":
    unittest.main()
