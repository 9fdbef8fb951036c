"""Exit statuses, messages and habits of the command line, as scripts rely on them."""
import os
import pty
import subprocess
import threading
import time
import unittest

import captures
from support import CAPTURES, Case, program

GENEVE = CAPTURES / "geneve.pcap"
RST = CAPTURES / "tcp_rst_data.pcap"


class ExitStatus(Case):
    def test_something_matched_is_0(self):
        self.gatelog("read", "any", RST)

    def test_nothing_matched_is_1(self):
        out, errors = self.gatelog("read", "port = 1", RST, status=1)
        self.assertEqual((out, errors), ("", ""))

    def test_count_of_nothing_prints_0_and_is_1(self):
        out, _ = self.gatelog("read", "port = 1", RST, "--count", status=1)
        self.assertEqual(out, "0\n")

    def test_a_wrong_expression_is_2(self):
        out, errors = self.gatelog("read", "prot = 80", RST, status=2)
        self.assertEqual(out, "")
        self.assertIn('did you mean "port"', errors)

    def test_all_mistakes_of_an_expression_are_shown_with_carets(self):
        _, errors = self.gatelog("read", "prot = 80 & port > 70000", RST, status=2)
        self.check_golden("wrong-expression.txt", errors)

    def test_an_expression_that_nests_too_deep_is_2_and_points(self):
        _, errors = self.gatelog("read", "(" * 257 + "any" + ")" * 257, RST, status=2)
        self.assertIn("^", errors)
        self.assertIn("256", errors)

    def test_an_expression_as_long_as_an_argument_can_be_is_read(self):
        ports = ", ".join(str(port) for port in range(1, 18_000))
        self.gatelog("read", "port = { " + ports + " }", RST)

    def test_an_expression_from_a_file(self):
        path = self.folder / "expression"
        path.write_text("# web\nport = 80 &\n  tcpfl = RST\n")
        expected, _ = self.gatelog("read", RST)
        self.assertEqual(self.gatelog("read", "-F", path, RST)[0], expected)
        path.write_text("port = 80 &\n  tcpfl = RTS\n")
        _, errors = self.gatelog("read", "-F", path, RST, status=2)
        self.assertIn('did you mean "RST"', errors)

    def test_an_expression_that_is_too_long_is_2_and_points(self):
        path = self.folder / "expression"
        path.write_bytes(b"any".ljust((16 << 20) + 1))
        _, errors = self.gatelog("read", "-F", path, RST, status=2)
        self.assertIn("^", errors)
        self.assertIn("16 MiB", errors)
        path.write_bytes(b"any".ljust(16 << 20))
        self.gatelog("read", "-F", path, RST)

    def test_a_missing_file_is_2(self):
        _, errors = self.gatelog("read", "any", "no-such-file.pcap", status=2)
        self.assertIn("no-such-file.pcap", errors)

    def test_an_unknown_option_is_2(self):
        _, errors = self.gatelog("read", "any", RST, "--colour", status=2)
        self.assertTrue(errors.startswith("error: "), errors)
        self.assertIn("--color", errors)

    def test_a_capture_that_is_none_is_2(self):
        empty = self.folder / "empty.pcap"
        empty.write_bytes(b"")
        text = self.folder / "text.pcap"
        text.write_bytes(b"no capture")
        for path, words in [(empty, "is empty"), (text, "this is no capture"), (self.folder, "this is a folder")]:
            _, errors = self.gatelog("read", "any", path, status=2)
            self.assertIn(words, errors)

    def test_wrong_values_of_options_say_what_they_take(self):
        for arguments, words in [
            (("--from", "noon"), "12:30:05 on the capture's first day"),
            (("--limit", "0"), "from 1 on"),
            (("--snap-length", "96"), "add -w FILE"),
            (("--dialect", "klingon"), "control, winroute"),
            (("--json-names", "cef"), "gatelog, ecs, eve"),
            (("-w", "packets.pcap.gz"), "does not compress"),
        ]:
            _, errors = self.gatelog("read", "any", RST, *arguments, status=2)
            self.assertIn(words, errors)

    def test_options_that_exclude_each_other_are_2(self):
        _, errors = self.gatelog("read", "any", RST, "--count", "--summary", status=2)
        self.assertIn("--count and --summary exclude each other", errors)

    def test_options_that_would_be_ignored_are_2(self):
        for arguments, words in [
            (("--json", "-w", "x.pcapng"), "--write and --json exclude each other"),
            (("--json", "--template", "%SRC%"), "--template and --json exclude each other"),
            (("--json-names", "ecs"), "add --json"),
        ]:
            _, errors = self.gatelog("read", "any", RST, *arguments, status=2)
            self.assertIn(words, errors)

    def test_help_is_0_and_says_the_exit_statuses(self):
        out, _ = self.gatelog("read", "--help")
        self.assertIn("Exit status", out)

    def test_a_damaged_capture_is_2_and_its_packets_are_printed(self):
        whole = RST.read_bytes()
        cut = self.folder / "cut.pcap"
        cut.write_bytes(whole[:-7])
        expected, _ = self.gatelog("read", "any", RST)
        out, errors = self.gatelog("read", "any", cut, status=2)
        self.assertEqual(out.splitlines(), expected.splitlines()[:-1])
        self.assertIn("cut.pcap", errors)
        self.assertIn("at byte 24", errors)


class Help(Case):
    def test_goldens(self):
        for name, arguments in [("root", []), ("read", ["read"]), ("explain", ["explain"])]:
            with self.subTest(name):
                out, errors = self.gatelog(*arguments, "--help", environment={"COLUMNS": "80"})
                self.check_golden(f"help-{name}.txt", out)
                self.assertEqual(errors, "")

    def test_without_arguments_the_root_helps(self):
        expected, _ = self.gatelog("--help", environment={"COLUMNS": "80"})
        out, _ = self.gatelog(environment={"COLUMNS": "80"})
        self.assertEqual(out, expected)

    def test_completions_are_scripts(self):
        for shell in ["bash", "zsh", "fish"]:
            with self.subTest(shell):
                script, _ = self.gatelog("--generate-completion-script", shell)
                self.assertIn("--summary", script)
                if shell == "bash":
                    self.peer("bash", "-n", stdin=script.encode())


class Colors(Case):
    def test_as_asked(self):
        for arguments, environment, is_painted in [
            ([], {}, False), (["--color", "always"], {}, True), (["--color", "never"], {}, False),
            (["--color", "always"], {"NO_COLOR": "1"}, True),
        ]:
            _, errors = self.gatelog(
                "read", "any", "no-such-file.pcap", *arguments, status=2,
                environment={"NO_COLOR": "", **environment})
            self.assertEqual("\x1b[" in errors, is_painted, arguments)


class Terminal(Case):
    """What is different where a person looks on."""

    def seen(self, *arguments, feed=()):
        """What a person sees: both outputs on one terminal. `feed` goes to standard input piece by piece."""
        parent, child = pty.openpty()
        process = subprocess.Popen(
            [program(), *map(str, arguments)], stdin=subprocess.PIPE, stdout=child, stderr=child,
            env={**os.environ, "TZ": "UTC", "NO_COLOR": ""})
        os.close(child)
        pieces = []
        reader = threading.Thread(target=lambda: pieces.extend(read_until_closed(parent)))
        reader.start()
        with process.stdin as source:
            for piece in feed:
                source.write(piece)
                source.flush()
                time.sleep(1.5)
        process.wait(timeout=60)
        reader.join(timeout=60)
        os.close(parent)
        return b"".join(pieces).decode().replace("\r\n", "\n"), process.returncode

    def test_errors_are_red(self):
        text, status = self.seen("read", "any", "no-such-file.pcap")
        self.assertTrue(text.startswith("\x1b[1;31merror: \x1b[0m"), text)
        self.assertEqual(status, 2)

    def test_a_capture_is_not_written_to_it(self):
        text, status = self.seen("read", "any", RST, "-w", "-")
        self.assertIn("nothing to look at", text)
        self.assertEqual(status, 2)

    def test_long_work_shows_how_far_it_is(self):
        packet = captures.ethernet(captures.ipv4("10.0.0.1", "10.0.0.2", 17, captures.udp(1, 2)))
        whole = captures.pcap([(n, packet) for n in range(140_000)])
        half = len(whole) // 2
        text, status = self.seen("read", "port = 2", "-", "--count", feed=[whole[:half], whole[half:]])
        self.assertIn(" packets/s", text)
        self.assertTrue(text.endswith("\r\x1b[K140000\n"), text[-60:])
        self.assertEqual(status, 0)


def read_until_closed(terminal):
    """Everything that is written to a terminal until nobody holds it any more."""
    while True:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:
            return
        if not piece:
            return
        yield piece


class Pipes(Case):
    def test_a_closed_pipe_is_success(self):
        many = [CAPTURES / "tcp_rst_data.pcap"] * 2000
        process = subprocess.Popen([program(), "read", "any", *many], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read().decode()
        process.stderr.close()
        self.assertEqual((process.wait(timeout=60), errors), (0, ""))

    def test_standard_input(self):
        expected, _ = self.gatelog("read", "any", RST)
        out, _ = self.gatelog("read", "any", "-", stdin=RST.read_bytes())
        self.assertEqual(out, expected)

    def test_lines_do_not_wait_for_the_next_packet(self):
        whole = GENEVE.read_bytes()
        process = subprocess.Popen([program(), "read", "any", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        patience = threading.Timer(30, process.kill)
        patience.start()
        self.addCleanup(patience.cancel)
        with process.stdin as source, process.stdout as lines:
            source.write(whole)
            source.flush()
            # Nothing more comes, and the pipe stays open: all lines are there all the same.
            for _ in range(39):
                self.assertTrue(lines.readline())
        self.assertEqual(process.wait(timeout=60), 0)

    def test_a_pipe_that_has_a_name(self):
        expected, _ = self.gatelog("read", "any", RST)
        out, _ = self.gatelog("read", "any", "/dev/stdin", stdin=RST.read_bytes())
        self.assertEqual(out, expected)

    def test_a_file_alone_means_any(self):
        expected, _ = self.gatelog("read", "any", RST)
        out, _ = self.gatelog("read", RST)
        self.assertEqual(out, expected)

    def test_a_full_disk_is_said(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("this system has no /dev/full")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([program(), "read", "any", RST], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"No space left on device", done.stderr)


if __name__ == "__main__":
    unittest.main()
