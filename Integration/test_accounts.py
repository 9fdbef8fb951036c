"""Local users, tokens, the history of the settings and what is told of whom, on a whole daemon; Python's own scrypt is
the judge of the hashes, curl stands for the page's process."""
import base64
import hashlib
import json
import os
import random
import re
import signal
import stat
import subprocess
import threading
import time
import unittest

import daemon
import support

CAPTURE = support.CAPTURES / "tcp_rst_data.pcap"
NOBODY = 65534
PASSWORD = "correct horse battery"


class AccountCase(support.Case):
    def start(self, settings="{}", home="home"):
        engine = daemon.Daemon(None, self.folder, "--replay", CAPTURE, "--loops", "0", settings=settings, home=home)
        self.addCleanup(engine.kill)
        engine.start()
        return engine

    def again(self, engine):
        """Starts a daemon that was stopped or killed."""
        engine.start()
        return engine

    def add(self, engine, name, role, password=PASSWORD):
        done = engine.run("user", "add", name, "--role", role, "--password-stdin", stdin=f"{password}\n".encode())
        self.assertEqual(done.returncode, 0, done.stderr)

    def curl(self, engine, method, path, body=None, headers=(), user=None):
        command = ["curl", "-sS", "-m", "60", "-X", method, "--unix-socket", str(engine.home / "run" / "api.sock"),
                   "-w", "\n%{http_code}", f"http://gatelog{path}"]
        for header in headers:
            command += ["-H", header]
        if body is not None:
            command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90,
                              **({"user": user, "group": user, "extra_groups": []} if user else {}))
        self.assertEqual(done.returncode, 0, done.stderr)
        answer, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(answer) if answer.strip() else None

    def login(self, engine, name, password, client="192.0.2.7", user=None):
        body = {"name": name, "password": password, "service": "WebAdmin", "client": client}
        return self.curl(engine, "POST", "/v1/login", body, user=user)

    def with_token(self, engine, token, *arguments):
        return subprocess.run(
            [support.program(), *arguments, "--home", str(engine.home)], capture_output=True, timeout=60, text=True,
            env={**os.environ, "NO_COLOR": "1", "GATELOG_TOKEN": token})


class LocalUsers(AccountCase):
    def test_a_user_is_made_logs_in_and_is_gone(self):
        engine = self.start()
        self.add(engine, "jane", "operator")
        status, answer = self.login(engine, "jane", PASSWORD)
        self.assertEqual(status, 201, answer)
        self.assertEqual(answer["caller"]["role"], "operator")
        bearer = [f"Authorization: Bearer {answer['token']}", "Gatelog-Client: 192.0.2.7"]
        status, who = self.curl(engine, "GET", "/v1/session", headers=bearer)
        self.assertEqual((status, who["name"], who["from"], who["proof"]), (200, "jane", "192.0.2.7", "session"))
        status, _ = self.curl(engine, "PUT", "/v1/packet-log", {"expression": "port = 80"}, bearer)
        self.assertEqual(status, 200)
        status, answer = self.curl(engine, "PUT", "/v1/settings/logs.keep", {"value": "3"}, bearer)
        self.assertEqual((status, answer["code"]), (403, "forbidden"))
        self.assertEqual(self.curl(engine, "DELETE", "/v1/session", headers=bearer)[0], 204)
        self.assertEqual(self.curl(engine, "GET", "/v1/session", headers=bearer)[0], 401)
        engine.gatelog("user", "disable", "jane")
        self.assertEqual(self.login(engine, "jane", PASSWORD)[0], 401)
        self.assertEqual(engine.objects("user", "accounts")[0]["enabled"], False)
        engine.gatelog("user", "remove", "jane")
        self.assertEqual(engine.objects("user", "accounts"), [])
        engine.wait_for(lambda: any("jane (192.0.2.7) changed packet_log.expression: none -> " in line
                                    for line in engine.log("config")))

    def test_the_file_is_whole_private_and_holds_scrypt_hashes_that_others_compute_too(self):
        engine = self.start()
        self.add(engine, "jane", "administrator")
        engine.gatelog("token", "create", "ci", "--scope", "status:read")
        path = engine.home / "state" / "accounts"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        text = path.read_text()
        found = re.search(r"password=\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$(\S+)", text)
        rounds, size, times = (int(found[index]) for index in (1, 2, 3))
        self.assertGreaterEqual((1 << rounds) * size * 128, 32 << 20)
        unpadded = [base64.b64decode(found[index] + "=" * (-len(found[index]) % 4)) for index in (4, 5)]
        judged = hashlib.scrypt(
            PASSWORD.encode(), salt=unpadded[0], n=1 << rounds, r=size, p=times, maxmem=256 << 20, dklen=32)
        self.assertEqual(judged, unpadded[1])
        # Accounts and tokens are still there after a kill.
        engine.kill()
        self.again(engine)
        self.assertEqual(self.login(engine, "jane", PASSWORD)[0], 201)
        self.assertEqual([token["name"] for token in engine.objects("token", "list")], ["ci"])

    def test_failed_logins_are_told_and_block_their_address(self):
        engine = self.start("accounts: { failed_logins: 3, block_time: 2 s }\n")
        self.add(engine, "jane", "auditor")
        refusals = [self.login(engine, name, "wrong") for name in ("jane", "nobody", 'x\n[01/Jan/2026 00:00:00] "')]
        for status, answer in refusals:
            self.assertEqual((status, answer["code"]), (401, "unauthenticated"))
        status, answer = self.login(engine, "jane", PASSWORD)
        self.assertEqual((status, answer["code"]), (429, "too_many"))
        # Another address is not his.
        self.assertEqual(self.login(engine, "jane", PASSWORD, "2001:db8::1")[0], 201)
        time.sleep(2.2)
        self.assertEqual(self.login(engine, "jane", PASSWORD)[0], 201)
        said = [line.split("] ", 1)[1] for line in engine.log("security") if "Authentication" in line]
        self.assertEqual(said, [
            "Authentication: WebAdmin: Client: 192.0.2.7: Invalid password for user jane",
            "Authentication: WebAdmin: Client: 192.0.2.7: User nobody doesn't exist",
            "Authentication: WebAdmin: Client: 192.0.2.7: User x\\x0a[01/Jan/2026 00:00:00] \" doesn't exist",
            "Authentication: WebAdmin: Client: 192.0.2.7: Address is blocked after 3 failed logins",
        ])

    def test_many_at_one_time_are_bounded(self):
        engine = self.start("accounts: { failed_logins: none }\n")
        answers = []

        def attempt(number):
            answers.append(self.login(engine, f"user{number}", "wrong", f"10.0.0.{number}")[0])

        threads = [threading.Thread(target=attempt, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        # Whoever waits for a password holds up nobody else.
        began = time.monotonic()
        engine.gatelog("status")
        self.assertLess(time.monotonic() - began, 20)
        for thread in threads:
            thread.join()
        # Where a password takes long, who waits for half a minute is told so.
        self.assertEqual(len(answers), 40)
        self.assertLessEqual(set(answers), {401, 408, 503})
        self.assertIn(401, answers)
        self.assertIn(503, answers)
        peak = int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{engine.pid}/status").read())[1])
        self.assertLess(peak, 250 << 10)

    def test_a_made_up_password_is_printed_once_and_nothing_else_is(self):
        engine = self.start()
        done = engine.run("user", "add", "admin", "--role", "administrator", "--generate")
        self.assertRegex(done.stdout.decode(), r"^([a-z2-9]{5}-){3}[a-z2-9]{5}\n$")
        self.assertEqual(self.login(engine, "admin", done.stdout.decode().strip())[0], 201)
        done = engine.run("user", "password", "admin", "--password-stdin", stdin=b"short\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"a password of 5 characters is too short; it takes at least 10", done.stderr)
        done = engine.run("user", "role", "admin", "king")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b'"king" is no role; it takes administrator, auditor, operator', done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to become other users")
    def test_only_the_pages_process_logs_others_in(self):
        os.chmod(self.folder, 0o755)
        engine = self.start("api: { door: nobody }\n")
        self.add(engine, "jane", "auditor")
        status, answer = self.login(engine, "jane", PASSWORD, user=NOBODY)
        self.assertEqual(status, 201, answer)
        self.assertEqual(self.curl(engine, "GET", "/v1/status", user=NOBODY)[0], 403)
        bearer = [f"Authorization: Bearer {answer['token']}", "Gatelog-Client: 192.0.2.8"]
        self.assertEqual(self.curl(engine, "GET", "/v1/status", headers=bearer, user=NOBODY)[0], 200)
        engine.gatelog("settings", "set", "api.door", "none")
        self.assertEqual(self.login(engine, "jane", PASSWORD, user=NOBODY)[0], 403)

    def test_accounts_of_a_newer_program_let_nobody_in_and_are_left_alone(self):
        engine = self.start()
        self.add(engine, "jane", "auditor")
        self.assertEqual(engine.stop(), 0)
        path = engine.home / "state" / "accounts"
        newer = path.read_text().replace("format 1", "format 2")
        path.write_text(newer)
        self.again(engine)
        self.assertEqual(self.login(engine, "jane", PASSWORD)[0], 503)
        done = engine.run("token", "create", "ci", "--scope", "status:read")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"written by a newer Gatelog (form 2; this one reads up to 1); install that version again, or "
                      b"move this file away", done.stderr)
        engine.wait_for(lambda: any("nobody can log in" in line for line in engine.log("error")))
        self.assertEqual(engine.stop(), 0)
        self.assertEqual(path.read_text(), newer)


class Tokens(AccountCase):
    def test_a_token_may_what_it_was_made_for(self):
        engine = self.start()
        made = engine.run("token", "create", "ci", "--scope", "status:read", "--scope", "logs:read", "--expires", "1h")
        token = made.stdout.decode().strip()
        self.assertRegex(token, r"^glt_[A-Za-z0-9_-]{43}$")
        self.assertEqual(self.with_token(engine, token, "status").returncode, 0)
        self.assertEqual(self.with_token(engine, token, "log", "config").returncode, 0)
        refused = self.with_token(engine, token, "packet-log", "any")
        self.assertEqual((refused.returncode, refused.stderr), (
            2, "error: token ci may not do this: it takes the scope packet-log:change, which it was not made with\n"))
        listed = engine.objects("token", "list")[0]
        self.assertEqual(listed["scopes"], ["logs:read", "status:read"])
        self.assertIn("unix socket, pid", listed["last_from"])
        self.assertNotIn(token, json.dumps(listed))
        engine.gatelog("token", "revoke", "ci")
        refused = self.with_token(engine, token, "status")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("nobody knows this token", refused.stderr)
        said = [line for line in engine.log("security") if "Authentication: API: Client: unix socket" in line]
        self.assertEqual(len(said), 1)
        self.assertTrue(said[0].endswith(": Unknown token"))

    def test_a_token_that_has_expired_says_so(self):
        engine = self.start()
        token = engine.gatelog("token", "create", "short", "--scope", "status:read", "--expires", "1s").strip()
        time.sleep(1.2)
        refused = self.with_token(engine, token, "status")
        self.assertIn("the token short has expired: have another one made", refused.stderr)

    def test_nobody_gives_away_more_than_he_has(self):
        engine = self.start()
        maker = engine.gatelog("token", "create", "maker", "--scope", "accounts:change").strip()
        refused = self.with_token(engine, maker, "token", "create", "more", "--scope", "settings:change")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("cannot give away what he may not himself: settings:change", refused.stderr)


class SettingsHistory(AccountCase):
    def test_history_diff_revert_apply_export(self):
        engine = self.start("logs: { keep: 9 }\n")
        self.assertEqual(engine.run("settings", "history").returncode, 1)
        engine.gatelog("settings", "set", "logs.keep", "1")
        engine.gatelog("settings", "set", "gateway", "fw1")
        changes = self.folder / "changes.yaml"
        changes.write_text("gateway: fw1\npacket_log: { expression: port = 80 }\n")
        tried = engine.gatelog("settings", "apply", changes, "--dry-run")
        self.assertIn("packet_log.expression: none -> port = 80\n", tried)
        self.assertIn("logs.keep: 1 -> 9\n", tried)
        self.assertEqual(len(engine.objects("settings", "history")), 2)
        self.assertIn("Version 3 holds.\n", engine.gatelog("settings", "apply", changes))
        self.assertEqual(engine.run("settings", "diff", "3").returncode, 1)
        self.assertIn("logs.keep: 1 -> 9\n", engine.gatelog("settings", "diff", "2", "3"))
        shown = {item["key"]: item for item in engine.objects("settings", "show")}
        self.assertRegex(shown["gateway"]["origin"], r"^changed by root, \S+ \(version 2\)$")
        self.assertRegex(shown["packet_log.expression"]["origin"], r"^changed by root, \S+ \(version 3\)$")
        self.assertIn("logs.keep: 9 -> 1\n", engine.gatelog("settings", "revert", "1"))
        self.assertEqual(engine.gatelog("settings", "show", "gateway"), "gateway: hostname\n")
        history = engine.objects("settings", "history")
        self.assertEqual([item["what"] for item in history],
                         ["revert 1", f"apply {changes}", "set gateway", "set logs.keep"])
        self.assertEqual([item["current"] for item in history], [True, False, False, False])
        exported = self.folder / "exported.yaml"
        exported.write_text(engine.gatelog("settings", "export", "--version", "3"))
        engine.gatelog("settings", "apply", exported)
        self.assertEqual(engine.run("settings", "diff", "3").returncode, 1)
        self.assertEqual(engine.run("settings", "revert", "77").returncode, 2)
        # The administrator's file is as it was, and what was written is what the next start reads.
        self.assertEqual((engine.home / "etc" / "gatelog.yaml").read_text(), "logs: { keep: 9 }\n")
        self.assertEqual(engine.stop(), 0)
        self.again(engine)
        self.assertEqual(engine.gatelog("settings", "show", "gateway"), "gateway: fw1\n")

    def test_a_file_that_is_wrong_is_told_with_its_places(self):
        engine = self.start()
        changes = self.folder / "changes.yaml"
        changes.write_text("logs:\n  kep: 1\npacket_log: { expression: port = }\n")
        for extra in ([], ["--dry-run"]):
            done = engine.run("settings", "apply", changes, *extra)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"{changes}:2:3: there is no \"kep\" in logs", done.stderr.decode())
        changes.write_text("logs:\n  keep: 1\npacket_log: { expression: port = }\n")
        for extra in ([], ["--dry-run"]):
            done = engine.run("settings", "apply", changes, *extra)
            self.assertEqual(done.returncode, 2, extra)
            self.assertIn("port", done.stderr.decode())
        self.assertEqual(engine.run("settings", "history").returncode, 1)

    def test_a_version_of_a_newer_program_is_refused_and_says_what_to_do(self):
        engine = self.start()
        engine.gatelog("settings", "set", "logs.keep", "1")
        engine.gatelog("settings", "set", "logs.keep", "2")
        newest = engine.home / "state" / "settings" / "000002.yaml"
        newest.write_text(newest.read_text().replace("format 1", "format 2"))
        # What holds goes on.
        self.assertEqual(engine.stop(), 0)
        engine.start(wait=False)
        self.assertEqual(engine.process.wait(30), 2)
        self.assertIn(f"{newest}: written by a newer Gatelog (form 2; this one reads up to 1); install that version "
                      "again, or move this file away to go back to the version before it", engine.said())
        newest.rename(self.folder / "newer.yaml")
        self.again(engine)
        self.assertEqual(engine.gatelog("settings", "show", "logs.keep"), "logs.keep: 1\n")

    def test_killed_in_the_middle_of_changes_the_old_or_the_new_settings_are_there(self):
        engine = self.start()
        rng = random.Random(int(os.environ.get("GATELOG_SEED", "20261121")))
        files = []
        for number in (1, 2):
            path = self.folder / f"{number}.yaml"
            path.write_text(f"gateway: fw{number}\nlogs: {{ keep: {number} }}\ndumps: {{ max_time: {number} h }}\n")
            files.append(path)
        engine.gatelog("settings", "apply", files[0])
        for _ in range(4):
            done = threading.Event()

            def change():
                number = 1
                while not done.is_set():
                    engine.run("settings", "apply", files[number % 2])
                    number += 1

            worker = threading.Thread(target=change)
            worker.start()
            time.sleep(0.2 + rng.random() * 0.5)
            engine.process.send_signal(signal.SIGKILL)
            engine.process.wait(30)
            done.set()
            worker.join()
            self.again(engine)
            shown = [engine.gatelog("settings", "show", key).split(": ")[1].strip()
                     for key in ("gateway", "logs.keep", "dumps.max_time")]
            self.assertIn(shown, (["fw1", "1", "1 h"], ["fw2", "2", "2 h"]))
            self.assertEqual(engine.status().get("problems", []), [])


if __name__ == "__main__":
    unittest.main()
