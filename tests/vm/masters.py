#!/usr/bin/env python3
"""masters.py MASTER PROGRAM [--boots three|six|every] [--desktop] [--out FOLDER] [--only NAME…]: what becomes of a captured master on other PCs.

MASTER is a disk of scripts/build-master (debian-small), PROGRAM the host's relance: it captures the master and deploys it to files
of 12, 30 and 250 GB, and to a drive with blocks of 4096 bytes. Each must be whole to sgdisk, e2fsck and debsums, filled by its root, and started to its login: by IDE, AHCI
or NVMe under BIOS, UEFI or Secure Boot; each of these once (three), in pairs (six, unless told otherwise), or all with all (every;
Secure Boot has no IDE in QEMU). Then the GRUB packages are reinstalled in a deployed PC, under BIOS and under UEFI, after all its boot
code was taken away: it must come to its login again. And a root of more than 4 GiB, captured as onto FAT, in volumes, must be
restored by Clonezilla's own tools.
Needs root: debsums wants the file system mounted. --out keeps pictures of the screens. --desktop: the master is one of a desktop's
recipes, which says nothing on a serial port: it has come as far as it must when the owner's first start fills the screen.

Exit codes: 0 all as it must be, 1 not.
"""

import concurrent.futures
import contextlib
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import machine
import trials
from machine import Failed, Machine, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
NUMBER, LOGIN = "DEF-04217-8", "04217.* login:"
BOOT_S, DESKTOP_S, REINSTALL_S = 900, 2400, 1800
MIB = 1 << 20
LINUX, ESP = "0FC63DAF-8483-4772-8E79-3D69D8477DE4", "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
SIZES, BUSES, FIRMWARES = ("12G", "30G", "250G"), ("ide", "ahci", "nvme"), ("bios", "uefi", "secure")
BOOTS = {
    "three": [("12G", "ide", "bios"), ("30G", "ahci", "uefi"), ("250G", "nvme", "secure")],
    # Each size, bus and firmware twice, never the same two together.
    "six": [("12G", "ide", "bios"), ("12G", "nvme", "secure"), ("30G", "ahci", "uefi"), ("30G", "nvme", "bios"),
            ("250G", "ahci", "secure"), ("250G", "ide", "uefi")],
    "every": [boot for boot in itertools.product(SIZES, BUSES, FIRMWARES) if boot[1:] != ("ide", "secure")],
}


class Workshop:
    """Keys, a stick's folder, and the master captured as the manager does it."""

    def __init__(self, master, program, folder):
        self.master, self.program, self.folder = master, program, folder
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text("cheval pile agrafe\n")
        self.call("key", "workshop", folder / "atelier")
        self.call("key", "stick", folder / "cle", "--workshop", folder / "atelier", "--name", "07")

    def call(self, *words):
        run(self.program, *words, "--passphrase-file", self.passphrase)

    def program_says(self, code, *words):
        done = subprocess.run([self.program, *words], capture_output=True, check=False)
        if done.returncode != code:
            raise Failed(f"relance {words[0]} ends with {done.returncode} instead of {code}: {done.stderr.decode()}")

    def image(self, name, *options):
        """The captured master; the first who asks waits for it."""
        image = self.folder / name
        if not image.exists():
            self.call("capture", self.master, image, "--key", self.folder / "atelier", *options)
        return image

    def deploy(self, image, disk, size):
        run("truncate", "--size", size, disk)
        return self.deploy_to_drive(image, disk)

    def deploy_to_drive(self, image, drive):
        started = time.monotonic()
        self.call("deploy", image, drive, "--confirm", drive.name, "--not-erased", "--number", NUMBER, "--stick", self.folder / "cle")
        return round(time.monotonic() - started)


# ---- What others say of a deployed disk --------------------------------------------------------------------------------

def partitions(disk):
    return json.loads(run("sfdisk", "--json", disk))["partitiontable"]["partitions"]


def partition(disk, kind):
    return next(part for part in partitions(disk) if part["type"] == kind)


def inside(disk, kind):
    """That partition, as e2fsprogs name it."""
    return f"{disk}?offset={partition(disk, kind)['start'] * 512}"


def check_table(disk):
    done = subprocess.run(["sgdisk", "--verify", disk], capture_output=True, check=False)
    words = (done.stdout + done.stderr).decode()
    # It says "No problems found" even when it had to take the backup table.
    if "No problems found" not in words or re.search(r"error|warning|caution|invalid|problem:", words, re.IGNORECASE):
        raise Failed(f"sgdisk: {words}")


def check_root(disk):
    done = subprocess.run(["e2fsck", "-f", "-n", inside(disk, LINUX)], capture_output=True, check=False)
    if done.returncode != 0:
        raise Failed(f"e2fsck: {done.stdout.decode()}{done.stderr.decode()}")


def check_grown(disk):
    """The partitions leave no gap on the disk, and the root none in its partition. Its size in GiB."""
    end = 34
    for part in sorted(partitions(disk), key=lambda part: part["start"]):
        if part["start"] - end > 2 * MIB // 512:
            raise Failed(f"nothing lies between {end} and {part['start']}")
        end = part["start"] + part["size"]
    if disk.stat().st_size // 512 - end > 2 * MIB // 512:
        raise Failed(f"nothing lies behind {end}")
    return check_fills(inside(disk, LINUX), partition(disk, LINUX)["size"] * 512)


def check_fills(root, room):
    """An ext4 as large as its partition. Its size in GiB."""
    facts = run("dumpe2fs", "-h", root).decode()
    size = int(re.search(r"Block count: +(\d+)", facts)[1]) * int(re.search(r"Block size: +(\d+)", facts)[1])
    if room - size > MIB:
        raise Failed(f"the root has {size} bytes of a partition of {room}")
    return round(size / (1 << 30), 1)


@contextlib.contextmanager
def mounted(disk, folder):
    root = partition(disk, LINUX)
    place = folder / "mounted"
    place.mkdir(exist_ok=True)
    bounds = ["--offset", root["start"] * 512, "--sizelimit", root["size"] * 512]
    loop = run("losetup", "--find", "--show", "--read-only", *bounds, disk).decode().strip()
    try:
        run("mount", "--options", "ro,noload", loop, place)
        try:
            yield place
        finally:
            run("umount", place)
    finally:
        run("losetup", "--detach", loop)


def check_files(disk, folder):
    """Every installed file is what its package brought."""
    with mounted(disk, folder) as root:
        done = subprocess.run(["debsums", "--silent", f"--root={root}"], capture_output=True, check=False)
    if done.returncode != 0 or done.stdout or done.stderr:
        raise Failed(f"debsums: {(done.stdout + done.stderr).decode()}")


def flip(disk, place):
    with open(disk, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0] ^ 0x20
        file.seek(place)
        file.write(bytes([byte]))


def must_refuse(check, *arguments):
    try:
        check(*arguments)
    except Failed:
        return
    raise Failed(f"{check.__name__} sees nothing wrong with a disk that was altered")


def check_checks(disk, folder):
    """The twins: on a copy that something is wrong with, each of them must say so."""
    twin = folder / "twin.img"
    run("cp", "--sparse=always", disk, twin)
    root = partition(twin, LINUX)["start"] * 512
    flip(twin, 512 + 0x38)  # In the GPT header: the disk's GUID.
    must_refuse(check_table, twin)
    flip(twin, 512 + 0x38)
    flip(twin, root + 4096 + 8)  # Where the first group's inode table lies.
    must_refuse(check_root, twin)
    flip(twin, root + 4096 + 8)
    run("debugfs", "-w", "-R", "rm /usr/bin/env", inside(twin, LINUX))
    must_refuse(check_files, twin, folder)
    run("truncate", "--size", "+1G", twin)
    must_refuse(check_grown, twin)
    twin.unlink()


# ---- Boots -------------------------------------------------------------------------------------------------------------

def boot(disk, bus, firmware, picture):
    """The seconds to its login."""
    said = run(ROOT / "scripts/boot-check", disk, "--disk", bus, "--firmware", firmware, "--expect", LOGIN, "--timeout", BOOT_S,
               *(["--png", picture] if picture else [])).decode()
    return int(re.search(r"after (\d+) s", said)[1])


FIRST_START_GROUND = bytes.fromhex("2d3e50")  # parts/first-start fills the screen with it, behind the questions.
DESKTOP_DISKS = {"ide": ["-device", "ide-hd,drive=d,bus=ide.0,bootindex=0"],
                 "ahci": ["-device", "ich9-ahci,id=a", "-device", "ide-hd,drive=d,bus=a.0,bootindex=0"],
                 "nvme": ["-device", "nvme,serial=RELANCE,drive=d,bootindex=0"]}


def share_of_ground(pc):
    """How much of the screen shows the ground of the owner's first start."""
    file = pc.folder / "screen.ppm"
    pc.qmp("screendump", filename=str(file))
    width, height = (int(word) for word in file.read_bytes().split(maxsplit=3)[1:3])
    pixels = file.read_bytes()[-width * height * 3:]
    return sum(pixels[at:at + 3] == FIRST_START_GROUND for at in range(0, len(pixels), 3)) / (width * height)


def boot_desktop(disk, bus, firmware, picture):
    """The seconds until the questions of the owner's first start stand on their ground, at two looks in a row."""
    drive = ["-drive", f"if=none,id=d,format=raw,snapshot=on,file={disk}", *DESKTOP_DISKS[bus]]
    with Machine(disk, firmware, memory=2048, stick_options=drive) as pc:
        looks = 0
        while looks < 2:
            if pc.seconds() > DESKTOP_S or pc.process.poll() is not None or pc.said_hopeless():
                if picture and pc.process.poll() is None:
                    pc.picture(picture)
                raise Failed(f"{bus}, {firmware}: no first start within {pc.seconds():.0f} s")
            time.sleep(10)
            looks = looks + 1 if 0.05 < share_of_ground(pc) < 0.8 else 0
        seconds = round(pc.seconds())
        if picture:
            pc.picture(picture)
        return seconds


def boot_all(disk, boots, picture_of, boot_one):
    """The seconds of each bus and firmware. At once, as many as there are processors: an emulated PC keeps one of them busy."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        begun = {way: pool.submit(boot_one, disk, *way, picture_of(*way)) for way in boots}
    return {f"{bus}-{firmware}_s": seconds.result() for (bus, firmware), seconds in begun.items()}


def on_a_disk(workshop, size, boots, boot_one, out, folder):
    disk = folder / f"disk-{size}.img"
    facts = {"deployed_s": workshop.deploy(workshop.image("generalised", "--generalise"), disk, size)}
    check_table(disk)
    check_root(disk)
    facts["root_gib"] = check_grown(disk)
    check_files(disk, folder)
    if size == SIZES[0]:
        check_checks(disk, folder)
    return facts | boot_all(disk, boots, lambda bus, firmware: out and out / f"{size}-{bus}-{firmware}.png", boot_one)


@contextlib.contextmanager
def loop_of_4096(disk):
    loop = run("losetup", "--find", "--show", "--sector-size", "4096", disk).decode().strip()
    try:
        yield pathlib.Path(loop)
    finally:
        run("losetup", "--detach", loop)


def on_4096(workshop, out, folder):
    """A drive whose blocks are larger than the master's: each firmware that can start it does. A BIOS cannot."""
    disk = folder / "disk-4096.img"
    run("truncate", "--size", SIZES[0], disk)
    with loop_of_4096(disk) as drive:
        facts = {"deployed_s": workshop.deploy_to_drive(workshop.image("generalised", "--generalise"), drive)}
        check_table(drive)
        table = json.loads(run("sfdisk", "--json", drive))["partitiontable"]
        if table["sectorsize"] != 4096:
            raise Failed(f"a table of {table['sectorsize']} bytes")
        for part in table["partitions"]:
            bounds = ["--offset", part["start"] * 4096, "--sizelimit", part["size"] * 4096]
            fsck = {LINUX: ["e2fsck", "-f", "-n"], ESP: ["fsck.fat", "-n"]}.get(part["type"])
            if not fsck:
                continue
            inner = run("losetup", "--find", "--show", "--read-only", "--sector-size", "4096", *bounds, disk).decode().strip()
            try:
                run(*fsck, inner)
                if part["type"] == LINUX:
                    facts["root_gib"] = check_fills(inner, part["size"] * 4096)
            finally:
                run("losetup", "--detach", inner)
    ways = [("nvme-4kn", "uefi"), ("nvme-4kn", "secure")]
    return facts | boot_all(disk, ways, lambda _, firmware: out and out / f"4kn-{firmware}.png", boot)


# ---- GRUB, reinstalled -------------------------------------------------------------------------------------------------

GRUB = ["grub-pc", "grub-pc-bin", "grub-common", "grub2-common", "grub-efi-amd64-bin", "grub-efi-amd64-signed", "shim-signed",
        "shim-signed-common", "shim-helpers-amd64-signed", "shim-unsigned"]
# Lies on the repository's disk. What it says is told apart from its own echo by the first word.
GUEST = f"""#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
# Boot code of both firmwares goes, so that what starts the PC afterwards was put there by the packages. refresh-efi acts when
# packages bring other files than the last time, as an upgrade's do.
wreck() {{
  dd if=/dev/zero of=/dev/sda bs=440 count=1 conv=notrunc
  dd if=/dev/zero of=/dev/sda1 bs=1M count=1 conv=notrunc
  rm -r /boot/efi/EFI /boot/grub/i386-pc /boot/grub/x86_64-efi/core.efi
  mkdir -p /boot/grub/i386-pc
  : >/boot/grub/i386-pc/core.img
  : >/boot/grub/x86_64-efi/core.efi
  echo older >/var/lib/relance/efi-sums
  sync
}}
reinstall() {{
  echo 'deb [trusted=yes] file:/mnt ./' >/etc/apt/sources.list
  apt-get update && apt-get install --yes --reinstall {' '.join(GRUB)}
}}
case $1 in
  wreck) wreck && echo "guest: wrecked" ;;
  reinstall) reinstall && [ -z "$(dpkg --audit)" ] && sync && echo "guest: reinstalled" ;;
esac
echo "guest: end"
"""


def installed_versions(disk):
    status = run("debugfs", "-R", "cat /var/lib/dpkg/status", inside(disk, LINUX)).decode()
    return dict(re.findall(r"^Package: (\S+)\n(?:[A-Z].*\n|[ \t].*\n)*?Version: (\S+)$", status, re.MULTILINE))


def version_of(deb):
    return run("dpkg-deb", "--field", deb, "Version").decode().strip()


def repository(disk, debs, folder):
    """A disk with the packages of GRUB as they are installed, from those that build-master keeps."""
    place = folder / "repository"
    place.mkdir()
    index = ""
    versions = installed_versions(disk)
    for name in GRUB:
        deb = next((deb for deb in debs.glob(f"{name}_*.deb") if version_of(deb) == versions.get(name)), None)
        if not deb:
            raise Failed(f"{debs} has no {name} {versions.get(name)}")
        run("cp", deb, place)
        digest = run("sha256sum", deb).decode().split()[0]
        control = run("dpkg-deb", "--field", deb).decode().rstrip("\n")
        index += f"{control}\nFilename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n\n"
    (place / "Packages").write_text(index)
    (place / "guest").write_text(GUEST)
    run("mke2fs", "-q", "-t", "ext4", "-d", place, folder / "repository.img", "256M")
    return folder / "repository.img"


def start(disk, firmware, extra=()):
    drive = ["-drive", f"if=none,id=d,format=raw,file={disk}", "-device", "ide-hd,drive=d,bus=ide.0,serial=NEUF1,bootindex=0"]
    return Machine(disk, firmware, memory=768, talks=True, stick_options=drive, options=extra)


def log_in(pc):
    pc.wait_for(LOGIN, BOOT_S)
    time.sleep(3)  # agetty throws away what comes while it sets the line up.
    pc.say("root\n")
    pc.wait_for("Password:", 120)
    pc.say("relance\n")
    pc.wait_for(r"root@[^\n]*# ", 120)


def guest(pc, word, expected, timeout):
    pc.say(f"sh /mnt/guest {word}\n")
    if pc.wait_for(r"^guest: (\w+)", timeout).group(1) != expected:
        raise Failed(f"« {word} » in the guest: {pc.serial()[-2000:]}")
    pc.wait_for("^guest: end", 60)


def power_off(pc):
    pc.say("systemctl poweroff\n")
    pc.wait_off(300)


def check_does_not_start(disk, firmware, folder):
    """The twin: without its boot code the disk, copied as it lies there, must not start."""
    twin = folder / "twin.img"
    run("cp", "--sparse=always", disk, twin)
    done = subprocess.run([ROOT / "scripts/boot-check", twin, "--firmware", firmware, "--timeout", "180"], capture_output=True, check=False)
    twin.unlink()
    if done.returncode != 1:
        raise Failed(f"without boot code: {done.stdout.decode()}{done.stderr.decode()}")


def install_device(disk):
    answers = run("debugfs", "-R", "cat /var/cache/debconf/config.dat", inside(disk, LINUX)).decode()
    return re.search(r"^Name: grub-pc/install_devices\n(?:.+\n)*?Value: (.*)$", answers, re.MULTILINE)[1]


def grub_reinstalled(workshop, firmware, debs, out, folder):
    disk = folder / "disk.img"
    workshop.deploy(workshop.image("as-it-is"), disk, SIZES[0])  # Not generalised: root keeps its password.
    packages = repository(disk, debs, folder)
    extra = ["-drive", f"if=none,id=r,format=raw,readonly=on,file={packages}", "-device", "virtio-blk-pci,drive=r"]
    with start(disk, firmware, extra) as pc:
        log_in(pc)
        pc.say("mount -o ro /dev/vda /mnt\n")
        guest(pc, "wreck", "wrecked", 300)
        check_does_not_start(disk, firmware, folder)
        guest(pc, "reinstall", "reinstalled", REINSTALL_S)
        power_off(pc)
    with start(disk, firmware) as pc:
        log_in(pc)
        seconds = round(pc.seconds())
        if out:
            pc.picture(out / f"grub-{firmware}.png")
        power_off(pc)
    check_table(disk)
    check_root(disk)
    check_files(disk, folder)
    if not (device := install_device(disk)).endswith("NEUF1"):
        raise Failed(f"grub-pc/install_devices is « {device} »")
    return {"login_again_s": seconds, "root_gib": check_grown(disk), "install_devices": device}


# ---- An image in volumes -----------------------------------------------------------------------------------------------

VOLUME_BYTES, INCOMPRESSIBLE_BYTES = 4095 * MIB, 4400 * MIB
MSDOS_SUPER_MAGIC = 0x4D44
# What statfs(2) answers on FAT, for kernels that have none: the first eight bytes of what it fills in.
AS_ON_FAT = f"statfs:poke_exit=@arg2={MSDOS_SUPER_MAGIC.to_bytes(8, 'little').hex()}"


def incompressible_master(folder):
    """A disk whose root holds more than 4 GiB that no compressor makes smaller. The file in it, too."""
    place, disk = folder / "root", folder / "large.img"
    place.mkdir()
    run("sh", "-c", f"openssl enc -aes-128-ctr -K 0 -iv 0 -in /dev/zero 2>/dev/null | head -c {INCOMPRESSIBLE_BYTES} >{place}/large")
    run("truncate", "--size", "6G", disk)
    run("sgdisk", "--new=1:2048:0", "--typecode=1:8300", disk)
    run("mke2fs", "-q", "-t", "ext4", "-d", place, "-E", f"offset={MIB}", disk, str((6 * 1024 - 2) * 1024))
    return disk, place / "large"


def restore_as_clonezilla(volumes, target):
    """As its ocs-restore does: all volumes one after the other, whatever their size."""
    loop = run("losetup", "--find", "--show", target).decode().strip()
    try:
        names = " ".join(str(volume) for volume in volumes)
        run("bash", "-c", f"set -o pipefail; cat {names} | zstd -dc | partclone.restore -s - -o {loop} -L /dev/null")
    finally:
        run("losetup", "--detach", loop)


def split_restored(workshop, folder):
    disk, large = incompressible_master(folder)
    image = folder / "volumes"
    run("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=statfs", "-e", "inject=" + AS_ON_FAT, "-o", folder / "strace.log",
        workshop.program, "capture", disk, image, "--key", workshop.folder / "atelier", "--passphrase-file", workshop.passphrase)
    volumes = sorted(image.glob("*-ptcl-img.zst.a?"))
    sizes = [volume.stat().st_size for volume in volumes]
    if len(sizes) < 2 or max(sizes) > VOLUME_BYTES or sum(sizes) < 1 << 32:
        raise Failed(f"volumes of {sizes} bytes")
    workshop.program_says(0, "image", "check", image, "--root", workshop.folder / "atelier/racine.pem")
    disk.unlink()
    target = folder / "restored.img"
    run("truncate", "--size", (6 * 1024 - 2) * MIB, target)
    restore_as_clonezilla(volumes, target)
    run("e2fsck", "-f", "-n", target)
    run("debugfs", "-R", f"dump /large {folder}/dumped", target)
    run("cmp", large, folder / "dumped")
    must_refuse(restore_as_clonezilla, volumes[:1], target)
    volumes[1].unlink()
    workshop.program_says(4, "image", "check", image, "--root", workshop.folder / "atelier/racine.pem")
    return {"volumes": sizes}


def main():
    parser = trials.arguments(__doc__, "master")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--boots", choices=BOOTS, default="six")
    parser.add_argument("--desktop", action="store_true")
    parser.add_argument("--debs", type=pathlib.Path, default=pathlib.Path.home() / ".cache/relance/debs/debian-small",
                        help="the packages that the master was made of (as build-master keeps them)")
    wanted = trials.parse(parser)
    with trials.folder_beside(wanted.stick) as shared:
        workshop = Workshop(wanted.stick, wanted.program.resolve(), shared)
        tried = {}
        for size in SIZES:
            boots = [boot[1:] for boot in BOOTS[wanted.boots] if boot[0] == size]
            tried[size] = lambda folder, size=size, boots=boots: on_a_disk(
                workshop, size, boots, boot_desktop if wanted.desktop else boot, wanted.out, folder)
        tried["4kn"] = lambda folder: on_4096(workshop, wanted.out, folder)
        for firmware in ("bios", "uefi"):
            tried[f"grub-{firmware}"] = lambda folder, firmware=firmware: grub_reinstalled(
                workshop, firmware, wanted.debs, wanted.out, folder)
        tried["split"] = lambda folder: split_restored(workshop, folder)
        return trials.run(wanted, tried)


if __name__ == "__main__":
    sys.exit(main())
