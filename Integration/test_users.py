"""Who is logged in where, on a whole daemon: by settings, command and API; in expressions, lines, records, connections;
over a restart; groups of the machine, where its directory hangs too."""
import json
import os
import signal
import subprocess
import time
import unittest

import daemon
import namespaces
import support

CAPTURE = support.CAPTURES / "tcp_rst_data.pcap"
UNAVAILABLE = namespaces.unavailable()

SETTINGS = """
users:
  settled: { groups: [office], addresses: [10.77.2.2] }
  jane: { groups: [staff] }
logs:
  template: '%SRC% -> %DST% user:%USER%'
"""


class UserCase(support.Case):
    def start(self, network=None, settings=SETTINGS, **more):
        # Without a network, a daemon that replays a capture, since it has to watch something.
        replay = () if network else ("--replay", CAPTURE, "--loops", "0", "--speed", "0.01")
        engine = daemon.Daemon(network, self.folder, *replay, settings=settings, **more)
        engine.start()
        self.addCleanup(engine.kill)
        return engine

    def refused(self, engine, *arguments):
        done = engine.run(*arguments)
        self.assertEqual(done.returncode, 2, done.stdout)
        return done.stderr.decode()

    def problem(self, engine, containing):
        engine.wait_for(lambda: any(containing in problem for problem in engine.status()["problems"]),
                        why=f"no problem {containing}")

    def changes(self, engine, containing):
        return [line for line in engine.log("config") if containing in line]


@unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
class LiveUserTests(UserCase):
    def setUp(self):
        super().setUp()
        self.net = namespaces.Gateway()
        self.addCleanup(self.net.close)

    def ping(self):
        self.net.run("client", "ping", "-c", "1", "-W", "2", self.net.SERVER4)

    def lines(self, engine, count):
        """The Debug log, once it has so many lines of packets."""
        found = []

        def enough():
            found[:] = [line for line in engine.log("debug") if "{pktlog}" in line]
            return len(found) >= count
        engine.wait_for(enough, why=f"fewer than {count} lines")
        return found

    def test_expressions_follow_who_is_where(self):
        engine = self.start(self.net)
        engine.gatelog("packet-log", 'proto = icmp & iif = "lan" & saddr = user:"newcomer,[staff]"')
        self.ping()
        # A name that nobody had heard before, and a plan that was made before.
        engine.gatelog("user", "login", "newcomer", self.net.CLIENT4)
        self.ping()
        first = self.lines(engine, 1)
        self.assertTrue(all("user:newcomer" in line for line in first), first)
        engine.gatelog("user", "login", "stranger", self.net.CLIENT4)
        self.ping()
        engine.gatelog("user", "login", "jane", self.net.CLIENT4)
        self.ping()
        second = self.lines(engine, len(first) + 1)
        self.assertTrue(all("user:jane" in line for line in second[len(first):]), second)
        engine.gatelog("user", "logout", self.net.CLIENT4)
        self.ping()
        time.sleep(0.3)
        self.assertEqual(len(self.lines(engine, 2)), len(second))
        # Records are of the moment: nobody is there now.
        found = engine.gatelog("log", "debug", "--match", 'user = "newcomer"', "--json").splitlines()
        self.assertEqual(len(found), len(first))
        self.assertEqual({json.loads(line)["source_user"] for line in found}, {"newcomer"})
        again = engine.gatelog("log", "debug", "--match", 'saddr = user:"[staff]"').splitlines()
        self.assertEqual(len(again), len(second) - len(first))

    def test_connections_tell_who_was_there_when_they_began(self):
        # A rule that asks for connections makes the kernel follow them.
        self.net.run("gateway", "nft", "add table inet follow; add chain inet follow forward "
                     "{ type filter hook forward priority 0; }; add rule inet follow forward ct state new counter")
        self.net.sysctl("gateway", "net.netfilter.nf_conntrack_acct=1", "net.netfilter.nf_conntrack_timestamp=1")
        engine = self.start(self.net)
        engine.gatelog("user", "login", "early", self.net.CLIENT4)
        server = self.net.start("server", "python3", "-c", (
            "import socket;s=socket.socket();s.bind(('0.0.0.0',9000));s.listen();c,_=s.accept();c.recv(9);c.close()"))
        for _ in range(100):
            if "9000" in self.net.run("server", "ss", "-Htln"):
                break
            time.sleep(0.02)
        client = self.net.start("client", "python3", "-c", (
            f"import socket,time;s=socket.create_connection(('{self.net.SERVER4}',9000));time.sleep(1.5);s.send(b'x');s.recv(9)"))
        time.sleep(0.7)
        engine.gatelog("user", "login", "late", self.net.CLIENT4)
        client.wait(20)
        server.wait(20)
        self.net.run("gateway", "conntrack", "-F", check=False)
        engine.wait_for(lambda: [line for line in engine.log("connection") if ":9000" in line])
        line = next(line for line in engine.log("connection") if ":9000" in line)
        self.assertIn("[User] early", line)
        record = json.loads(engine.gatelog("log", "connection", "--match", "port = 9000", "--json").splitlines()[0])
        self.assertEqual(record["source_user"], "early")
        self.assertEqual(record["destination_user"], "settled")


class UserCommandTests(UserCase):
    """What needs no packets: a daemon that replays a capture in this host."""

    def start(self, settings=SETTINGS, **more):
        return super().start(None, settings, **more)

    def logins(self, engine, *arguments):
        return {item["address"]: item for item in engine.objects("user", "list", *arguments)}

    def test_who_is_where(self):
        engine = self.start()
        self.assertEqual(
            engine.gatelog("user", "login", "jane", "10.0.0.5"), "jane is at 10.0.0.5\n")
        self.assertEqual(
            engine.gatelog("user", "login", "bob", "10.0.0.5"), "bob is at 10.0.0.5 in place of jane\n")
        engine.gatelog("user", "login", "jane", "2001:db8::5")
        found = self.logins(engine)
        self.assertEqual({address: item["user"] for address, item in found.items()},
                         {"10.0.0.5": "bob", "2001:db8::5": "jane", "10.77.2.2": "settled"})
        self.assertEqual(found["10.77.2.2"]["origin"], "settings")
        self.assertEqual((found["10.0.0.5"]["origin"], found["10.0.0.5"]["by"]), ("command", "root"))
        self.assertEqual(found["2001:db8::5"]["groups"], ["staff"])
        self.assertEqual(list(self.logins(engine, "--group", "staff")), ["2001:db8::5"])
        self.assertEqual(list(self.logins(engine, "--user", "bob")), ["10.0.0.5"])
        table = engine.gatelog("user", "list").splitlines()
        self.assertEqual([line.split()[0] for line in table[-3:]], ["bob", "jane", "settled"])
        self.assertEqual(engine.gatelog("user", "logout", "10.0.0.5"), "bob is not at 10.0.0.5 any more\n")
        self.assertEqual(engine.run("user", "list", "--user", "bob").returncode, 1)
        lines = self.changes(engine, "login at 10.0.0.5")
        self.assertRegex(lines[0], r'root \(unix socket, pid \d+\) changed login at 10.0.0.5: \(none\) -> "jane"$')
        self.assertRegex(lines[1], r'changed login at 10.0.0.5: "jane" -> "bob"$')
        self.assertRegex(lines[2], r'changed login at 10.0.0.5: "bob" -> \(none\)$')
        users = engine.status()["users"]
        self.assertEqual((users["logged_in"], users["logins"], users["logouts"]), (2, 3, 1))

    def test_settled_addresses_lend_themselves(self):
        engine = self.start()
        self.assertIn("the settings say who is at 10.77.2.2", self.refused(engine, "user", "logout", "10.77.2.2"))
        self.assertEqual(engine.gatelog("user", "login", "guest", "10.77.2.2"),
                         "guest is at 10.77.2.2 in place of settled\n")
        engine.gatelog("user", "logout", "10.77.2.2")
        self.assertEqual(self.logins(engine)["10.77.2.2"]["user"], "settled")

    def test_refusals_say_what_to_do(self):
        engine = self.start()
        self.assertIn('"10.0.0" is no address', self.refused(engine, "user", "login", "jane", "10.0.0"))
        self.assertIn("nobody can be at 224.0.0.1", self.refused(engine, "user", "login", "jane", "224.0.0.1"))
        self.assertIn("a user needs a name", self.refused(engine, "user", "login", "", "10.0.0.5"))
        self.assertIn("the name has 10000 bytes; a user's name has 256 at most",
                      self.refused(engine, "user", "login", "x" * 10000, "10.0.0.5"))
        self.assertIn("nobody is logged in at 10.0.0.5", self.refused(engine, "user", "logout", "10.0.0.5"))
        engine.gatelog("user", "login", "jane", "10.0.0.5")
        self.assertIn('it is "jane" who is at 10.0.0.5, not "bob"',
                      self.refused(engine, "user", "logout", "10.0.0.5", "--user", "bob"))
        self.assertIn('there is no group "nobodys"', self.refused(engine, "group", "show", "nobodys"))
        self.assertEqual(engine.status()["users"]["malformed"], 3)

    def test_names_forge_no_line(self):
        engine = self.start()
        names = ['quo"te', "[brackets],comma", "line\nend", "esc\x1b[31m", "a -> b", '" -> "root', "tab\tnew\r",
                 "b\u202eidi", "\U0001f600", "back\\slash"]
        for number, name in enumerate(names):
            engine.gatelog("user", "login", name, f"10.1.0.{number + 1}")
        # An argument that is no UTF-8 becomes one.
        self.assertEqual(engine.run("user", "login", b"in\xffvalid".decode("utf-8", "surrogateescape"), "10.1.1.1")
                         .returncode, 0)
        lines = self.changes(engine, "changed login at 10.1.0.")
        self.assertEqual(len(lines), len(names))
        for line in lines:
            self.assertRegex(line, r'^\[[^]]+\] root \(unix socket, pid \d+\) changed login at [^ ]+: \(none\) -> "[^"]*"$')
            self.assertTrue(all(character.isprintable() for character in line), line)
        for line in engine.gatelog("user", "list").splitlines():
            self.assertTrue(all(character.isprintable() for character in line), line)
        found = self.logins(engine)
        for number, name in enumerate(names):
            self.assertEqual(found[f"10.1.0.{number + 1}"]["user"], name)

    def test_log_ins_survive_a_restart(self):
        engine = self.start(SETTINGS + "logins: { command_limit: 1 h }\n")
        engine.gatelog("user", "login", "jane", "10.0.0.5")
        engine.gatelog("user", "login", "line\nend %41", "2001:db8::7")
        before = self.logins(engine)
        self.assertEqual(engine.stop(), 0)
        state = engine.home / "state" / "logins"
        self.assertEqual(state.stat().st_mode & 0o777, 0o600)
        engine.start()
        after = self.logins(engine)
        self.assertEqual({key: (item["user"], item["since"], item.get("until")) for key, item in before.items()
                          if item["origin"] == "command"},
                         {key: (item["user"], item["since"], item.get("until")) for key, item in after.items()
                          if item["origin"] == "command"})
        self.assertEqual(engine.stop(), 0)
        # Whole or not at all.
        whole = state.read_bytes()
        state.write_bytes(whole[:-4])
        engine.start()
        self.assertNotIn("10.0.0.5", self.logins(engine))
        self.problem(engine, "is not used: it is damaged at line")
        self.assertEqual(engine.stop(), 0)

    def test_a_newer_programs_file_is_left_alone(self):
        engine = self.start()
        self.assertEqual(engine.stop(), 0)
        state = engine.home / "state" / "logins"
        newer = b"gatelog log-ins, version 9\nwhatever\n"
        state.write_bytes(newer)
        engine.start()
        self.problem(engine, "written by a newer gatelog (version 9")
        engine.gatelog("user", "login", "jane", "10.0.0.5")
        self.assertEqual(engine.stop(), 0)
        self.assertEqual(state.read_bytes(), newer)

    def test_time_outs(self):
        engine = self.start(SETTINGS + "logins: { command_limit: 2 s }\n")
        engine.gatelog("user", "login", "jane", "10.0.0.5")
        engine.wait_for(lambda: self.changes(engine, '"jane" -> (none)'), seconds=25)
        line = self.changes(engine, '"jane" -> (none)')[0]
        self.assertIn('gatelogd (time-out, told by root) changed login at 10.0.0.5: "jane" -> (none)', line)
        self.assertNotIn("10.0.0.5", self.logins(engine))

    def test_settings_change_users(self):
        engine = self.start()
        file = engine.home / "etc" / "gatelog.yaml"
        file.write_text(SETTINGS.replace("groups: [staff]", "groups: [sales]").replace("10.77.2.2", "10.77.2.3"))
        engine.signal(signal.SIGHUP)
        engine.wait_for(lambda: "10.77.2.3" in self.logins(engine))
        self.assertNotIn("10.77.2.2", self.logins(engine))
        groups = {item["name"]: item["members"] for item in engine.objects("group", "list")}
        self.assertEqual(groups, {"office": 1, "sales": 1})
        self.assertEqual(engine.gatelog("group", "show", "sales"), "jane\n")

    def test_unknown_names_are_warnings(self):
        engine = self.start()
        told = engine.run(
            "packet-log", 'user = "whoever" | user = "[whichever]" | saddr = user:"later"').stderr.decode()
        self.assertIn("it may log in later", told)
        self.assertIn("it may get members later", told)


@unittest.skipIf(os.geteuid() != 0, "needs root, to give the daemon a directory of users")
class SystemGroupTests(UserCase):
    """Groups of the machine: a directory of NSS beside its files (libnss-extrausers), seen by the daemon alone."""

    LIBRARY = "libnss_extrausers.so.2"

    def setUp(self):
        super().setUp()
        known = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
        self.assertIn(self.LIBRARY, known, "libnss-extrausers is not installed: scripts/prepare test installs it")
        self.extra = self.folder / "extrausers"
        self.extra.mkdir()
        os.chmod(self.folder, 0o755)
        self.write(groups="ldap-staff:x:40001:ldapjane\nldap-sales:x:40002:ldapjane,ldapbob\n")
        (self.extra / "shadow").write_text("")
        (self.folder / "nsswitch.conf").write_text("passwd: files extrausers\ngroup: files extrausers\n")
        # A mount namespace, in which the machine's own files stay as they are for others.
        (self.folder / "directory").write_text(
            "#!/bin/sh\nset -e\nmount --bind '%s/nsswitch.conf' /etc/nsswitch.conf\n"
            "mkdir -p /var/lib/extrausers\nmount --bind '%s' /var/lib/extrausers\nexec \"$@\"\n"
            % (self.folder, self.extra))
        os.chmod(self.folder / "directory", 0o755)

    def write(self, groups):
        (self.extra / "passwd").write_text(
            "ldapjane:x:40001:40001::/:/bin/false\nldapbob:x:40002:40002::/:/bin/false\n")
        (self.extra / "group").write_text(groups)

    def start(self, settings="logins: { group_refresh: 10 s }\n", **more):
        return super().start(
            None, settings, privileges=["unshare", "--mount", "--propagation", "private",
                                        str(self.folder / "directory")], **more)

    def test_groups_of_the_directory_count_and_change(self):
        engine = self.start()
        engine.gatelog("user", "login", "ldapjane", "10.0.0.5")
        engine.gatelog("user", "login", "stranger", "10.0.0.6")

        def groups(address):
            found = engine.objects("user", "list", "--address", address)
            return found[0]["groups"]
        engine.wait_for(lambda: groups("10.0.0.5") == ["ldap-sales", "ldap-staff"])
        self.assertEqual(groups("10.0.0.6"), [])
        self.assertEqual({item["name"]: (item["members"], item["in_system"]) for item in engine.objects("group", "list")},
                         {"ldap-sales": (1, True), "ldap-staff": (1, True)})
        self.write(groups="ldap-staff:x:40001:\nldap-sales:x:40002:ldapbob\n")
        engine.wait_for(lambda: groups("10.0.0.5") == ["ldap-staff"], seconds=30)

    def test_a_directory_that_hangs_hangs_nobody(self):
        engine = self.start()
        # A group file that nobody ever writes into: who reads it waits.
        (self.extra / "group").unlink()
        os.mkfifo(self.extra / "group")
        engine.gatelog("user", "login", "ldapjane", "10.0.0.5")
        time.sleep(0.5)
        begun = time.monotonic()
        engine.gatelog("user", "login", "ldapbob", "10.0.0.7")
        engine.gatelog("status")
        self.assertEqual(engine.stop(), 0)
        self.assertLess(time.monotonic() - begun, 20)


if __name__ == "__main__":
    unittest.main()
