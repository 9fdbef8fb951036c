"""Alerts: programs and webhooks that are told of lines, with receivers that fail in all ways."""
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import threading
import time

import daemon
import support

CAPTURE = support.CAPTURES / "tcp_rst_data.pcap"

PROGRAM = """#!/bin/sh
# Writes down what it is given: a file for each message.
file=$(mktemp "{folder}/message.XXXXXX")
{{ env -0 | sort -z | tr '\\0' '\\001'; echo; printf '%s|' "$@"; echo; cat; }} > "$file"
mv "$file" "$file.whole"
{then}
"""


class Receiver:
    """A webhook's other end on the loopback. `answers` are the status codes of the next requests, then 200."""

    def __init__(self, answers=(), certificate=None, delay=0):
        self.requests, self.answers = [], list(answers)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((self.path, dict(self.headers), json.loads(body)))
                time.sleep(delay)
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}/hook"

    def messages(self, kind=None):
        return [message for _, _, message in self.requests if kind in (None, message["type"])]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class AlertCase(support.Case):
    def start(self, settings, wait=True, **keys):
        engine = daemon.Daemon(None, self.folder, "--replay", CAPTURE, "--loops", "0", settings=settings, **keys)
        self.addCleanup(engine.kill)
        engine.start(wait)
        return engine

    def receiver(self, *arguments, **keys):
        receiver = Receiver(*arguments, **keys)
        self.addCleanup(receiver.close)
        return receiver

    def program(self, then="exit 0"):
        path = self.folder / "told.sh"
        path.write_text(PROGRAM.format(folder=self.folder, then=then))
        path.chmod(0o755)
        return path

    def told(self):
        """What the program was given: environment, arguments, standard input."""
        messages = []
        for path in sorted(self.folder.glob("message.*.whole"), key=os.path.getmtime):
            environment, arguments, message = path.read_text(errors="surrogateescape").split("\n", 2)
            variables = dict(part.split("=", 1) for part in environment.split("\1") if "=" in part)
            messages.append((variables, arguments.split("|")[:-1], json.loads(message)))
        return messages

    @staticmethod
    def alert(engine, name):
        return {alert["name"]: alert for alert in engine.objects("alert", "list")}[name]

    @staticmethod
    def conditions(engine):
        return [item for item in engine.status()["conditions"] if item["kind"] == "alert"]


class CommandTests(AlertCase):
    def test_a_program_gets_the_line_its_record_and_no_shell(self):
        words = json.dumps([str(self.program()), "$(id)", "a b", "; reboot", "*", "ü\"'"])
        engine = self.start(
            f"packet_log: {{ expression: proto = tcp, rate: 1, burst: 1 }}\n"
            f"alerts:\n  packets: {{ log: debug, match: proto = tcp, command: {words}, rate: 60, burst: 2 }}\n")
        engine.wait_for(self.told)
        variables, arguments, message = self.told()[0]
        self.assertEqual(arguments, ["$(id)", "a b", "; reboot", "*", "ü\"'"])
        self.assertEqual((message["type"], message["alert"], message["log"]), ("line", "packets", "debug"))
        self.assertEqual(message["record"]["kind"], "packet")
        self.assertIn("proto:TCP", message["line"])
        self.assertEqual(variables["GATELOG_LINE"], message["line"])
        self.assertEqual(variables["GATELOG_FIELD_KIND"], "packet")
        self.assertEqual(variables["GATELOG_ALERT"], "packets")
        kept = {"PATH", "LANG", "PWD", "SHLVL", "_", "OLDPWD"}
        self.assertEqual({name for name in variables if not name.startswith("GATELOG_")} - kept, set())

    def test_hostile_lines_stay_one_value_each(self):
        # A change leaves its value, hostile as it is, in the Config log.
        owned = self.folder / "owned"
        engine = self.start(f"alerts:\n  changes: {{ log: config, command: [{self.program()}] }}\n")
        for text in (f"$(touch {owned})", f"`touch {owned}`; touch {owned} | sh", "\x1b[31mred\u2028ü"):
            engine.run("settings", "set", "gateway", text)
            engine.run("packet-log", f'payload contains "{text}"')
        engine.gatelog("packet-log", "port = 80")
        engine.wait_for(self.told)
        for variables, _, message in self.told():
            self.assertNotIn("\n", "".join(variables.values()))
            self.assertNotIn("\x1b", "".join(variables.values()))
            self.assertEqual(message["alert"], "changes")
        self.assertFalse(owned.exists())

    def test_one_that_fails_is_a_condition_until_it_arrives_again(self):
        program = self.program("echo 'no paper\x1b[31m'; exit 7")
        engine = self.start(f"alerts:\n  printer: {{ log: config, command: [{program}] }}\n")
        done = engine.run("alert", "test", "printer")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"ended with status 7: no paper\\x1b[31m", done.stderr)
        engine.wait_for(lambda: self.conditions(engine))
        self.assertIn("status 7", self.conditions(engine)[0]["text"])
        self.program()
        engine.wait_for(lambda: engine.run("alert", "test", "printer").returncode == 0)
        engine.wait_for(lambda: not self.conditions(engine))
        lines = [line.split("] ", 1)[1] for line in engine.log("warning")]
        self.assertEqual(len(lines), 2, lines)
        self.assertIn("the alert printer cannot be delivered", lines[0])
        self.assertRegex(lines[1], r"^Over after \d+ s: the alert printer")
        self.assertNotIn("\x1b", "\n".join(lines))

    def test_one_that_hangs_is_killed_with_its_children(self):
        program = self.program(f"sleep 1000 & echo $! > {self.folder}/child; wait")
        engine = self.start(f"alerts:\n  slow: {{ log: config, command: [{program}], timeout: 1 s }}\n")
        done = engine.run("alert", "test", "slow")
        self.assertIn(b"took longer than 1 s, and was killed", done.stderr)
        child = int((self.folder / "child").read_text())
        engine.wait_for(lambda: not os.path.exists(f"/proc/{child}") or "Z" in
                        pathlib.Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1][:3])

    def test_one_that_hangs_does_not_hold_up_the_daemon_or_its_end(self):
        program = self.program("exec sleep 1000")
        engine = self.start(
            f"packet_log: {{ expression: any }}\n"
            f"alerts:\n  slow: {{ log: debug, command: [{program}], timeout: 10 min }}\n")
        engine.wait_for(self.told)
        before = engine.status()["sources"][0]["packets"]
        engine.wait_for(lambda: engine.status()["sources"][0]["packets"] > before)
        start = time.monotonic()
        self.assertEqual(engine.stop(), 0)
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(subprocess.run(["pgrep", "-f", str(self.folder / "told.sh")]).returncode, 1)

    def test_a_flood_is_told_by_the_rate_and_every_line_is_counted(self):
        engine = self.start(
            f"packet_log: {{ expression: none }}\n"
            f"alerts:\n  flood: {{ log: config, grep: packet_log, command: [{self.program()}], rate: 60, burst: 3 }}\n")
        for number in range(40):
            engine.gatelog("settings", "set", "packet_log.burst", 100 + number)
        engine.wait_for(lambda: self.alert(engine, "flood")["matches"] == 40, 30)
        engine.wait_for(
            lambda: sum(message["held_back"] + (message["type"] == "line") for _, _, message in self.told()) == 40, 30,
            "not every line was told or counted")
        self.assertLess(len(self.told()), 40)

    def test_wrong_settings_are_refused_at_their_place(self):
        cases = [
            ("{ command: [reboot] }", '2:18: "reboot" for command; write a list: the absolute path of a program'),
            ("{ log: security }", "an alert that tells nobody; write command:"),
            ("{ command: [/bin/true], url: 'http://a/' }", "an alert with several of command, url and url_file"),
            ("{ url: 'ftp://a/' }", "for url; write a URL that begins with https:// or http://"),
            ("{ url: 'https://jane:secret@a/' }", "without a user or password in it"),
            ("{ command: [/bin/true], log: securty }", 'did you mean security?'),
            ("{ command: [/bin/true], rate: 0 }", "for rate; write a number from 1 to 6000"),
            ('{ command: ["/bin/true", "a\\nb"] }', "each a text without control characters"),
        ]
        for text, want in cases:
            path = self.folder / "gatelog.yaml"
            path.write_text(f"alerts:\n  x: {text}\n")
            _, errors = self.gatelog("settings", "check", path, status=2)
            self.assertIn(want, errors)
        engine = self.start("{}")
        done = engine.run("settings", "set", "alerts.x.command", "[/bin/true]")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = engine.run("settings", "set", "alerts.x.match", "prot = tcp")
        self.assertIn(b"prot = tcp\n", done.stderr)
        done = engine.run("settings", "set", "alerts.x.grep", "(")
        self.assertIn(b"the regular expression is wrong at byte", done.stderr)


class WebhookTests(AlertCase):
    def settings(self, receiver, more=""):
        return f"alerts:\n  hook: {{ log: config, grep: gateway, url: '{receiver.url}'{more} }}\n"

    def test_lines_are_posted_with_headers_from_a_file_that_nobody_is_shown(self):
        receiver = self.receiver()
        (self.folder / "headers").write_text("Authorization: Bearer very-secret\nX-Team: net\n")
        engine = self.start(self.settings(receiver, f", headers_file: {self.folder}/headers"))
        engine.gatelog("settings", "set", "gateway", "branch")
        engine.wait_for(lambda: receiver.messages("line"))
        path, headers, message = receiver.requests[0]
        self.assertEqual((path, headers["Content-Type"]), ("/hook", "application/json"))
        self.assertEqual((headers["Authorization"], headers["X-Team"]), ("Bearer very-secret", "net"))
        self.assertIn("gateway", message["line"])
        shown = engine.gatelog("settings", "show") + engine.gatelog("status") + engine.gatelog("alert", "list")
        shown += "".join("".join(engine.log(name)) for name in ("config", "warning", "error")) + engine.said()
        self.assertNotIn("very-secret", shown)
        # A new secret holds at once.
        (self.folder / "headers").write_text("Authorization: Bearer newer\n")
        engine.gatelog("alert", "test", "hook")
        self.assertEqual(receiver.requests[-1][1]["Authorization"], "Bearer newer")
        (self.folder / "headers").write_text("Authorization: Bearer x\nvery-secret without a colon\n")
        done = engine.run("alert", "test", "hook")
        self.assertIn(b'headers: line 2 is no "Name: value"', done.stderr)
        self.assertNotIn(b"very-secret", done.stderr)

    def test_a_receiver_that_fails_is_tried_again_and_one_that_refuses_is_not(self):
        receiver = self.receiver([503, 500])
        engine = self.start(self.settings(receiver))
        engine.gatelog("alert", "test", "hook")
        self.assertEqual(len(receiver.requests), 3)
        receiver.answers = [404]
        done = engine.run("alert", "test", "hook")
        self.assertIn(b"127.0.0.1 answers 404", done.stderr)
        receiver.answers = [302]
        done = engine.run("alert", "test", "hook")
        self.assertIn(b"answers 302", done.stderr)
        self.assertEqual({path for path, _, _ in receiver.requests}, {"/hook"})

    def test_what_was_held_back_is_told_when_the_receiver_is_there_again(self):
        receiver = self.receiver([500] * 3)
        engine = self.start(self.settings(receiver, ", rate: 60, burst: 1").replace("grep: gateway", "grep: packet_log"))
        for number in range(5):
            engine.gatelog("settings", "set", "packet_log.burst", 100 + number)
        engine.wait_for(lambda: self.alert(engine, "hook")["matches"] >= 5 and self.alert(engine, "hook")["failed"], 40)
        engine.wait_for(lambda: any(message["held_back"] for message in receiver.messages()), 30)
        engine.wait_for(lambda: not self.conditions(engine), 30)

    def test_a_receiver_that_is_gone_or_hangs_is_a_condition(self):
        receiver = self.receiver(delay=3)
        engine = self.start(self.settings(receiver, ", timeout: 1 s"))
        engine.gatelog("settings", "set", "gateway", "g")
        engine.wait_for(lambda: self.conditions(engine), 40)
        self.assertIn("did not answer within 1 s", self.conditions(engine)[0]["text"])
        start = time.monotonic()
        engine.stop()
        self.assertLess(time.monotonic() - start, 10)

    def test_certificates_are_verified(self):
        pem = self.folder / "server.pem"
        self.peer(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.folder / "key.pem", "-out", self.folder / "ca.pem")
        pem.write_text((self.folder / "key.pem").read_text() + (self.folder / "ca.pem").read_text())
        receiver = self.receiver(certificate=pem)
        engine = self.start(self.settings(receiver, ", timeout: 5 s"))
        done = engine.run("alert", "test", "hook")
        self.assertEqual((done.returncode, receiver.requests), (2, []))
        self.assertIn(b"127.0.0.1", done.stderr)
        engine.gatelog("settings", "set", "alerts.hook.ca", str(self.folder / "ca.pem"))
        engine.gatelog("alert", "test", "hook")
        self.assertEqual(len(receiver.messages("test")), 1)


class FollowingTests(AlertCase):
    def test_what_the_start_says_is_told_and_a_change_loses_and_doubles_nothing(self):
        receiver = self.receiver()
        engine = self.start(
            "alerts:\n"
            f"  engine: {{ log: security, url: '{receiver.url}', rate: 6000, burst: 1000 }}\n"
            f"  changes: {{ log: config, grep: gateway, url: '{receiver.url}', rate: 6000, burst: 1000 }}\n")
        engine.wait_for(lambda: any("Engine: Startup" in item.get("line", "") for item in receiver.messages()))
        for number in range(6):
            engine.gatelog("settings", "set", "gateway", f"number {number}")
            if number % 2:
                engine.gatelog("settings", "set", "alerts.changes.burst", str(900 + number))
        engine.wait_for(lambda: "number 5" in str(receiver.messages()))
        time.sleep(0.5)
        lines = [item["line"] for item in receiver.messages("line") if item["alert"] == "changes"]
        self.assertEqual(len(lines), len(set(lines)))
        for number in range(6):
            self.assertTrue(any(f"number {number}" in line for line in lines), f"{number}: {lines}")

    def test_rotation_and_clear_log_are_followed(self):
        receiver = self.receiver()
        engine = self.start(f"alerts:\n  changes: {{ log: config, grep: gateway, url: '{receiver.url}', burst: 100 }}\n")
        engine.gatelog("settings", "set", "gateway", "first")
        engine.wait_for(lambda: "first" in str(receiver.messages()))
        engine.gatelog("log", "clear", "config", "--yes")
        engine.gatelog("settings", "set", "gateway", "second")
        engine.wait_for(lambda: "second" in str(receiver.messages()))
