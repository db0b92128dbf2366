#!/usr/bin/env python3
"""boot.py STICK LIVE ROUNDS: power-on to first screen of the stick, and of a plain Debian live to its login, in turn.

STICK is what scripts/build-stick made, LIVE what scripts/bench made: the same machine, the same USB 3 port, the same amount
of memory; the same emulated processor where both start on it (a 32-bit one is for the stick alone). Prints a table in
Markdown: medians of wall seconds, of QEMU's processor seconds, which other work on the host stretches less, and how many
times faster the stick is than the live system on the same firmware.
"""

import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "vm"))
import machine  # noqa: E402  pylint: disable=wrong-import-position
from machine import Machine  # noqa: E402  pylint: disable=wrong-import-position

STICK_SCREEN = r"relance: screen \S+ t=\d+ mem_available_kib=(\d+)"
LIVE_LOGIN = r"\blogin: "
LIVE_MEMORY = r"MemAvailable: +(\d+) kB"
TIMEOUT_S = 1200

# What starts, on which firmware and processor; what it is compared with.
PATHS = [
    ("Debian live, BIOS, 64 bits", "live", "bios", "max", None),
    ("Debian live, Secure Boot", "live", "secure", "max", None),
    ("Relance, BIOS, Pentium II", "stick", "bios", "pentium2", "Debian live, BIOS, 64 bits"),
    ("Relance, BIOS, 64 bits", "stick", "bios", "max", "Debian live, BIOS, 64 bits"),
    ("Relance, Secure Boot", "stick", "secure", "max", "Debian live, Secure Boot"),
]
MEMORY_MIB = 512  # The live system does not start with 384.


def measure(image, kind, firmware, cpu):
    with Machine(image, firmware, cpu, MEMORY_MIB) as pc:
        there = pc.wait_for(STICK_SCREEN if kind == "stick" else LIVE_LOGIN, TIMEOUT_S)
        wall, own = pc.seconds(), pc.cpu_seconds()
        memory = there if kind == "stick" else pc.wait_for(LIVE_MEMORY, TIMEOUT_S)
        return wall, own, int(memory.group(1)) / 1024


def main(stick, live, rounds):
    figures = {path[0]: [] for path in PATHS}
    with tempfile.TemporaryDirectory(prefix="relance-boot-", dir=pathlib.Path(stick).resolve().parent) as folder:
        images = {"stick": machine.copy_for_emulator(stick, pathlib.Path(folder) / "stick.img"), "live": live}
        for number in range(int(rounds)):
            for name, kind, firmware, cpu, _ in PATHS:
                figures[name].append(measure(images[kind], kind, firmware, cpu))
                print(f"round {number + 1}: {name}: {figures[name][-1][0]:.1f} s", file=sys.stderr, flush=True)
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in figures.items()}
    print("| power-on to first screen, or to login | wall s | times faster | QEMU processor s | times fewer | MemAvailable of "
          f"{MEMORY_MIB} MiB |\n|---|---|---|---|---|---|")
    for name, _, _, _, other in PATHS:
        wall, own, memory = medians[name]
        faster = f"{medians[other][0] / wall:.1f}" if other else "1"
        fewer = f"{medians[other][1] / own:.1f}" if other else "1"
        print(f"| {name} | {wall:.1f} | {faster} | {own:.1f} | {fewer} | {memory:.0f} MiB |")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
