"""Syslog out, judged by rsyslog and syslog-ng, and by a receiver that dies, hangs, resets and comes back."""
import pathlib
import re
import time

import captures
import daemon
import support
import syslog_peers


def packets(count, start=0):
    """A capture of `count` TCP packets, told apart by their sequence numbers."""
    frames = []
    for number in range(start, start + count):
        tcp = bytes([0x04, 0xA9, 0, 80]) + number.to_bytes(4, "big") + bytes(4) + bytes([0x50, 0x02, 0xFF, 0xFF]) + bytes(4)
        ip = bytes([0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 192, 0, 2, 1])
        frames.append((0, (1_795_219_200 + number // 1000) * 10**9 + number * 1000, bytes(12) + b"\x08\x00" + ip + tcp,
                       captures.IN, None))
    return captures.pcapng([(captures.ETHERNET, "WAN", None)], frames)


def sequences(messages):
    """The packets that messages tell of."""
    found = (re.search(r"seq:(\d+)", message) for message in messages)
    return [int(match[1]) for match in found if match]


class SyslogCase(support.Case):
    """A daemon that logs packets of a capture, and receivers for its logs."""

    def start(self, count, receivers, speed=0, options=(), logs="", packet_log="saddr = 10.0.0.1", **more):
        capture = self.folder / "packets.pcapng"
        if count:
            capture.write_bytes(packets(count))
        settings = f"gateway: control\npacket_log: {{ expression: {packet_log} }}\nlogs: {{ utc: true{logs} }}\n"
        settings += "syslog:\n" + "".join(f"  {name}: {{ {keys} }}\n" for name, keys in receivers.items())
        replay = ["--replay", capture, "--speed", speed] if count else []
        engine = daemon.Daemon(None, self.folder, *replay, *options, settings=settings, **more)
        self.addCleanup(engine.kill)
        engine.start()
        return engine

    def receiver(self, kind, *arguments):
        peer = kind(self.folder, *arguments)
        self.addCleanup(peer.kill)
        return peer

    def until(self, condition, seconds=30, why="it did not come to that"):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, why() if callable(why) else why)
            time.sleep(0.05)

    def state(self, engine, name):
        return next(item for item in engine.status()["syslog"] if item["name"] == name)


class FormTests(SyslogCase):
    def test_the_form_of_kerio_control(self):
        plain = self.receiver(syslog_peers.Plain)
        plain.start()
        engine = self.start(20, {"kerio": f"server: 127.0.0.1, port: {plain.port}, transport: tcp, logs: [debug], "
                                          "application: KerioControl"})
        self.until(lambda: len(plain.messages) == 20)
        wanted = []
        for line in engine.log("debug"):
            date, text = line[1:21], line[23:]
            day = date[0:2] if date[0] != "0" else " " + date[1]
            wanted.append(f"<135>{date[3:6]} {day} {date[12:]} control KerioControl: {text}")
        self.assertEqual(plain.messages, wanted)

    def test_what_is_wrong_with_the_settings(self):
        engine = self.start(1, {})
        for value, said in {
            "{ transport: tcp }": "no server for the syslog receiver",
            "{ server: a, transport: sctp }": "write udp, tcp or tls",
            "{ server: a, ca: x.pem }": "it is for transport: tls",
            "{ server: a, transport: tls, ca: /no/such.pem }": "ca: /no/such.pem",
            "{ server: a, logs: [] }": "no logs for the syslog receiver",
            "{ server: 'a b' }": "the name or the address of a machine",
            "{ server: a, application: 'a b' }": "letters, digits and -_./",
        }.items():
            done = engine.run("settings", "set", "syslog.bad", value)
            self.assertEqual(done.returncode, 2, value)
            self.assertIn(said, done.stderr.decode())
        self.assertEqual(engine.status()["syslog"], [])


class JudgeTests(SyslogCase):
    """Both receivers are asked what they parsed, over every transport and in both forms."""

    def receivers(self, peer, certificates):
        tls = (f"transport: tls, port: {peer.tls}, ca: {certificates.ca}, certificate: {certificates.path('client.pem')}, "
               f"key: {certificates.path('client.key')}")
        return {
            "udp": f"server: 127.0.0.1, port: {peer.udp}, logs: [debug], application: over-udp",
            "tcp": f"server: 127.0.0.1, port: {peer.tcp}, transport: tcp, logs: [debug], format: rfc5424, "
                   "application: over-tcp, facility: local3, severity: { debug: warning }",
            "tls": f"server: localhost, {tls}, logs: [debug], format: rfc5424, body: json, application: over-tls",
        }

    def test_rsyslog(self):
        certificates = syslog_peers.Certificates(self.folder)
        peer = self.receiver(syslog_peers.Rsyslog, certificates)
        peer.start()
        engine = self.start(50, self.receivers(peer, certificates))
        self.until(lambda: len(peer.messages) >= 150, why=lambda: f"{engine.status()['syslog']}")
        lines = engine.log("debug")
        of = {name: [message for message in peer.messages if message["app-name"] == f"over-{name}"]
              for name in ("udp", "tcp", "tls")}
        self.assertEqual({name: len(messages) for name, messages in of.items()}, {"udp": 50, "tcp": 50, "tls": 50})
        self.assertEqual([message["msg"].strip() for message in of["udp"]], [line[23:] for line in lines])
        self.assertEqual([message["msg"] for message in of["tcp"]], [line[23:] for line in lines])
        for number, message in enumerate(of["tcp"]):
            self.assertEqual(
                [message[name] for name in ("pri", "hostname", "msgid", "protocol-version")], ["156", "control", "debug", "1"])
            self.assertEqual((message["syslogfacility-text"], message["syslogseverity-text"]), ("local3", "warning"))
            self.assertEqual(message["time"], f"2026-11-21T00:00:00.000{number:03d}Z")
            self.assertIn(f'tcp_sequence="{number}"', message["structured-data"])
            self.assertTrue(message["structured-data"].startswith('[gatelog@32473 kind="packet" '))
        self.assertEqual(sequences(f"seq:{re.search('tcp_sequence.:([0-9]+)', m['msg'])[1]}" for m in of["tls"]),
                         list(range(50)))

    def test_syslog_ng(self):
        certificates = syslog_peers.Certificates(self.folder)
        peer = self.receiver(syslog_peers.SyslogNg, certificates)
        peer.start()
        engine = self.start(50, self.receivers(peer, certificates))
        self.until(lambda: len(peer.messages) >= 150, why=lambda: f"{engine.status()['syslog']}")
        lines = engine.log("debug")
        of = {name: [message for message in peer.messages if message["application"] == f"over-{name}"]
              for name in ("udp", "tcp", "tls")}
        self.assertEqual([message["message"] for message in of["udp"]], [line[23:] for line in lines])
        self.assertEqual([message["message"] for message in of["tcp"]], [line[23:] for line in lines])
        for number, message in enumerate(of["tcp"]):
            data = message["_SDATA"]["gatelog@32473"] if "_SDATA" in message else message["SDATA"]["gatelog@32473"]
            self.assertEqual((message["pri"], message["hostname"], message["msgid"]), ("156", "control", "debug"))
            self.assertEqual(message["time"], f"2026-11-21T00:00:00.000{number:03d}+00:00")
            self.assertEqual((data["tcp_sequence"], data["source_ip"], data["iif"]), (str(number), "10.0.0.1", "WAN"))
        self.assertEqual(len(of["tls"]), 50)

    def test_a_certificate_of_somebody_else(self):
        certificates = syslog_peers.Certificates(self.folder)
        peer = self.receiver(syslog_peers.SyslogNg, certificates)
        peer.start()
        client = f"certificate: {certificates.path('client.pem')}, key: {certificates.path('client.key')}"
        base = f"server: localhost, port: {peer.tls}, transport: tls, logs: [debug]"
        engine = self.start(5, {
            "authority": f"{base}, ca: {certificates.other_ca}, {client}",
            "name": f"{base}, ca: {certificates.ca}, {client}, server_name: elsewhere.example",
            "nobody": f"{base}, ca: {certificates.ca}",
        })
        self.until(lambda: all("last_error" in item for item in engine.status()["syslog"]),
                   why=lambda: f"{engine.status()['syslog']}")
        for name, said in {"authority": "signed by nobody whom ca names", "name": "is not for that name",
                           "nobody": "wants another client certificate"}.items():
            self.assertIn(said, self.state(engine, name)["last_error"])
        self.assertTrue(all(item["sent"] == 0 for item in engine.status()["syslog"]))
        self.assertEqual(peer.messages, [])


class FaultTests(SyslogCase):
    """No line is lost within the bound, and at most what was in flight comes twice."""

    COUNT = 60_000
    WINDOW = 7 << 20
    """Bytes that may come twice: SyslogLimits.window and unreadMost together."""

    def check(self, messages, count):
        """All came, and what came twice is not more than a window holds."""
        seen = sequences(messages)
        self.assertEqual(set(range(count)) - set(seen), set(), "lines are missing")
        doubled = len(seen) - count
        length = sum(map(len, messages)) / max(len(messages), 1)
        self.assertLessEqual(doubled * length, self.WINDOW * 1.3, f"{doubled} came twice")
        return doubled

    def central(self, plain, more=""):
        return {"central": f"server: 127.0.0.1, port: {plain.port}, transport: tcp, logs: [debug]{more}"}

    def arrived(self, engine, plain, count):
        self.until(lambda: set(range(count)) <= set(sequences(plain.messages)), 60,
                   lambda: f"{len(set(sequences(plain.messages)))} of {count} are there: {engine.status()['syslog']}")

    def test_a_receiver_that_is_killed(self):
        plain = self.receiver(syslog_peers.Plain)
        plain.start("--slow")
        engine = self.start(self.COUNT, self.central(plain))
        self.until(lambda: len(plain.messages) > 5_000)
        plain.kill()
        self.until(lambda: self.state(engine, "central")["state"] != "connected")
        plain.start()
        self.arrived(engine, plain, self.COUNT)
        self.check(plain.messages, self.COUNT)

    def test_a_receiver_that_hangs_and_is_killed(self):
        plain = self.receiver(syslog_peers.Plain)
        plain.start("--slow")
        engine = self.start(self.COUNT, self.central(plain))
        self.until(lambda: len(plain.messages) > 5_000)
        plain.signal(syslog_peers.STOP)
        time.sleep(3)
        self.assertEqual(self.state(engine, "central")["lost"], 0)
        plain.kill()
        plain.start()
        self.arrived(engine, plain, self.COUNT)
        self.check(plain.messages, self.COUNT)

    def test_a_receiver_that_hangs_and_goes_on(self):
        plain = self.receiver(syslog_peers.Plain)
        plain.start()
        engine = self.start(self.COUNT, self.central(plain))
        self.until(lambda: len(plain.messages) > 1_000)
        plain.signal(syslog_peers.STOP)
        time.sleep(2)
        plain.signal(syslog_peers.CONT)
        self.arrived(engine, plain, self.COUNT)
        self.assertEqual(sequences(plain.messages), list(range(self.COUNT)))

    def test_a_reset_in_the_middle(self):
        plain = self.receiver(syslog_peers.Plain)
        plain.start("--reset-after", "3000000")
        engine = self.start(self.COUNT, self.central(plain))
        self.arrived(engine, plain, self.COUNT)
        self.check(plain.messages, self.COUNT)
        self.assertIsNotNone(self.state(engine, "central")["last_error"])

    def test_a_receiver_that_comes_after_hours_of_rotated_files(self):
        plain = self.receiver(syslog_peers.Plain)
        engine = self.start(self.COUNT, self.central(plain), logs=", size: 512 KiB")
        self.until(lambda: engine.status()["logs"][0]["lines"] >= self.COUNT)
        self.until(lambda: list((engine.home / "log").glob("debug.log.*.zst")))
        state = self.state(engine, "central")
        self.assertEqual((state["sent"], state["lost"]), (0, 0))
        self.until(lambda: "refused" in self.state(engine, "central")["state"])
        # What waits is kept over a restart.
        self.assertEqual(engine.stop(), 0)
        plain.start()
        engine.options = []
        daemon.Daemon.start(engine)
        self.arrived(engine, plain, self.COUNT)
        self.assertEqual(sequences(plain.messages), list(range(self.COUNT)))

    def test_a_killed_daemon_goes_on_where_it_was(self):
        plain = self.receiver(syslog_peers.Plain)
        plain.start("--slow")
        engine = self.start(self.COUNT, self.central(plain))
        self.until(lambda: engine.status()["logs"][0]["lines"] >= self.COUNT)
        engine.options = []
        for _ in range(3):
            before = len(plain.messages)
            engine.kill()
            engine.start()
            self.until(lambda: len(plain.messages) > before or len(set(sequences(plain.messages))) == self.COUNT)
        self.arrived(engine, plain, self.COUNT)
        seen = sequences(plain.messages)
        doubled = len(seen) - self.COUNT
        self.assertLessEqual(doubled * 120, 3 * self.WINDOW * 1.3, f"{doubled} came twice")

    def test_a_full_queue_is_counted_and_said(self):
        plain = self.receiver(syslog_peers.Plain)
        engine = self.start(self.COUNT, self.central(plain, ", queue: 1 MiB"))
        self.until(lambda: engine.status()["logs"][0]["lines"] >= self.COUNT)
        self.until(lambda: self.state(engine, "central")["lost"] > 0)
        self.until(lambda: any("passed over" in line for line in engine.log("warning")))
        time.sleep(1.5)
        state = self.state(engine, "central")
        self.assertLessEqual(state["waiting_bytes"], 1 << 20)
        self.assertGreater(state["waiting_bytes"], (1 << 20) - 400)
        self.assertEqual(state["waiting_lines"] + state["lost"], self.COUNT)
        plain.start()
        self.until(lambda: self.COUNT - 1 in sequences(plain.messages))
        self.until(lambda: len(sequences(plain.messages)) >= state["waiting_lines"])
        self.assertEqual(sequences(plain.messages), list(range(state["lost"], self.COUNT)))
        told = [message for message in plain.messages if "lines of the debug log lost" in message]
        self.assertEqual(len(told), 1, told)
        self.assertIn(f"{state['lost']} lines of the debug log lost: the queue was full (queue: 1 MiB)", told[0])

    def test_clear_log_while_a_receiver_is_away(self):
        plain = self.receiver(syslog_peers.Plain)
        engine = self.start(1_000, self.central(plain))
        self.until(lambda: engine.status()["logs"][0]["lines"] >= 1_000)
        engine.gatelog("log", "clear", "debug", "--yes")
        plain.start()
        self.until(lambda: self.state(engine, "central")["lost"] == 1_000, why=lambda: f"{engine.status()['syslog']}")
        self.until(lambda: any("1000 lines of the debug log lost: they were removed" in m for m in plain.messages))

    def test_a_datagram_receiver_that_is_away(self):
        peer = self.receiver(syslog_peers.Rsyslog)
        engine = self.start(500, {"far": f"server: 127.0.0.1, port: {peer.udp}, logs: [debug], size: 480"})
        self.until(lambda: "refused" in self.state(engine, "far")["state"])
        peer.start()
        self.until(lambda: len(peer.messages) >= 500, why=lambda: f"{engine.status()['syslog']}")
        self.assertEqual(set(sequences(m["msg"] for m in peer.messages)), set(range(500)))


class CommandTests(SyslogCase):
    def test_the_test_message_and_changes_while_it_runs(self):
        plain = self.receiver(syslog_peers.Plain)
        engine = self.start(1, {})
        self.assertIn("no syslog receivers", engine.gatelog("syslog", "list"))
        engine.gatelog("settings", "set", "syslog.central",
                       f"{{ server: 127.0.0.1, port: {plain.port}, transport: tcp, logs: [config, security] }}")
        done = engine.run("syslog", "test", "central")
        self.assertEqual(done.returncode, 2)
        self.assertIn("Connection refused", done.stderr.decode())
        self.assertIn("there is no syslog receiver", engine.run("syslog", "test", "nobody").stderr.decode())
        plain.start()
        self.assertIn("has the test message", engine.gatelog("syslog", "test", "central"))
        self.assertTrue(any("a test message, asked for by root" in message for message in plain.messages))
        # The first line that it gets is the change that made it.
        self.assertTrue(any("changed syslog.central" in message for message in plain.messages))
        engine.gatelog("settings", "set", "syslog.central.format", "rfc5424")
        self.until(lambda: any(message.startswith("<133>1 ") for message in plain.messages))
        engine.gatelog("settings", "unset", "syslog.central")
        self.assertEqual(engine.status()["syslog"], [])
        self.assertEqual(list((pathlib.Path(engine.home) / "state" / "syslog").iterdir()), [])
