"""Networks of our own: hosts in network namespaces, joined by veth pairs, torn down whatever happens.

    with namespaces.Gateway() as net:
        net.run("client", "ping", "-c", "1", net.SERVER4)

The topology, IPv4 and IPv6:

    client  10.77.1.2 ----- lan 10.77.1.1  gateway  wan 10.77.2.1 ----- 10.77.2.2  server
            fd77:1::2           fd77:1::1               fd77:2::1       fd77:2::2

The interfaces of client and server are called eth0. Packets are forwarded between them. With `offloads=False` (the
default) frames are what the wire would carry; with `offloads=True` veth hands over segments of up to 64 KiB whose
checksums are not written yet, as fast cards do.

With `ordered=True` all traffic is made by one processor: the programs of `run` and of `start(..., traffic=True)` are
bound to it. veth hands a frame to the receiver on the processor that sent it (receive packet steering, which would
choose another, is off), so that frames are sent, forwarded and received one after another, and every socket sees them
in one order. On several processors two frames, even of one conversation (its program may have moved), are handed to the
sockets at the same moment, and each socket may take either first: nobody can compare the orders of two of them then.

Needs root and iproute2 (`unavailable` says what is missing); `ethtool` for the offloads.
"""
import atexit
import os
import shutil
import signal
import subprocess
import time

_count = 0
_open = set()


def unavailable():
    """Why no network can be made here; None where it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for program in ("ip", "ethtool"):
        if shutil.which(program) is None and not os.path.exists(f"/usr/sbin/{program}"):
            return f"{program} is not installed (run `make test` once: it installs the peers)"
    done = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True)
    return None if done.returncode == 0 else f"this kernel makes no network namespaces: {done.stderr.strip()}"


def _ip(*arguments, check=True):
    done = subprocess.run(["ip", *map(str, arguments)], capture_output=True, text=True, timeout=30)
    if check and done.returncode != 0:
        raise RuntimeError(f"ip {' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout


class Network:
    """Hosts by short names; each is a namespace whose real name nobody else has."""

    def __init__(self, *hosts, ordered=False):
        global _count
        self._binding = ["taskset", "-c", str(min(os.sched_getaffinity(0)))] if ordered else []
        _count += 1
        self._prefix = f"gatelog-{os.getpid()}-{_count}-"
        self._children = []
        self.hosts = []
        _open.add(self)
        try:
            for host in hosts:
                self.add_host(host)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def namespace(self, host):
        """The namespace's name, for `ip netns`."""
        return self._prefix + host

    def add_host(self, host):
        _ip("netns", "add", self.namespace(host))
        self.hosts.append(host)
        self.ip(host, "link", "set", "lo", "up")
        # No packets that a test has not made: router solicitations, duplicate address detection.
        self.sysctl(host, "net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0",
                    "net.ipv6.conf.default.router_solicitations=0", "net.ipv6.conf.all.router_solicitations=0")

    def ip(self, host, *arguments, check=True):
        """`ip` in a host."""
        return _ip("-n", self.namespace(host), *arguments, check=check)

    def sysctl(self, host, *settings):
        self.run(host, "sysctl", "-q", "-w", *settings)

    def join(self, host, interface, other, other_interface, mac=None, other_mac=None, offloads=False):
        """A veth pair between two hosts."""
        # Both ends are born in their namespaces: names of the machine's own interfaces do not matter.
        _ip("link", "add", interface, *(["address", mac] if mac else []), "netns", self.namespace(host), "type", "veth",
            "peer", "name", other_interface, *(["address", other_mac] if other_mac else []),
            "netns", self.namespace(other))
        for side, name in ((host, interface), (other, other_interface)):
            if not offloads:
                self.run(side, "ethtool", "-K", name, "tx", "off", "rx", "off", "sg", "off", "tso", "off", "gso", "off",
                         "gro", "off", "rxvlan", "off", "txvlan", "off", check=False)
            if self._binding:
                self.run(side, "sh", "-c", f"for q in /sys/class/net/{name}/queues/rx-*; do echo 0 >$q/rps_cpus; done")
            self.ip(side, "link", "set", name, "up")

    def address(self, host, interface, *addresses):
        for address in addresses:
            extra = ["nodad"] if ":" in address else []
            self.ip(host, "address", "add", address, "dev", interface, *extra)

    def index(self, host, interface):
        """The kernel's index of an interface."""
        return int(self.run(host, "cat", f"/sys/class/net/{interface}/ifindex"))

    def command(self, host, *command):
        """The command line that runs `command` in a host."""
        return ["ip", "netns", "exec", self.namespace(host), *map(str, command)]

    def run(self, host, *command, check=True, timeout=60, **options):
        """Runs a program in a host until it ends; returns what it printed."""
        done = subprocess.run([*self._binding, *self.command(host, *command)], capture_output=True, text=True,
                              timeout=timeout, **options)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start(self, host, *command, traffic=False, **options):
        """Starts a program in a host; it is ended with the network at the latest. `traffic`: it sends or answers, and
        is bound as those of `run` are; what captures stays free."""
        child = subprocess.Popen([*(self._binding if traffic else []), *self.command(host, *command)], **options)
        self._children.append(child)
        return child

    def close(self):
        """Ends what was started here, then removes the hosts. Never raises."""
        _open.discard(self)
        children, self._children = self._children, []
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(2)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            for pipe in (child.stdin, child.stdout, child.stderr):
                if pipe:
                    pipe.close()
        hosts, self.hosts = self.hosts, []
        for host in hosts:
            # A program that was left behind would keep the namespace alive without its name.
            for process in _ip("netns", "pids", self.namespace(host), check=False).split():
                try:
                    os.kill(int(process), signal.SIGKILL)
                except OSError:
                    pass
            _ip("netns", "delete", self.namespace(host), check=False)


class Gateway(Network):
    """client - gateway - server."""

    CLIENT4, SERVER4 = "10.77.1.2", "10.77.2.2"
    CLIENT6, SERVER6 = "fd77:1::2", "fd77:2::2"
    LAN4, WAN4 = "10.77.1.1", "10.77.2.1"
    LAN6, WAN6 = "fd77:1::1", "fd77:2::1"
    CLIENT_MAC, LAN_MAC = "02:77:01:00:00:02", "02:77:01:00:00:01"
    SERVER_MAC, WAN_MAC = "02:77:02:00:00:02", "02:77:02:00:00:01"

    def __init__(self, offloads=False, ordered=False):
        super().__init__("client", "gateway", "server", ordered=ordered)
        try:
            self.join("client", "eth0", "gateway", "lan", self.CLIENT_MAC, self.LAN_MAC, offloads)
            self.join("server", "eth0", "gateway", "wan", self.SERVER_MAC, self.WAN_MAC, offloads)
            self.address("client", "eth0", self.CLIENT4 + "/24", self.CLIENT6 + "/64")
            self.address("server", "eth0", self.SERVER4 + "/24", self.SERVER6 + "/64")
            self.address("gateway", "lan", self.LAN4 + "/24", self.LAN6 + "/64")
            self.address("gateway", "wan", self.WAN4 + "/24", self.WAN6 + "/64")
            for host, near4, near6 in (("client", self.LAN4, self.LAN6), ("server", self.WAN4, self.WAN6)):
                self.ip(host, "route", "add", "default", "via", near4)
                self.ip(host, "-6", "route", "add", "default", "via", near6)
            self.sysctl("gateway", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
            self._wait_for_links()
        except BaseException:
            self.close()
            raise

    def _wait_for_links(self):
        for host, interface in (("client", "eth0"), ("server", "eth0"), ("gateway", "lan"), ("gateway", "wan")):
            for _ in range(100):
                if self.ip(host, "-br", "link", "show", "dev", interface).split()[1] == "UP":
                    break
                time.sleep(0.02)
            else:
                raise RuntimeError(f"{interface} of {host} does not come up")


@atexit.register
def _close_all():
    for network in list(_open):
        network.close()
