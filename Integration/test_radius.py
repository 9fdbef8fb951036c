"""RADIUS accounting through the whole daemon; radclient (freeradius-utils) is the judge."""
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

import namespaces
import radius
from test_live import LiveCase

UNAVAILABLE = namespaces.unavailable()
SECRET = b"between us two"
HERE = pathlib.Path(__file__).parent


class RadiusCase(LiveCase):
    def setUp(self):
        super().setUp()
        if not shutil.which("radclient"):
            self.fail("radclient is not installed: scripts/prepare test installs freeradius-utils")

    def listen(self, more="", client=""):
        """A daemon whose client `office` is the host `client`; ready once it listens."""
        settings = (
            "radius:\n"
            f"  clients:\n    office: {{ addresses: [10.77.1.0/24, \"fd77:1::/64\"], secret: {SECRET.decode()}{client} }}\n"
            + more)
        engine = self.start(settings=settings)
        engine.wait_for(lambda: engine.status().get("radius", {}).get("listening"))
        return engine

    def radclient(self, attributes, secret=SECRET, server=None, retries=1, kind="acct"):
        """Runs radclient in the client; its exit status and what it said."""
        server = server or self.net.LAN4
        where = f"[{server}]:1813" if ":" in server else f"{server}:1813"
        done = subprocess.run(
            self.net.command("client", "radclient", "-x", "-t", "1", "-r", str(retries), where, kind, secret.decode()),
            input=attributes, capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout + done.stderr

    def send(self, *packets, server=None):
        """Sends packets of our own from one port of the client; the answers, None where there was none."""
        done = subprocess.run(
            self.net.command("client", sys.executable, HERE / "radius.py", server or self.net.LAN4,
                             *[packet.hex() for packet in packets]),
            capture_output=True, text=True, timeout=60, check=True)
        return [None if line == "none" else bytes.fromhex(line) for line in done.stdout.split()]

    def client(self, engine, name="office"):
        """The counts of a client, when the packets that were answered are in them."""
        time.sleep(0.3)
        return next(item for item in engine.status()["radius"]["clients"] if item["name"] == name)

    def users(self, engine):
        """Who is where, as the status of sessions knows it: {address: user}."""
        return {item["address"]: item["user"] for item in engine.objects("user", "list")}


def attributes(status, session="0000A1", user="jane", address="10.77.1.2", **more):
    lines = [f"Acct-Status-Type = {status}", f"Acct-Session-Id = \"{session}\"", "NAS-Identifier = \"ap1\""]
    if user:
        lines.append(f"User-Name = \"{user}\"")
    if address:
        lines.append(f"Framed-IP-Address = {address}")
    lines += [f"{name.replace('_', '-')} = {value}" for name, value in more.items()]
    return "\n".join(lines) + "\n"


@unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
class AnswerTests(RadiusCase):
    def test_radclient_is_answered_and_counted(self):
        engine = self.listen()
        for status in ("Start", "Interim-Update", "Stop", "Accounting-On", "Accounting-Off"):
            code, said = self.radclient(attributes(status))
            self.assertEqual(code, 0, said)
            self.assertIn("Received Accounting-Response", said)
        counts = self.client(engine)
        self.assertEqual((counts["starts"], counts["interims"], counts["stops"], counts["restarts"]), (1, 1, 1, 2))
        self.assertEqual(counts["responses"], 5)
        self.assertIn("office", engine.gatelog("status"))

    def test_ipv6_and_status_server_are_answered(self):
        engine = self.listen()
        code, said = self.radclient(attributes("Start"), server=self.net.LAN6)
        self.assertEqual(code, 0, said)
        code, said = self.radclient("Message-Authenticator = 0x00\n", kind="status")
        self.assertEqual(code, 0, said)
        self.assertEqual(self.client(engine)["responses"], 2)

    def test_proxy_states_and_signatures_come_back(self):
        self.listen()
        states = radius.attribute(33, b"first") + radius.attribute(33, b"\x00second")
        packet = radius.request(SECRET, radius.START, user="jane", address="10.77.1.2", extra=states, sign=True)
        answer, = self.send(packet)
        self.assertTrue(radius.is_answer(answer, packet, SECRET))
        self.assertIn(states, answer)
        self.assertEqual(answer[20:22], bytes([80, 18]))

    def test_a_wrong_secret_and_a_stranger_get_no_answer_and_are_said(self):
        engine = self.listen()
        code, said = self.radclient(attributes("Start"), secret=b"guessed", retries=2)
        self.assertNotEqual(code, 0, said)
        done = self.net.run("server", "sh", "-c",
                            f"printf 'Acct-Status-Type = Start\\nAcct-Session-Id = 1\\n' | "
                            f"radclient -t 1 -r 1 {self.net.WAN4}:1813 acct {SECRET.decode()!r}", check=False)
        counts = self.client(engine)
        self.assertEqual(counts["bad_authenticators"], 2)
        self.assertEqual(counts["starts"], 0)
        self.assertEqual(engine.status()["radius"]["unknown_clients"], 1, done)
        engine.wait_for(lambda: any("10.77.2.2" in line for line in engine.log("warning")))
        lines = [line for line in engine.log("warning") if "RADIUS" in line]
        self.assertEqual(len(lines), 2, lines)
        self.assertTrue(any("10.77.1.2" in line and '"office"' in line and "secret" in line for line in lines), lines)
        self.assertNotIn(SECRET.decode(), "\n".join(engine.log("warning") + engine.log("config")))

    def test_duplicates_are_answered_once_more_and_replays_are_not(self):
        engine = self.listen()
        now = time.time()
        packet = radius.request(SECRET, radius.START, user="jane", address="10.77.1.2", time=now)
        first, second = self.send(packet, packet)
        self.assertEqual(first, second)
        self.assertTrue(radius.is_answer(first, packet, SECRET))
        # The same packet from another port is not its client's.
        self.assertEqual(self.send(packet), [None])
        old = radius.request(SECRET, radius.STOP, user="jane", address="10.77.1.2", time=now - 3600)
        ahead = radius.request(SECRET, radius.START, user="eve", address="10.77.1.2", time=now + 3600)
        late = radius.request(SECRET, radius.INTERIM, user="jane", address="10.77.1.2", time=now - 3600, delay=3590)
        answers = self.send(old, ahead, late)
        self.assertEqual([answer is None for answer in answers], [True, True, False])
        counts = self.client(engine)
        self.assertEqual(
            (counts["starts"], counts["duplicates"], counts["replays"], counts["untimely"]), (1, 1, 1, 2))
        engine.wait_for(lambda: any("replay" in line for line in engine.log("warning")))

    def test_packets_that_are_none_are_counted(self):
        engine = self.listen()
        good = radius.request(SECRET, radius.START, user="jane", address="10.77.1.2")
        broken = [b"", good[:19], good[:30], bytes([1]) + good[1:], good[:2] + b"\x00\x13" + good[4:],
                  good[:2] + b"\xff\xff" + good[4:], good[:21] + b"\x01" + good[22:], good[:21] + b"\xff" + good[22:],
                  radius.request(SECRET, radius.START, session=None, user="jane")]
        self.assertEqual(self.send(*broken), [None] * len(broken))
        self.assertEqual(self.client(engine)["malformed"], len(broken))
        answer, = self.send(good)
        self.assertIsNotNone(answer)

    def test_secrets_are_nowhere_to_be_seen(self):
        folder = pathlib.Path(self.folder)
        (folder / "ap.secret").write_text("from a file\n")
        engine = self.start(settings=(
            "radius: { clients: { ap: { addresses: 10.77.1.2, secret_file: " f"{folder}/ap.secret" " } } }\n"))
        engine.wait_for(lambda: engine.status().get("radius"))
        code, said = self.radclient(attributes("Start"), secret=b"from a file")
        self.assertEqual(code, 0, said)
        engine.gatelog("settings", "set", "radius.clients.wlan.addresses", "10.77.1.3", status=2)
        engine.gatelog("settings", "set", "radius.clients.wlan", "{ addresses: 10.77.1.3, secret: hush-hush }")
        shown = engine.gatelog("settings", "show") + "\n".join(engine.log("config")) + engine.gatelog("status")
        self.assertIn("radius.clients.wlan.secret", shown)
        self.assertNotIn("hush-hush", shown + engine.said())
        self.assertNotIn("from a file", shown)
        missing = engine.run("settings", "set", "radius.clients.ap.secret_file", f"{folder}/none")
        self.assertNotEqual(missing.returncode, 0)
        self.assertIn("none", missing.stderr.decode())
        # The old one goes on, and one that is asked for elsewhere listens there.
        self.assertEqual(self.radclient(attributes("Stop"), secret=b"from a file")[0], 0)
        engine.gatelog("settings", "set", "radius.port", "1913")
        engine.wait_for(lambda: any("1913" in place for place in engine.status()["radius"]["listening"]))
        self.assertNotEqual(self.radclient(attributes("Start"), secret=b"from a file")[0], 0)



@unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
class UserTests(RadiusCase):
    """Who RADIUS says is where shows in the list of users and in the lines of packets."""

    def people(self, engine):
        # An empty list ends with 1.
        return engine.run("user", "list").stdout.decode()

    def ping(self):
        self.net.run("client", "ping", "-c", "1", self.net.LAN4)

    def test_a_user_comes_is_seen_in_packets_and_goes(self):
        engine = self.listen("logs: { template: \"%SRC% by %USER%\" }\n")
        engine.gatelog("packet-log", 'proto = icmp and if = lan')
        self.assertEqual(self.radclient(attributes("Start"))[0], 0)
        engine.wait_for(lambda: "jane" in self.people(engine))
        self.ping()
        engine.wait_for(lambda: any("10.77.1.2 by jane" in line for line in engine.log("debug")))
        self.assertEqual(self.radclient(attributes("Interim-Update"))[0], 0)
        self.assertIn("jane", self.people(engine))
        self.assertEqual(self.radclient(attributes("Stop"))[0], 0)
        engine.wait_for(lambda: "jane" not in self.people(engine))
        before = len(engine.log("debug"))
        self.ping()
        engine.wait_for(lambda: len(engine.log("debug")) > before)
        self.assertNotIn("jane", engine.log("debug")[-1])

    def test_a_restart_of_the_device_logs_everybody_out(self):
        engine = self.listen()
        self.radclient(attributes("Start"))
        self.radclient(attributes("Start", session="2", user="joe", address="10.77.1.3"))
        engine.wait_for(lambda: "jane" in self.people(engine) and "joe" in self.people(engine))
        time.sleep(1.1)
        self.assertEqual(self.radclient(attributes("Accounting-On", user=None, address=None))[0], 0)
        engine.wait_for(lambda: "jane" not in self.people(engine) and "joe" not in self.people(engine))

    def test_hostile_names_forge_nothing(self):
        engine = self.listen("logs: { template: \"%SRC% by %USER%\" }\n")
        engine.gatelog("packet-log", 'proto = icmp and if = lan')
        names = [b'a"b', b"[x],y", b"line\nforged", b"\x1b[31mred", b"\xff\xfe", "\u202egnp".encode(), b"x" * 253]
        for number, name in enumerate(names):
            packet = radius.request(SECRET, radius.START, session=f"h{number}", user=name, address="10.77.1.2")
            answer, = self.send(packet)
            self.assertIsNotNone(answer, name)
            self.ping()
            shown = self.people(engine)
            self.assertTrue(all(line.isprintable() for line in shown.splitlines()), shown)
        for log in ("debug", "config", "warning"):
            for line in self.settled(engine, log):
                self.assertTrue(line.isprintable(), line)
                self.assertRegex(line, r"^\[\d\d/")
        self.assertTrue(any("line\\x0aforged" in line for line in engine.log("debug")))


if __name__ == "__main__":
    unittest.main()
