"""Dumps of a daemon to which things happen: it is killed, its disk becomes full, it is told to end."""
import pathlib
import re
import signal
import subprocess
import time
import unittest

import daemon
import namespaces
import support

UNAVAILABLE = namespaces.unavailable()


@unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
class DumpFaultTests(support.Case):
    def setUp(self):
        super().setUp()
        self.net = namespaces.Gateway()
        self.addCleanup(self.net.close)

    def start(self, folder=None, **more):
        engine = daemon.Daemon(self.net, folder or self.folder, **more)
        engine.start()
        self.addCleanup(engine.kill)
        return engine

    def dumping(self, engine, name, expression):
        """Starts a dump, and waits until the workers know of it."""
        engine.gatelog("dump", "start", name, expression)
        time.sleep(0.6)

    def ping(self, count, size=56):
        self.net.run("client", "ping", "-q", "-c", count, "-i", "0.01", "-s", size, self.net.SERVER4)

    def dump(self, engine, name):
        return next(dump for dump in engine.objects("dump", "list") if dump["name"] == name)

    def whole(self, engine, name):
        """Downloads a dump, which Wireshark's programs must read without a remark; how many packets it has."""
        path = self.folder / f"{name}.pcapng"
        engine.gatelog("dump", "download", name, "-o", path)
        said, complaints = self.peer("capinfos", "-M", path)
        self.assertEqual(complaints, "")
        _, complaints = self.peer("tshark", "-r", path, "-q")
        self.assertNotIn("tshark:", complaints)
        return int(re.search(r"Number of packets:\s+(\d+)", said)[1])

    def test_a_killed_daemon_leaves_a_finished_dump(self):
        engine = self.start()
        self.dumping(engine, "pings", "proto = icmp & addr = 10.77.1.2")
        self.ping(20)
        # Quiet dumps are on the disk within a second or two.
        engine.wait_for(lambda: self.dump(engine, "pings")["packets"] == 80)
        engine.signal(signal.SIGKILL)
        engine.process.wait(10)
        again = self.start(home=engine.home.name)
        state = self.dump(again, "pings")
        self.assertEqual((state["phase"], state["packets"]), ("finished", 80))
        self.assertIn("the engine ended while it ran", state["reason"])
        self.assertEqual(self.whole(again, "pings"), 80)
        again.gatelog("dump", "start", "pings", "any", "--replace")
        again.gatelog("dump", "stop", "pings")

    def test_a_daemon_that_is_told_to_end_makes_its_dumps_whole(self):
        engine = self.start()
        self.dumping(engine, "pings", "proto = icmp & addr = 10.77.1.2")
        self.ping(10)
        time.sleep(0.6)
        self.assertEqual(engine.stop(), 0)
        again = self.start(home=engine.home.name)
        state = self.dump(again, "pings")
        self.assertEqual((state["phase"], state["packets"]), ("finished", 40))
        self.assertEqual(self.whole(again, "pings"), 40)

    def test_a_full_disk_suspends_a_dump_and_room_resumes_it(self):
        disk = pathlib.Path(self.folder) / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", disk])
        engine = self.start(folder=disk)
        self.dumping(engine, "big", "proto = icmp")
        with open(disk / "ballast", "wb") as ballast:
            try:
                while True:
                    ballast.write(bytes(65_536))
                    ballast.flush()
            except OSError:
                pass
        self.ping(50, 1_200)
        engine.wait_for(lambda: self.dump(engine, "big")["phase"] == "suspended")
        state = self.dump(engine, "big")
        self.assertIn("disk is full", state["reason"])
        self.ping(50, 1_200)
        (disk / "ballast").unlink()
        engine.wait_for(lambda: self.dump(engine, "big")["phase"] == "running")
        self.ping(10)
        # What the kernel gathers for the worker comes within a fraction of a second.
        time.sleep(0.6)
        engine.gatelog("dump", "stop", "big")
        state = self.dump(engine, "big")
        self.assertGreater(state["lost"], 0)
        self.assertEqual(state["packets"] + state["lost"], 110 * 4)
        self.assertEqual(self.whole(engine, "big"), state["packets"])


if __name__ == "__main__":
    unittest.main()
