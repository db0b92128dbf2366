#!/usr/bin/env python3
"""armed_job.py STICK DISK --out FOLDER [--firmware bios|uefi|secure] [--memory MIB] [--accelerator tcg|kvm]:
the whole job of an armed stick, watched.

STICK was made by scripts/write-stick with a profile that has autopilot, numbers, passphrase and at_end = "poweroff"; DISK is
what the PC in QEMU has inside. Nobody presses a key. Each screen that opens leaves a picture in FOLDER, and the serial port
its text; what the stick keeps of the job is said as it comes. The stick and the disk are changed, as on a bench.

Exit codes: 0 the job was done and the PC went off by itself, 1 not.
"""

import argparse
import json
import pathlib
import sys

import machine
from machine import Failed, Machine

BOOT_S, JOB_S = 900, 3600
LINE = r"relance: screen (\S+) t=(\d+) mem_available_kib=(\d+)$|relance: (exit \d+|poweroff)$|(\{\"run\":.*\})$"


def told(pc, line, out, pictures):
    """Says what a line of the serial port means; true: the program has left."""
    screen, seconds, memory, end, event = line.groups()
    if screen:
        pictures.append(screen)
        picture = out / f"{len(pictures):02d}-{screen}.png"
        machine.time.sleep(1)  # The line comes when the screen opens; a moment later it is drawn.
        pc.picture(picture)
        print(f"  {seconds} s  {screen}, {int(memory) // 1024} MiB free  → {picture.name}", flush=True)
    elif event:
        print("        " + json.loads(event)["event"]["event"], flush=True)
    else:
        print(f"        {end}", flush=True)
    return end == "poweroff"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("stick", type=pathlib.Path)
    arguments.add_argument("disk", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    arguments.add_argument("--firmware", default="bios", choices=["bios", "uefi", "secure"])
    arguments.add_argument("--memory", type=int, default=512)
    arguments.add_argument("--accelerator", default="tcg", choices=["tcg", "kvm"])
    wanted = arguments.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    # A loaded host loses timer ticks, and Linux then refuses to start: an argument for this stick alone.
    menu = machine.get_file(wanted.stick, "/boot/stick.cfg").decode()
    machine.put_file(wanted.stick, "/boot/stick.cfg", menu.replace('set extra=""', 'set extra="no_timer_check"').encode())
    drive = ["-drive", f"if=none,id=d,format=raw,file={wanted.disk}"]
    bus = ["-device", "ide-hd,drive=d,bus=ide.0,serial=DONNE1"] if wanted.firmware == "bios" else ["-device", "nvme,drive=d,serial=DONNE1"]
    try:
        with Machine(wanted.stick, wanted.firmware, memory=wanted.memory, changes_stick=True, options=drive + bus,
                     accelerator=wanted.accelerator) as pc:
            pictures = []
            limit = BOOT_S
            try:
                while not told(pc, pc.wait_for(LINE, limit), wanted.out, pictures):
                    limit = JOB_S if pictures else BOOT_S
                    if pictures and pictures[-1] == "stop":
                        raise Failed("the program says STOP: see the picture")
                pc.wait_off()
            finally:
                (wanted.out / "serial.log").write_text(pc.serial())
        if "done" not in pictures:
            raise Failed(f"the screens were {', '.join(pictures)}")
    except Failed as wrong:
        print(f"FAILED  {wrong}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
