"""Receivers for syslog tests: our own, rsyslog and syslog-ng, all on ports of the loopback that nobody else has."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

import support


def free_port():
    """A port that is free for UDP and TCP just now."""
    while True:
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            return tcp.getsockname()[1]


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Peer:
    """A program that receives; started, killed and started again by a test."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.process = None

    def spawn(self, command, ready, environment=None):
        with (self.folder / "said").open("a") as said:
            self.process = subprocess.Popen(
                list(map(str, command)), stdout=said, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})})
        end = time.monotonic() + 20
        while not ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{command} is not there:\n{(self.folder / 'said').read_text()}")
            time.sleep(0.02)

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


class Plain(Peer):
    """syslog_receiver.py: keeps each message as a line."""

    def __init__(self, folder, name="plain"):
        super().__init__(pathlib.Path(folder) / name)
        self.port = free_port()
        self.file = self.folder / "messages"

    def start(self, *options):
        script = pathlib.Path(__file__).with_name("syslog_receiver.py")
        self.spawn(
            [sys.executable, script, self.port, self.file, *options], lambda: is_listening(self.port))

    @property
    def messages(self):
        """Whole messages; what a kill cut off is none."""
        if not self.file.exists():
            return []
        text = self.file.read_bytes().decode("utf-8", "surrogateescape")
        return text.split("\n")[:-1]


class Certificates:
    """An authority, a server's certificate for localhost and a client's, made by openssl."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "certificates"
        self.folder.mkdir()
        self.ca = self._authority("ca")
        self.other_ca = self._authority("other")
        self._signed("server", "DNS:localhost")
        self._signed("client", "DNS:gateway")
        self._signed("stranger", "DNS:elsewhere.example")

    def path(self, name):
        return str(self.folder / name)

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            raise AssertionError(f"openssl {arguments}: {done.stderr}")

    def _authority(self, name):
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN=Authority {name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
        return self.path(f"{name}.pem")

    def _signed(self, name, names):
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
        self._openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self._openssl(
            "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", f"{name}.ext", "-out", f"{name}.pem")


class Rsyslog(Peer):
    """rsyslogd over UDP, TCP and, with certificates, TLS that wants a client's certificate; its parsed fields as JSON."""

    def __init__(self, folder, certificates=None):
        super().__init__(pathlib.Path(folder) / "rsyslog")
        self.udp, self.tcp = free_port(), free_port()
        self.tls = free_port() if certificates else None
        self.out = self.folder / "fields"
        fields = ["pri", "syslogfacility-text", "syslogseverity-text", "hostname", "app-name", "msgid", "msg",
                  "structured-data", "protocol-version"]
        template = ",".join(f'\\"{name}\\":\\"%{name}:::json%\\"' for name in fields)
        template += ',\\"time\\":\\"%timestamp:::date-rfc3339%\\"'
        tls = "" if not certificates else f"""
            global(defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="{certificates.ca}"
                   defaultNetstreamDriverCertFile="{certificates.path('server.pem')}"
                   defaultNetstreamDriverKeyFile="{certificates.path('server.key')}")
            input(type="imtcp" port="{self.tls}" address="127.0.0.1" streamDriver.name="gtls" streamDriver.mode="1"
                  streamDriver.authMode="x509/certvalid")
            """
        (self.folder / "conf").write_text(f"""
            global(workDirectory="{self.folder}" maxMessageSize="64k")
            module(load="imudp") module(load="imtcp")
            template(name="fields" type="string" string="{{{template}}}\\n")
            {tls}
            input(type="imudp" port="{self.udp}" address="127.0.0.1")
            input(type="imtcp" port="{self.tcp}" address="127.0.0.1")
            action(type="omfile" file="{self.out}" template="fields" asyncWriting="off" flushOnTXEnd="on")
            """)

    def start(self):
        program = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
        if not os.path.exists(program):
            raise AssertionError("rsyslogd is not installed; scripts/prepare test installs it")
        self.spawn(
            [program, "-n", "-f", self.folder / "conf", "-i", self.folder / "pid"], lambda: is_listening(self.tcp))

    @property
    def messages(self):
        """What rsyslog parsed, as objects."""
        if not self.out.exists():
            return []
        lines = self.out.read_text(encoding="utf-8", errors="surrogateescape").split("\n")[:-1]
        return [json.loads(line) for line in lines]


class SyslogNg(Peer):
    """syslog-ng over UDP, TCP and TLS; its parsed fields as JSON, structured data as a map."""

    def __init__(self, folder, certificates=None):
        super().__init__(pathlib.Path(folder) / "syslog-ng")
        self.udp, self.tcp = free_port(), free_port()
        self.tls = free_port() if certificates else None
        self.out = self.folder / "fields"
        tls = "" if not certificates else f"""
            syslog(ip("127.0.0.1") port({self.tls}) transport("tls") tls(
                key-file("{certificates.path('server.key')}") cert-file("{certificates.path('server.pem')}")
                ca-file("{certificates.ca}") peer-verify(required-trusted)));"""
        fields = ("pri=$PRI facility=$FACILITY severity=$LEVEL hostname=$HOST application=$PROGRAM msgid=$MSGID "
                  "time=$ISODATE message=$MSG")
        (self.folder / "conf").write_text(f"""@version: 3.38
            options {{ keep-hostname(yes); log-msg-size(65536); ts-format(iso); frac-digits(6); time-zone("UTC"); }};
            source s {{
                syslog(ip("127.0.0.1") port({self.tcp}) transport("tcp"));
                network(ip("127.0.0.1") port({self.udp}) transport("udp"));{tls}
            }};
            destination d {{
                file("{self.out}" template("$(format-json {fields} --key .SDATA.*)\\n"));
            }};
            log {{ source(s); destination(d); }};
            """)

    def start(self):
        done = subprocess.run([support.ROOT / "scripts" / "syslog-ng"], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"there is no syslog-ng: {done.stderr}")
        root = pathlib.Path(done.stdout.strip())
        library = root / "usr" / "lib"
        paths = [library / "syslog-ng", library / "x86_64-linux-gnu", root / "lib" / "x86_64-linux-gnu"]
        self.spawn(
            [root / "usr" / "sbin" / "syslog-ng", "-F", "--no-caps", "-f", self.folder / "conf",
             "-R", self.folder / "persist", "-c", self.folder / "control", "-p", self.folder / "pid",
             f"--module-path={library / 'syslog-ng' / '3.38'}"],
            lambda: is_listening(self.tcp), {"LD_LIBRARY_PATH": ":".join(map(str, paths))})

    @property
    def messages(self):
        if not self.out.exists():
            return []
        return [json.loads(line) for line in self.out.read_text(encoding="utf-8").split("\n")[:-1]]


STOP, CONT = signal.SIGSTOP, signal.SIGCONT
