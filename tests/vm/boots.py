#!/usr/bin/env python3
"""boots.py STICK [--iso ISO] [--out FOLDER] [--only NAME…]: starts the stick on ten kinds of PC, and shows that each check can fail.

Each path must reach the program's first screen: the serial port says so, and the picture of the screen, read letter by
letter, must say it in French with its accents. Then the twins, where the same check must not pass: a loader or kernel that
somebody altered under Secure Boot, a boot sector without its mark, a program with one SSE instruction on a Pentium II, a
stick whose marker is another's, two sticks with one identity. With --iso also the CD: it takes the stick that is there, and
starts no program where there is none.

--out FOLDER keeps a picture and a line of JSON of each path. Exit codes: 0 all as it must be, 1 not.
"""

import pathlib
import re
import subprocess
import sys
import time

import machine
import trials
from machine import Failed, Machine

FIRST_SCREEN = r"relance: screen (\S+) t=(\d+) mem_available_kib=(\d+)"
FRENCH = r"Relance[\s\S]*À VOUS[\s\S]*phrase secrète de la clé"  # What the first screen of a stick with a key asks.
SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
SLOW = 900  # Seconds for one boot: an emulated PC on a host that does other work.

# Name, firmware, CPU, MiB, the kernel that GRUB must choose, and how the stick hangs on it.
PATHS = [
    ("bios-pentium2", "bios", "pentium2", 64, "686", {}),
    ("bios-pentium3", "bios", "pentium3", 256, "686", {}),
    ("bios-athlon", "bios", "athlon", 256, "686", {}),
    ("bios-64", "bios", "max", 256, "amd64", {}),
    ("bios-64-128-mib", "bios", "max", 128, "amd64", {}),
    ("bios-64-without-long-mode", "bios", "max,-lm", 256, "686", {}),
    ("uefi-x64", "uefi", "max", 512, "amd64", {}),
    ("uefi-ia32-64-bit-cpu", "uefi32", "max", 512, "amd64", {}),
    ("uefi-ia32-32-bit-cpu", "uefi32", "max,-lm", 512, "686", {}),
    ("secure-boot-x64", "secure", "max", 512, "amd64", {}),
    ("secure-boot-ia32", "secure32", "max", 512, "amd64", {}),
    ("bios-uhci", "bios", "pentium3", 256, "686", {"usb": "piix3-usb-uhci"}),
    ("bios-ehci", "bios", "max", 256, "amd64", {"usb": "usb-ehci"}),
]


def reach_first_screen(stick, font, out, path):
    name, firmware, cpu, memory, kernel, options = path
    with Machine(stick, firmware, cpu, memory, **options) as pc:
        started = pc.wait_for(r"relance: started (\S+), Linux (\S+), (.*)", SLOW)
        if not started.group(2).endswith(kernel):
            raise Failed(f"Linux {started.group(2)} instead of {kernel}")
        is_secure = "Secure boot enabled" in started.group(3)
        if is_secure != firmware.startswith("secure"):
            raise Failed(f"Secure Boot: {started.group(3)}")
        screen = pc.wait_for(FIRST_SCREEN, SLOW)
        facts = {"path": name, "linux": started.group(2), "secure_boot": is_secure, "screen": screen.group(1),
                 "wall_s": round(pc.seconds(), 1), "qemu_cpu_s": round(pc.cpu_seconds(), 1),
                 "mem_mib": memory, "mem_available_mib": int(screen.group(3)) // 1024}
        try:
            pc.wait_for_screen(font, FRENCH)
        finally:
            if out:
                pc.picture(out / f"{name}.png")
        return facts


def must_not_reach(stick, firmware, cpu, memory, instead, **options):
    """The twin: the machine must say `instead` (on the serial port or before), and never show the program."""
    with Machine(stick, firmware, cpu, memory, **options) as pc:
        try:
            said = pc.wait_for(instead + "|" + FIRST_SCREEN, SLOW).group(0)
        except Failed as failed:
            said = str(failed)
        if not re.search(instead, said):
            raise Failed(f"« {said} » instead of « {instead} »")
        return said.splitlines()[0]


def altered(stick, folder, path, place=None):
    """A copy of the stick with one byte of a boot file changed."""
    copy = folder / "altered.img"
    machine.run("cp", "--sparse=always", stick, copy)
    content = bytearray(machine.get_file(copy, path))
    content[len(content) // 2 if place is None else place] ^= 0x20
    machine.put_file(copy, path, bytes(content))
    return copy


def without_boot_mark(stick, folder):
    copy = folder / "altered.img"
    machine.run("cp", "--sparse=always", stick, copy)
    with copy.open("r+b") as file:
        file.seek(510)
        file.write(b"\x00")
    return copy


def with_sse_program(stick, folder):
    """The program of the 32-bit kernel is one that does nothing but one SSE instruction."""
    source, tree = folder / "sse.s", folder / "tree"
    (tree / "usr/sbin").mkdir(parents=True)
    source.write_text(".globl _start\n_start: pxor %xmm0, %xmm0\nmov $1, %eax\nxor %ebx, %ebx\nint $0x80\n")
    machine.run("gcc", "-m32", "-nostdlib", "-static", "-o", tree / "usr/sbin/relance", source)
    copy = folder / "altered.img"
    machine.run("cp", "--sparse=always", stick, copy)
    recipe = pathlib.Path(__file__).resolve().parents[2] / "image-build/stick"
    archive = machine.run("zstd", "-qc", input=machine.run("python3", recipe / "cpio.py", tree, "0"))
    machine.put_file(copy, "/boot/relance-686.img", archive)
    return copy


def with_foreign_marker(stick, folder):
    """The marker file names another stick, as on a data partition that somebody copied."""
    copy = folder / "altered.img"
    machine.run("cp", "--sparse=always", stick, copy)
    place = machine.data_first_sector(copy) * 512
    with copy.open("r+b") as file:
        file.seek(place)
        data = file.read()
        mark = re.search(rb"Relance [0-9a-f]{8}\r\n", data)
        file.seek(place + mark.start())
        file.write(b"Relance 00000000\r\n")
    return copy


def twins(stick):
    external = ["-drive", f"if=none,id=d,format=raw,snapshot=on,file={stick}", "-device", "usb-storage,bus=u.0,drive=d"]
    return {
        "secure-boot-altered-kernel": lambda folder: must_not_reach(
            altered(stick, folder, "/boot/vmlinuz-amd64"), "secure", "max", 512, "bad shim signature|Kernel panic"),
        "secure-boot-altered-grub": lambda folder: must_not_reach(
            altered(stick, folder, "/EFI/BOOT/grubx64.efi"), "secure", "max", 512, "Security Violation|Verification failed|no « "),
        "bios-without-boot-mark": lambda folder: must_not_reach(
            without_boot_mark(stick, folder), "bios", "max", 256, "not a bootable disk|No bootable device"),
        "pentium2-with-sse": lambda folder: must_not_reach(with_sse_program(stick, folder), "bios", "pentium2", 128, "relance: exit 132"),
        "foreign-marker": lambda folder: must_not_reach(with_foreign_marker(stick, folder), "bios", "max", 256, "relance: stick missing"),
        "two-sticks": lambda _: must_not_reach(stick, "bios", "max", 256, "relance: stick two", options=external),
    }


def probe(stick, seconds):
    """What scripts/lib-kvm.sh thinks of this PC, asked about the emulated CPU: does a guest start under it?"""
    ask = 'source "$1/lib.sh"; source "$1/lib-disk.sh"; source "$1/lib-kvm.sh"; boots_under tcg "$2" "$3"'
    return subprocess.run(["bash", "-c", ask, "-", SCRIPTS, stick, str(seconds)], check=False).returncode == 0


def probe_answers(stick, folder):
    """Yes for a kernel that starts; for one that stands still before it says anything: no, and in time."""
    if not probe(stick, SLOW):
        raise Failed("a kernel that starts is not noticed")
    started = time.monotonic()
    if probe(altered(stick, folder, "/boot/vmlinuz-amd64"), 10):
        raise Failed("a kernel that does not start is not noticed")
    if time.monotonic() - started > 30:
        raise Failed("the probe waits too long")
    return "yes and no"


def cd(iso, stick=None):
    """The CD drive that starts the PC, and perhaps a stick beside it."""
    options = ["-device", "qemu-xhci,id=u", "-drive", f"if=none,id=c,media=cdrom,readonly=on,file={iso}", "-device", "ide-cd,drive=c,bootindex=0"]
    if stick:
        options += ["-drive", f"if=none,id=s,format=raw,snapshot=on,file={stick}", "-device", "usb-storage,bus=u.0,drive=s,removable=on"]
    return {"stick_options": options}


def cd_paths(iso, stick, font, out):
    return {
        "cd-bios-32-bit": lambda _: reach_first_screen(
            stick, font, out, ("cd-bios-32-bit", "bios", "pentium3", 256, "686", cd(iso, stick))),
        "cd-secure-boot": lambda _: reach_first_screen(
            stick, font, out, ("cd-secure-boot", "secure", "max", 512, "amd64", cd(iso, stick))),
        "cd-without-stick": lambda _: must_not_reach(stick, "bios", "max", 256, "relance: stick missing", **cd(iso)),
    }


def main():
    parser = trials.arguments(__doc__)
    parser.add_argument("--iso", type=pathlib.Path)
    wanted = trials.parse(parser)
    with trials.folder_beside(wanted.stick) as shared:
        stick = machine.copy_for_emulator(wanted.stick, shared / "stick.img")
        font = machine.font_of(stick)
        boots = {path[0]: lambda _, path=path: reach_first_screen(stick, font, wanted.out, path) for path in PATHS}
        if wanted.iso:
            boots |= cd_paths(machine.iso_for_emulator(wanted.iso, shared / "cd.iso"), stick, font, wanted.out)
        boots["probe-of-kvm"] = lambda folder: probe_answers(stick, folder)
        return trials.run(wanted, boots | twins(stick))


if __name__ == "__main__":
    sys.exit(main())
