"""`gatelog settings check`: everything that is wrong with a file, with its place, and nothing where nothing is."""
import json
import unittest

import jsonschema
import yaml

from support import ROOT, Case

EXAMPLE = ROOT / "Resources" / "gatelog.example.yaml"
SCHEMA = ROOT / "Resources" / "schema" / "settings.schema.json"

WRONG = """\
capture: { ring: 64M, snap_lenght: 5 }
groups:
  office: [10.0.0.300, file: addresses.txt, file: missing.txt]
logs:
  template: "%SRC% %DTS%"
databases: { country: missing.mmdb }
"""


class SettingsCheck(Case):
    def check(self, text, *arguments, status):
        path = self.folder / "gatelog.yaml"
        path.write_text(text, encoding="utf-8")
        out, errors = self.gatelog("settings", "check", path, *arguments, status=status)
        return out.replace(f"{self.folder}/", ""), errors.replace(f"{self.folder}/", "")

    def test_everything_at_once(self):
        (self.folder / "addresses.txt").write_text("10.0.0.1\nx\n", encoding="utf-8")
        out, errors = self.check(WRONG, status=2)
        self.assertEqual(out, "")
        self.check_golden("settings-check.txt", errors)

    def test_expression(self):
        out, errors = self.check(
            'packet_log: { expression: port = 80 & if = "Inernet" & addr = list:"offce" }\n'
            "interfaces: { Internet: { device: eth0 } }\ngroups: { office: [10.0.0.0/8] }\n", status=2)
        self.assertEqual(out, "")
        self.check_golden("settings-check-expression.txt", errors)

    def test_warnings_are_no_errors(self):
        out, errors = self.check('packet_log: { expression: if = "Modem" }\ninterfaces: { LAN: {} }\n', status=0)
        self.assertIn("gatelog.yaml:1:27: warning: ", errors)
        self.assertIn("in order", out)

    def test_objects(self):
        out, errors = self.check("capture: { ring: 64M }\nfoo: 1\n", "--json", status=2)
        self.assertEqual(errors, "")
        objects = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([(o["line"], o["column"], o["severity"]) for o in objects], [(1, 18, "error"), (2, 1, "error")])
        self.assertEqual(set(objects[0]), {"severity", "file", "line", "column", "message"})

    def test_in_order(self):
        (self.folder / "a.txt").write_text("10.0.0.1\n10.0.0.2\n", encoding="utf-8")
        out, errors = self.check(
            "groups: { a: { file: a.txt } }\npacket_log: { expression: addr = list:\"a\" }\n", status=0)
        self.assertEqual(errors, "")
        self.assertEqual(
            out, "gatelog.yaml: in order; 0 interfaces, 1 address group (2 entries), 0 users, 0 services\n")

    def test_missing_file(self):
        _, errors = self.gatelog("settings", "check", self.folder / "none.yaml", status=2)
        self.assertIn("No such file or directory", errors)

    def test_example_by_the_schema(self):
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        validator = jsonschema.Draft202012Validator(schema)
        validator.check_schema(schema)
        example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
        self.assertEqual([str(error) for error in validator.iter_errors(example)], [])
        for wrong in [{"capture": {"workers": 65}}, {"logs": {"rotate": "dayly"}}, {"foo": 1}, {"logs": {"debug": 5}}]:
            self.assertTrue(list(validator.iter_errors(wrong)), wrong)


if __name__ == "__main__":
    unittest.main()
