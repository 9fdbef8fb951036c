"""The manual pages and completions, made from the program's definitions."""
import os
import re
import subprocess
import unittest

from support import ROOT, Case, program


class ManualPages(Case):
    def setUp(self):
        super().setUp()
        done = subprocess.run(
            [ROOT / "scripts" / "manual-pages", self.folder], capture_output=True, timeout=120,
            env={**os.environ, "GATELOG_PROGRAM": program(), "SOURCE_DATE_EPOCH": "0"})
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def pages(self):
        return sorted(self.folder.glob("*.1"))

    def test_every_command_has_one(self):
        helped, _ = self.gatelog("--help")
        commands = re.findall(r"^  (\w[\w-]*) +\S", helped.split("SUBCOMMANDS:")[1].split("\n\n")[0], re.M)
        self.assertGreater(len(commands), 8)
        self.assertEqual(sorted(page.stem for page in self.pages()),
                         sorted(["gatelog"] + [f"gatelog-{command}" for command in commands if command != "help"]))

    def test_groff_has_no_remark(self):
        for page in self.pages():
            _, remarks = self.peer("groff", "-man", "-ww", "-Tutf8", page)
            self.assertEqual(remarks, "", page.name)

    def test_they_tell_every_option(self):
        for command in ["read", "explain"]:
            text, _ = self.peer("groff", "-man", "-Tascii", "-P-cbou", self.folder / f"gatelog-{command}.1")
            helped, _ = self.gatelog(command, "--help")
            options = {word.strip(",") for word in helped.split() if word.startswith("--") and len(word) > 2}
            self.assertGreater(len(options), 8)
            for option in options:
                self.assertIn(option, text)

    def test_shells_take_the_completions(self):
        self.peer("bash", "-n", self.folder / "gatelog.bash")
        self.assertIn("#compdef gatelog", (self.folder / "_gatelog").read_text(encoding="utf-8"))
        self.assertIn("complete", (self.folder / "gatelog.fish").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
