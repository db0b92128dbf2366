"""A PC in QEMU that runs one script: Debian's own kernel, an initramfs of busybox, chosen modules of that kernel and chosen
programs of this machine with their libraries. What the script leaves in /results comes back as files.

Emulated CPU (TCG), so that a trial means the same on every host.
"""

import io
import lzma
import os
import pathlib
import re
import shutil
import subprocess
import tarfile

from machine import Failed

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUSYBOX = pathlib.Path("/usr/bin/busybox")  # Debian's busybox-static.
RESULTS_BYTES = 16 << 20
INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp /run /results /usr/bin /usr/sbin /sbin
/bin/busybox --install -s
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
export PATH=/own:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8
for module in $(cat /modules.order); do insmod "/modules/$module" || echo "guest: no $module"; done
sleep 2 # Drives come a moment after their drivers.
sh /script >/results/log 2>&1 </dev/null
echo "exit $?" >>/results/log
dmesg >/results/dmesg
for disk in /sys/block/vd*; do
  [ "$(cat "$disk/serial")" = results ] && tar -C /results -cf "/dev/${disk##*/}" .
done
sync
echo "guest: done"
poweroff -f
"""


def kernel_tree(folder):
    """Debian's kernel for 64 bits, the one on the stick, unpacked: its vmlinuz and its modules."""
    package = next(line for line in (ROOT / "image-build/stick/packages-amd64.list").read_text().splitlines()
                   if line.startswith("linux-image-"))
    script = (f"source {ROOT}/scripts/lib.sh && source {ROOT}/scripts/lib-disk.sh && source {ROOT}/scripts/lib-packages.sh && "
              f"echo '{package}' >{folder}/kernel.list && fetch_packages amd64 {folder}/kernel.list && "
              f"unpack_packages {folder}/kernel.list {folder}/kernel")
    subprocess.run(["bash", "-c", script], check=True)
    tree = folder / "kernel"
    release = next((tree / "lib/modules").iterdir()).name
    subprocess.run(["depmod", "-b", tree, release], check=True)
    return tree, release


def modules_with_needs(tree, release, names):
    """Paths of the modules, each after those that it needs."""
    paths = []
    for name in names:
        shown = subprocess.run(["modprobe", "-d", tree, "-S", release, "--show-depends", name], check=True, text=True,
                               capture_output=True).stdout
        for line in shown.splitlines():
            words = line.split()
            if words[0] == "insmod" and words[1] not in paths:
                paths.append(words[1])
    return [pathlib.Path(path) for path in paths]


def libraries_of(program):
    shown = subprocess.run(["ldd", program], text=True, capture_output=True).stdout  # Fails on a static program.
    return [pathlib.Path(path) for path in re.findall(r"(/\S+) \(0x", shown)]


class Guest:
    """Made once for several trials; each has its script, its files and its drives."""

    def __init__(self, folder, programs, modules):
        self.folder, self.programs = folder, [pathlib.Path(program) for program in programs]
        self.tree, release = kernel_tree(folder)
        self.kernel = next((self.tree / "boot").glob("vmlinuz-*"))
        self.base = folder / "base"
        self.fill_base(modules_with_needs(self.tree, release, ["virtio_pci", "virtio_blk", *modules]))

    def fill_base(self, modules):
        for name in ("bin", "own", "modules"):
            (self.base / name).mkdir(parents=True)
        shutil.copy(BUSYBOX, self.base / "bin/busybox")
        for module in modules:
            plain = module.name.removesuffix(".xz")
            bytes_ = module.read_bytes()
            (self.base / "modules" / plain).write_bytes(lzma.decompress(bytes_) if module.suffix == ".xz" else bytes_)
        (self.base / "modules.order").write_text("".join(module.name.removesuffix(".xz") + "\n" for module in modules))
        for program in self.programs:
            # Without what a debugger wants: the whole system lies in the guest's memory.
            subprocess.run(["strip", "-o", self.base / "own" / program.name, program], check=True)
            for library in libraries_of(program):
                kept = self.base / library.relative_to("/")
                kept.parent.mkdir(parents=True, exist_ok=True)
                if not kept.exists():
                    shutil.copy(library, kept)
        (self.base / "init").write_text(INIT)
        (self.base / "init").chmod(0o755)

    def initramfs(self, folder, script, files):
        tree = folder / "tree"
        shutil.copytree(self.base, tree, symlinks=True)
        for name, source in files.items():
            target = tree / name.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            if pathlib.Path(source).is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)
        (tree / "script").write_text(script)
        archive = folder / "initramfs"
        with open(archive, "wb") as out:
            listed = subprocess.run(["find", ".", "-print0"], cwd=tree, check=True, capture_output=True).stdout
            subprocess.run(["cpio", "--quiet", "--null", "-o", "-H", "newc"], cwd=tree, check=True, input=listed, stdout=out)
        shutil.rmtree(tree)
        return archive

    def run(self, folder, script, options, files=None, memory=512, timeout=600, kernel_options=""):
        """The files of /results by name. Failed: the guest did not come to its end."""
        archive = self.initramfs(folder, script, files or {})
        results = folder / "results.img"
        with open(results, "wb") as file:
            os.truncate(file.fileno(), RESULTS_BYTES)
        serial = folder / "serial.log"
        command = ["nice", "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-machine", "q35", "-cpu", "max", "-smp", "2",
                   "-m", str(memory), "-nodefaults", "-display", "none", "-no-reboot", "-serial", f"file:{serial}",
                   "-kernel", str(self.kernel), "-initrd", str(archive), "-append",
                   f"console=ttyS0 quiet panic=-1 no_timer_check {kernel_options}",
                   "-drive", f"if=none,id=results,format=raw,file={results}",
                   "-device", "virtio-blk-pci,drive=results,serial=results", *[str(option) for option in options]]
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, check=True, timeout=timeout, capture_output=True)
        except subprocess.TimeoutExpired as late:
            raise Failed(f"the guest did not end within {timeout} s: {tail(serial)}") from late
        except subprocess.CalledProcessError as wrong:
            raise Failed(f"QEMU: {wrong.stderr.decode(errors='replace')}") from wrong
        if "guest: done" not in serial.read_text(errors="replace"):
            raise Failed(f"the guest went off before its end: {tail(serial)}")
        archive.unlink()
        with tarfile.open(fileobj=io.BytesIO(results.read_bytes())) as tar:
            return {member.name.removeprefix("./"): tar.extractfile(member).read() for member in tar if member.isfile()}


def tail(path):
    return path.read_text(errors="replace")[-800:] if path.exists() else ""
