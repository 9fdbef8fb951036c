"""The ipl devices on a kernel that has CUSE: Debian's own, in a machine of its own, read by a program in C."""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import support

PATIENCE = 100
"""Seconds that the guest may take on a machine that has much else to do; alone it takes eight."""


def trial():
    return pathlib.Path(support.program()).with_name("IPLDeviceTrial")


def kernel():
    """The folder with the guest's kernel and modules; skips the test where there is none to be had."""
    for program in ("qemu-system-x86_64", "busybox", "gcc"):
        if shutil.which(program) is None:
            raise unittest.SkipTest(f"{program} is not installed (run `make test` once: it installs the peers)")
    if os.uname().machine != "x86_64":
        raise unittest.SkipTest("the guest is an x86-64 machine")
    done = subprocess.run([support.ROOT / "scripts" / "guest-kernel"], capture_output=True, text=True, timeout=400)
    if done.returncode == 3:
        raise unittest.SkipTest(done.stderr.strip())
    if done.returncode != 0:
        raise AssertionError(f"guest-kernel: {done.stderr}")
    return pathlib.Path(done.stdout.strip())


INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs none /dev
mount -t proc none /proc
insmod /fuse.ko && insmod /cuse.ko
mkfifo /commands
/trial </commands >/said 2>&1 &
exec 3>/commands
/reader
echo "trial said:"
cat /said
poweroff -f
"""


class DeviceTests(support.Case):
    def image(self, kernel):
        """An initramfs with the devices' program and its libraries, the reader, and a shell."""
        root = self.folder / "root"
        for folder in ("bin", "dev", "proc", "run"):
            (root / folder).mkdir(parents=True)
        busybox = shutil.which("busybox")
        shutil.copy(busybox, root / "bin" / "busybox")
        for module in ("fuse.ko", "cuse.ko"):
            shutil.copy(kernel / module, root / module)
        (root / "init").write_text(INIT)
        (root / "init").chmod(0o755)
        self.peer("gcc", "-O1", "-Wall", "-Werror", "-static", "-o", root / "reader",
                  support.ROOT / "Integration" / "guest" / "reader.c")
        shutil.copy(trial(), root / "trial")
        libraries, _ = self.peer("ldd", trial())
        for path in set(re.findall(r"(/\S+) \(0x", libraries)):
            target = root / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
        archive = self.folder / "initrd"
        with archive.open("wb") as out:
            subprocess.run([busybox, "cpio", "-o", "-H", "newc"], cwd=root, input=names.encode(), stdout=out,
                           stderr=subprocess.DEVNULL, check=True, timeout=60)
        return archive

    def test_the_devices_mean_what_ipl_4_says(self):
        folder = kernel()
        done = subprocess.run(
            ["timeout", "-k", "5", str(PATIENCE), "qemu-system-x86_64", "-machine", "pc,accel=tcg", "-cpu", "max",
             "-m", "512", "-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio",
             "-kernel", folder / "vmlinuz", "-initrd", self.image(folder),
             "-append", "console=ttyS0 quiet panic=-1"],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE + 20)
        said = done.stdout.decode("utf-8", "replace").replace("\r", "")
        self.assertIn("done\n", said, f"the guest did not come to its end:\n{said[-4000:]}")
        self.assertNotIn("FAIL", said, said)
        self.assertEqual(len(re.findall(r"^ok ", said, re.MULTILINE)), 34, said)
        books = re.findall(
            r"counts (\S+) written (\d+) read (\d+) merged (\d+) dropped (\d+) flushed (\d+) waiting (\d+)", said)
        self.assertEqual([unit[0] for unit in books], ["/dev/ipl", "/dev/ipnat", "/dev/ipstate"], said)
        for unit in books:
            written, read, merged, dropped, flushed, waiting = map(int, unit[1:])
            self.assertEqual(written, read + merged + dropped + flushed, unit)
            self.assertEqual(waiting, 0, unit)


if __name__ == "__main__":
    unittest.main()
