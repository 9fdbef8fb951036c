"""The manual pages and completions, made from the program's definitions."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from support import ROOT, Case, program


class ManualPages(Case):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="gatelog-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.made = pathlib.Path(folder.name)
        cls.helped = {}
        done = subprocess.run(
            [ROOT / "scripts" / "manual-pages", cls.made], capture_output=True, timeout=120,
            env={**os.environ, "GATELOG_PROGRAM": program(), "SOURCE_DATE_EPOCH": "0"})
        if (done.returncode, done.stderr) != (0, b""):
            raise RuntimeError(done.stderr.decode())

    def help(self, words):
        """What a command's help says; asked once."""
        words = tuple(words)
        if words not in self.helped:
            self.helped[words], _ = self.gatelog(*words, "--help")
        return self.helped[words]

    def pages(self):
        return sorted(self.made.glob("*.[1-8]"))

    def commands(self, *words):
        """All commands below `words`, as their help lists them."""
        helped = self.help(words)
        if "SUBCOMMANDS:" not in helped:
            return []
        listed = re.findall(r"^  (\w[\w-]*)(?: \(default\))? +\S", helped.split("SUBCOMMANDS:")[1].split("\n\n")[0], re.M)
        found = []
        for command in listed:
            if command != "help":
                found += [[*words, command], *self.commands(*words, command)]
        return found

    def test_every_command_has_one(self):
        commands = self.commands()
        self.assertGreater(len(commands), 20)
        wanted = ["gatelog.1"] + ["-".join(["gatelog", *command]) + ".1" for command in commands]
        wanted += ["gatelogd.8", "gatelog.yaml.5", "gatelog-expressions.7"]
        wanted += [page.name for page in (ROOT / "docs" / "man").glob("*.[1-8]")]
        self.assertEqual(sorted(page.name for page in self.pages()), sorted(wanted))

    def test_groff_has_no_remark(self):
        for page in self.pages():
            _, remarks = self.peer("groff", "-man", "-ww", "-Tutf8", page)
            self.assertEqual(remarks, "", page.name)

    def test_mandoc_has_no_remark(self):
        done = subprocess.run(
            ["mandoc", "-T", "lint", "-W", "style", *self.pages()], capture_output=True, text=True, timeout=60)
        # Whether this machine has a list of its manual pages is nothing about ours.
        told = [line for line in (done.stdout + done.stderr).splitlines()
                if not re.search("mandoc.db|manual not found", line)]
        self.assertEqual([line.replace(f"{self.made}/", "") for line in told], [])

    def test_every_command_shows_examples(self):
        for command in [[], *self.commands()]:
            if self.commands(*command):
                continue
            # In its own help, where it may be meant when none is named, or in that of the commands above it.
            own, above = self.help(command), self.help(command[:-1])
            whole = " ".join(["gatelog", *command])
            short = whole.rpartition(" ")[0] if command[1:] == ["show"] else whole
            self.assertRegex(own + above, rf"(?m)^ +(sudo )?({whole}|{short})\b", whole)

    def test_the_settings_page_tells_every_key(self):
        shown, _ = self.peer("groff", "-man", "-Tascii", "-P-cbou", self.made / "gatelog.yaml.5")
        keys = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.M)
        self.assertGreater(len(keys), 30)
        for key in keys:
            self.assertIn(key, shown)

    def test_the_language_page_tells_every_variable(self):
        shown, _ = self.peer("groff", "-man", "-Tascii", "-P-cbou", self.made / "gatelog-expressions.7")
        text = (ROOT / "docs" / "expressions.md").read_text(encoding="utf-8")
        variables = re.findall(r"^\| `(\w+)` \|", text.split("## Variables")[1].split("Beside these")[0], re.M)
        self.assertGreater(len(variables), 30)
        for variable in variables:
            self.assertRegex(shown, rf"(?m)^ +{variable}\b")

    def test_they_tell_every_option(self):
        for command in ["read", "explain"]:
            text, _ = self.peer("groff", "-man", "-Tascii", "-P-cbou", self.made / f"gatelog-{command}.1")
            helped, _ = self.gatelog(command, "--help")
            options = {word.strip(",") for word in helped.split() if word.startswith("--") and len(word) > 2}
            self.assertGreater(len(options), 8)
            for option in options:
                self.assertIn(option, text)

    def test_shells_take_the_completions(self):
        self.peer("bash", "-n", self.made / "gatelog.bash")
        self.peer("zsh", "-n", self.made / "_gatelog")
        self.peer("fish", "--no-execute", self.made / "gatelog.fish")
        self.assertIn("#compdef gatelog", (self.made / "_gatelog").read_text(encoding="utf-8"))

    def test_bash_completes(self):
        script = f"source {self.made / 'gatelog.bash'}; COMP_WORDS=(gatelog dump st); COMP_CWORD=2; COMP_TYPE=9; " \
                 "COMP_LINE='gatelog dump st'; COMP_POINT=15; " \
                 "_gatelog 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\""
        offered, _ = self.peer("bash", "-c", script)
        self.assertLessEqual({"start", "stop"}, set(offered.split()))


if __name__ == "__main__":
    unittest.main()
