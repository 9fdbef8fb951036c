"""Metrics judged by promtool, Prometheus and the OpenMetrics parser; the OpenAPI document by its validator, and real
answers by the document."""
import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import daemon
import peers
import support

CAPTURE = support.CAPTURES / "tcp_rst_data.pcap"
DASHBOARD = support.ROOT / "Resources" / "grafana" / "gatelog.json"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def fetch(url, **headers):
    """Status, headers and text of an answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode("utf-8")


def families(text):
    return set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))


class MetricsCase(support.Case):
    def start(self, settings="{}"):
        engine = daemon.Daemon(None, self.folder, "--replay", CAPTURE, "--loops", "0", settings=settings)
        self.addCleanup(engine.kill)
        engine.start()
        return engine

    def ask(self, engine, path, *options):
        """An answer of the unix socket."""
        out, _ = self.peer(
            "curl", "-sS", "--max-time", "10", "--unix-socket", engine.home / "run" / "api.sock", *options,
            f"http://gatelog{path}")
        return out


class ExpositionTests(MetricsCase):
    def test_promtool_has_nothing_to_say(self):
        engine = self.start("packet_log: { expression: any }\n")
        engine.gatelog("dump", "start", "all", "any")
        text = self.ask(engine, "/metrics")
        done = subprocess.run([peers.promtool(), "check", "metrics"], input=text.encode(), capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""))
        self.assertIn('gatelog_tap_matches_total{tap="packet logging"}', text)
        self.assertIn('gatelog_dump_packets{dump="all"}', text)

    def test_openmetrics_where_it_is_asked_for(self):
        engine = self.start()
        text = self.ask(engine, "/metrics", "-H", "Accept: application/openmetrics-text; version=1.0.0")
        path = self.folder / "metrics"
        path.write_text(text)
        out, _ = self.peer(peers.python(), support.ROOT / "Integration" / "judge_documents.py", "openmetrics", path)
        names = {line.split(" ")[0] for line in out.splitlines()}
        plain = families(self.ask(engine, "/metrics"))
        self.assertEqual(names, {re.sub("_(total|info)$", "", name) for name in plain})

    def test_numbers_are_those_of_the_status(self):
        engine = self.start("packet_log: { expression: any }\n")
        engine.wait_for(lambda: engine.log("debug"))
        before = {log["name"]: log for log in engine.status()["logs"]}["debug"]["lines"]
        text = self.ask(engine, "/metrics")
        lines = int(re.search(r'^gatelog_log_lines_total\{log="debug"\} (\d+)$', text, re.MULTILINE).group(1))
        after = {log["name"]: log for log in engine.status()["logs"]}["debug"]["lines"]
        self.assertLessEqual(before, lines)
        self.assertLessEqual(lines, after)
        resident = int(re.search(r"^process_resident_memory_bytes (\d+)$", text, re.MULTILINE).group(1))
        self.assertGreater(resident, 10 << 20)
        self.assertIn(f"process_threads", text)
        started = float(re.search(r"^process_start_time_seconds (\S+)$", text, re.MULTILINE).group(1))
        self.assertLess(abs(time.time() - started), 120)


class LoopbackTests(MetricsCase):
    def test_one_route_for_this_machine_alone(self):
        port = free_port()
        engine = self.start(f"metrics: {{ listen: 127.0.0.1:{port} }}\n")
        engine.wait_for(lambda: self.answers(port))
        status, headers, text = fetch(f"http://127.0.0.1:{port}/metrics")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        self.assertIn("gatelog_build_info", text)
        for path in ("/", "/v1/status", "/v1/logs/debug", "/metrics/x", "/v1/openapi.json"):
            self.assertEqual(fetch(f"http://127.0.0.1:{port}{path}")[0], 404, path)
        self.assertEqual(fetch(f"http://127.0.0.1:{port}/metrics", Host="evil.example")[0], 421)
        self.assertEqual(fetch(f"http://localhost:{port}/metrics")[0], 200)
        listening, _ = self.peer("ss", "-Hltn", f"sport = :{port}")
        self.assertEqual([line.split()[3] for line in listening.splitlines()], [f"127.0.0.1:{port}"])

    @staticmethod
    def answers(port):
        try:
            return fetch(f"http://127.0.0.1:{port}/metrics")[0] == 200
        except OSError:
            return False

    def test_the_place_is_followed_and_a_taken_one_is_a_condition(self):
        first, second, taken = free_port(), free_port(), socket.socket()
        self.addCleanup(taken.close)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        engine = self.start(f"metrics: {{ listen: 127.0.0.1:{first} }}\n")
        engine.wait_for(lambda: self.answers(first))
        engine.gatelog("settings", "set", "metrics.listen", f"127.0.0.1:{second}")
        engine.wait_for(lambda: self.answers(second) and not self.answers(first))
        engine.gatelog("settings", "set", "metrics.listen", f"127.0.0.1:{taken.getsockname()[1]}")
        engine.wait_for(lambda: [item for item in engine.status()["conditions"] if item["kind"] == "metrics"])
        told = [item for item in engine.status()["conditions"] if item["kind"] == "metrics"][0]
        self.assertIn("Address already in use", told["text"])
        engine.gatelog("settings", "set", "metrics.listen", "none")
        engine.wait_for(lambda: not engine.status()["conditions"] and any("Over after" in line for line in engine.log("warning")))
        self.assertEqual(len(engine.log("warning")), 2, engine.log("warning"))

    def test_other_addresses_are_refused_at_their_place(self):
        for place in ("0.0.0.0:9107", "192.0.2.1:9107", "[::]:9107", "9107", "127.0.0.1", "127.0.0.1:0", "localhost:9107"):
            path = self.folder / "gatelog.yaml"
            path.write_text(f'metrics:\n  listen: "{place}"\n')
            _, errors = self.gatelog("settings", "check", path, status=2)
            self.assertIn(f'gatelog.yaml:2:11: "{place}" for listen; write a loopback address and a port', errors)


class DashboardTests(MetricsCase):
    """The dashboard names metrics that exist, in expressions that Prometheus understands."""

    @staticmethod
    def expressions():
        dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
        return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]

    def test_each_metric_is_exported(self):
        engine = self.start()
        exported = families(self.ask(engine, "/metrics"))
        named = set(re.findall(r"\b(?:gatelog|process)_\w+", " ".join(self.expressions())))
        self.assertGreater(len(named), 30)
        self.assertEqual(named - exported, set(), "the dashboard names metrics that nobody tells")
        manual = (support.ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
        missing = {name for name in exported if f"`{name}`" not in manual and f"`{name}{{" not in manual}
        self.assertEqual(missing, set(), "docs/metrics.md leaves metrics out")

    def test_prometheus_scrapes_it_and_understands_each_panel(self):
        port, own = free_port(), free_port()
        engine = self.start(f"metrics: {{ listen: 127.0.0.1:{port} }}\n")
        configuration = self.folder / "prometheus.yml"
        configuration.write_text(
            "global: { scrape_interval: 1s }\n"
            f"scrape_configs: [{{ job_name: gatelog, static_configs: [{{ targets: ['127.0.0.1:{port}'] }}] }}]\n")
        judge = subprocess.Popen(
            [peers.prometheus(), f"--config.file={configuration}", f"--storage.tsdb.path={self.folder / 'tsdb'}",
             f"--web.listen-address=127.0.0.1:{own}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(judge.wait, 30)
        self.addCleanup(judge.kill)

        def query(expression):
            text = urllib.parse.urlencode({"query": expression})
            return json.loads(fetch(f"http://127.0.0.1:{own}/api/v1/query?{text}")[2])

        def is_up():
            try:
                return query('up{job="gatelog"} == 1')["data"]["result"]
            except (OSError, ValueError, KeyError):
                return False

        engine.wait_for(is_up, 30, "Prometheus scraped nothing")
        for expression in self.expressions():
            meant = expression.replace("$__rate_interval", "1m").replace("$instance", ".*")
            answer = query(meant)
            self.assertEqual(answer["status"], "success", f"{expression}: {answer.get('error')}")
        self.assertTrue(query("gatelog_build_info")["data"]["result"])


class OpenAPITests(MetricsCase):
    def test_the_document_is_valid_and_answers_are_as_it_says(self):
        engine = self.start("packet_log: { expression: any }\n")
        engine.gatelog("dump", "start", "all", "any")
        for name in ("one", "two"):
            engine.gatelog("settings", "set", "gateway", name)
        document = self.ask(engine, "/v1/openapi.json")
        (self.folder / "openapi.json").write_text(document)
        asked = []
        for path, item in json.loads(document)["paths"].items():
            content = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
            if path == "/v1/openapi.json" or "application/json" not in content:
                continue
            place = path
            for name, value in (("/dumps/{name}", "/dumps/all"), ("/logs/{name}", "/logs/debug"),
                                ("/settings/diff", "/settings/diff?from=1")):
                place = place.replace(name, value)
            if "{" in place:
                continue
            asked.append(f"GET {path}")
            answer = json.loads(self.ask(engine, place))
            self.assertNotIn("code", answer, f"{place}: {answer}")
            (self.folder / f"{len(asked)}.answer").write_text(
                json.dumps({"operation": f"GET {path}", "status": 200, "answer": answer}))
        self.assertGreater(len(asked), 8)
        out, _ = self.peer(
            peers.python(), support.ROOT / "Integration" / "judge_documents.py", "openapi", self.folder)
        self.assertEqual(set(out.splitlines()), set(asked))
