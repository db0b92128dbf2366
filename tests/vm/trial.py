#!/usr/bin/env python3
"""trial.py STICK PROGRAM --master MASTER [--out FOLDER] [--only bios uefi secure fat32] [--accelerator tcg|kvm]: a trial start, all round.

An armed stick erases a disk, installs MASTER (scripts/build-master's debian-small) and leaves its note; the PC starts from the
stick again, whose GRUB starts the new disk, once; the system there tries what the PC has and starts the PC again; the stick
collects what it wrote and makes the certificate of rank 2. Nobody presses a key. Each of the three starts is a QEMU of its own, as
it ends with each reboot; the PC's firmware keeps nothing between them.

Judged from outside: openssl, the names and hashes in both certificates, and debugfs and e2fsck on the disk. Exit codes: 0 all
round, 1 not.
"""

import hashlib
import json
import pathlib
import sys

import trials
from jobs import AUTOPILOT, BOOT_S, JOB_S, MIB, Bench, ide, nvme, show
from machine import Failed, Machine, run

PARTS = ["screen", "sound", "camera", "network", "wifi", "bluetooth", "disk"]


def certificates(bench, stick_files):
    """The first and the second, as they were read; openssl accepts both."""
    found = sorted((stick_files / "CERTIFICATS").rglob("*.json"))
    if len(found) != 2 or not found[1].name.endswith("_2.json"):
        raise Failed(f"certificates: {[path.name for path in found]}")
    for path in found:
        if not bench.openssl_accepts(path, path):
            raise Failed(f"openssl refuses {path.name}")
    return found


def check_certificates(first, second):
    one, two = json.loads(first.read_text()), json.loads(second.read_text())
    if one["trial"]["state"] != "awaited" or one["rank"] != 1:
        raise Failed(f"the first certificate says {one['trial']}")
    if two["rank"] != 2 or two["replaces"]["sha256"] != hashlib.sha256(first.read_bytes()).hexdigest():
        raise Failed(f"the second certificate does not name the first: {two['replaces']}")
    checks = {check["name"]: check["outcome"] for check in two["trial"]["checks"]}
    if two["trial"]["state"] != "done" or list(checks) != PARTS or {checks["disk"], checks["network"]} != {"pass"}:
        raise Failed(f"the second certificate says {two['trial']}")
    return ", ".join(f"{name} {outcome}" for name, outcome in checks.items())


def check_boot_partition(bench):
    """GRUB has written which note it has followed, and nothing else in front of the data partition has changed."""
    content = bench.stick.read_bytes()[:len(bench.boot_bytes)]
    differing = [place for place in range(0, len(content), 512) if content[place:place + 512] != bench.boot_bytes[place:place + 512]]
    if len(differing) != 1 or b"relance_begun=" not in content[differing[0]:differing[0] + 512]:
        raise Failed(f"the boot partition has changed in sectors {differing[:9]}")
    bench.boot_bytes = content


def check_disk(disk, folder):
    """The root of debian-small is the third partition: clean, and without a trace of the trial."""
    table = json.loads(run("sfdisk", "-J", disk))["partitiontable"]["partitions"][2]
    root = folder / "root"
    run("dd", f"if={disk}", f"of={root}", "bs=512", f"skip={table['start']}", f"count={table['size']}", "conv=sparse", "status=none")
    run("e2fsck", "-fn", root)
    for path in ("/var/lib/relance/trial", "/var/lib/relance/trial-result", "/usr/lib/relance/trial",
                 "/etc/systemd/system/relance-trial.service"):
        if b"Inode:" in run("debugfs", "-R", f"stat {path}", root):
            raise Failed(f"{path} is still on the disk")
    if b"Inode:" not in run("debugfs", "-R", "stat /usr/share/relance/effacement.json.p7s", root):
        raise Failed("the signed erase statement is not on the disk")


def known_nvme(disk):
    """OVMF wakes only the drives that it may start from; GRUB sees no other."""
    drive, backend, device, front = nvme(disk)
    return [drive, backend, device, front + ",bootindex=1"]


# A card with a cable in it: what the system says of its network can be known.
NETWORK = ["-netdev", "hubport,hubid=0,id=n", "-device", "e1000,netdev=n"]


def all_round(wanted, folder, name, options, make_disk_options, file_system):
    out, profile = wanted.out, AUTOPILOT + 'image = "master"\ntrial = true\n'
    bench = Bench(wanted.stick, wanted.program.resolve(), folder, profile=profile, master=wanted.master, file_system=file_system)
    with bench.disk.open("r+b") as file:
        file.truncate(1536 * MIB)

    def start(said):
        with Machine(bench.stick, changes_stick=True, options=make_disk_options(bench.disk) + NETWORK, accelerator=wanted.accelerator,
                     **options) as pc:
            try:
                said(pc)
                pc.wait_off(BOOT_S)
            finally:
                if out:
                    (out / f"{name}-serial.log").open("a").write(pc.serial())

    def job(pc):
        pc.wait_for(r"relance: screen done", JOB_S)
        show(pc, out, f"{name}-next")
        pc.wait_for(r"relance: exit 0\n(relance: checks tier loaded\n)?relance: trial", BOOT_S)

    def trial(pc):
        pc.wait_for(r"Essai de ce PC", BOOT_S)
        pc.wait_for(r"Essai termine", BOOT_S)

    def collected(pc):
        pc.wait_for(r"relance: screen done", BOOT_S)
        show(pc, out, f"{name}-collected")
        pc.wait_for(r"relance: exit 0\n(relance: checks tier loaded\n)?relance: poweroff", BOOT_S)

    for part in (job, trial, collected):
        start(part)
        print(f"        {part.__name__}", flush=True)
    check_boot_partition(bench)
    first, second = certificates(bench, bench.check_stick())
    seen = check_certificates(first, second)
    check_disk(bench.disk, folder)
    return f"{second.name} names the first; {seen}"


TRIALS = {
    "bios": ({"memory": 512}, ide, "exfat"),
    "uefi": ({"firmware": "uefi", "memory": 768}, known_nvme, "exfat"),
    "secure": ({"firmware": "secure", "memory": 768}, known_nvme, "exfat"),
    "fat32": ({"memory": 512}, ide, "fat32"),  # A stick whose data partition somebody made anew.
}


def main():
    parser = trials.arguments(__doc__)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--master", type=pathlib.Path, required=True)
    parser.add_argument("--accelerator", default="tcg", choices=["tcg", "kvm"])
    wanted = trials.parse(parser)
    return trials.run(wanted, {
        name: lambda folder, name=name: all_round(wanted, folder, name, *TRIALS[name]) for name in TRIALS})


if __name__ == "__main__":
    sys.exit(main())
