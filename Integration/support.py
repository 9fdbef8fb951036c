"""What every integration test needs: the program, the fixtures, goldens, a private folder."""
import difflib
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
CAPTURES = ROOT / "Tests" / "Fixtures" / "captures"
GOLDEN = ROOT / "Integration" / "Golden"


def program():
    """The release program; scripts/integration builds it and names it."""
    path = os.environ.get("GATELOG_PROGRAM")
    if not path:
        raise RuntimeError("GATELOG_PROGRAM does not name the program; start the tests with `make integration`")
    return path


class Case(unittest.TestCase):
    """A test with a folder of its own and the program at hand."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gatelog-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def gatelog(self, *arguments, status=0, stdin=None, text=True, environment=None):
        """Runs the program and checks its exit status (one, or several that are right); returns what it printed and
        what it complained."""
        done = subprocess.run(
            [program(), *map(str, arguments)], input=stdin, capture_output=True, timeout=120, cwd=ROOT,
            env={**os.environ, "TZ": "UTC", "NO_COLOR": "1", **(environment or {})})
        out, errors = done.stdout, done.stderr.decode("utf-8", "replace")
        self.assertIn(done.returncode, status if isinstance(status, tuple) else (status,), f"{arguments}\n{errors}")
        return (out.decode("utf-8", "strict") if text else out), errors

    def peer(self, *command, stdin=None):
        """Runs another program; it must be there (scripts/prepare installs it) and succeed."""
        done = subprocess.run(list(map(str, command)), input=stdin, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr.decode('utf-8', 'replace')}")
        return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def check_golden(self, name, text):
        """Compares `text` with Integration/Golden/NAME; GATELOG_RECORD=1 writes it anew."""
        path = GOLDEN / name
        if os.environ.get("GATELOG_RECORD"):
            path.write_text(text, encoding="utf-8")
            return
        self.assertTrue(path.exists(), f"there is no golden {name}; record it with `make record` and read it")
        want = path.read_text(encoding="utf-8")
        if want != text:
            diff = difflib.unified_diff(want.splitlines(), text.splitlines(), "golden", "printed", lineterm="")
            self.fail(f"{name} differs (make record writes it anew):\n" + "\n".join(diff))
