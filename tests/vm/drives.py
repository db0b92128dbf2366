#!/usr/bin/env python3
"""drives.py PROGRAM [--out FOLDER] [--only NAME…]: the program on Debian's kernel, with drives that no loop device plays.

PROGRAM is this machine's relance. Each trial is a PC in QEMU with the stick's 64-bit kernel, chosen modules and one script,
and disks full of somebody's letters: behind virtio-scsi, an SD card behind sdhci, NVMe drives with the kernel's ioctls
(Format by the drive itself; a second namespace that is detached, or in use), a disk with sectors that cannot be read or
written (blkdebug). Afterwards the disks' files are looked at from outside, and openssl accepts the certificate.

Exit codes: 0 all as it must be, 1 not.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import trials
from guest import Guest
from jobs import MIB, NUMBER, PASSPHRASE, holds_mark, make_disk, sha256
from machine import Failed, run

DISK_MIB = 8  # Writing is not what is tried here.
MODULES = ["sd_mod", "virtio_scsi", "sdhci_pci", "mmc_block", "nvme", "ext4"]
MKFS = pathlib.Path("/sbin/mkfs.ext4")
# The word that confirms a drive, as the program lists it.
WORDS = r"""
confirm() { relance drives --json "$1" --stick /stick | sed -n 's/.*"confirm": *"\([^"]*\)".*/\1/p' | head -1; }
wait_for() { for i in 1 2 3 4 5 6 7 8 9 10; do [ -b "$1" ] && return 0; sleep 1; done; ls /dev; return 1; }
job() { relance run "$1" --stick /stick --passphrase-file /passphrase --number """ + NUMBER + r""" --no-image --confirm "$(confirm "$1")"; }
keep() { relance drives --json --stick /stick >/results/drives.json; cp -r /stick/CERTIFICATS /stick/JOURNAL /results/; }
"""


class Shop:
    """A guest, a stick folder with a key, and what openssl needs."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")
        run(program, "key", "workshop", folder / "atelier", "--passphrase-file", self.passphrase)
        run(program, "key", "stick", folder / "stick", "--workshop", folder / "atelier", "--name", "07", "--passphrase-file",
            self.passphrase)
        self.guest = Guest(folder, [program, MKFS], MODULES)

    def run(self, folder, script, options, profile=""):
        stick = folder / "stick"
        subprocess.run(["cp", "-r", self.folder / "stick", stick], check=True)
        (stick / "relance.toml").write_text(profile)
        return self.guest.run(folder, WORDS + script, options, files={"stick": stick, "passphrase": self.passphrase})

    def certificate(self, results, folder):
        """What the one certificate says, once openssl has accepted it and refused it with a letter changed."""
        names = [name for name in results if name.endswith(".json") and name.startswith("CERTIFICATS/")]
        if len(names) != 1:
            raise Failed(f"certificates: {names}; {said(results)}")
        text, signature = folder / "c.json", folder / "c.p7s"
        signature.write_bytes(results[names[0] + ".p7s"])
        for spoilt in (False, True):
            text.write_bytes(results[names[0]].replace(b"EFFACE", b"EFFACF") if spoilt else results[names[0]])
            accepted = subprocess.run(["openssl", "cms", "-verify", "-binary", "-purpose", "any", "-no_check_time", "-inform",
                                       "DER", "-in", signature, "-content", text, "-CAfile",
                                       self.folder / "stick/VERIFIER/racine.pem", "-out", "/dev/null"],
                                      capture_output=True).returncode == 0
            if accepted == (spoilt and b"EFFACE" in results[names[0]]):
                raise Failed(f"openssl {'accepts' if accepted else 'refuses'} the certificate{' with a letter changed' if spoilt else ''}")
        return json.loads(results[names[0]])


def said(results):
    return results["log"].decode(errors="replace")[-900:] + results["dmesg"].decode(errors="replace")[-400:]


def exit_codes(results):
    return [int(code) for code in re.findall(r"^job (\d+)$", results["log"].decode(errors="replace"), re.MULTILINE)]


def want(claim, words, results):
    if not claim:
        raise Failed(f"{words}; {said(results)}")


def disk_options(path, name, device):
    return ["-drive", f"if=none,id={name},format=raw,file={path}", "-device", device]


def erased(shop, folder, disk, results, level="Clear"):
    certificate = shop.certificate(results, folder)
    want(certificate["verdict"] == "EFFACE", f"verdict {certificate['verdict']}", results)
    want(certificate["erase"]["level"] == level, f"level {certificate['erase']['level']}", results)
    want(not holds_mark(disk), "letters are left on the disk", results)
    return certificate


def virtio_scsi(shop, folder):
    disk = make_disk(folder / "disk.img", DISK_MIB, 1)
    options = ["-device", "virtio-scsi-pci,id=bus", *disk_options(disk, "d", "scsi-hd,drive=d,bus=bus.0,serial=SCSI-0417")]
    results = shop.run(folder, "wait_for /dev/sda; job /dev/sda; echo job $?; keep", options)
    certificate = erased(shop, folder, disk, results)
    want(certificate["drive"]["serial"] == "SCSI-0417", "another serial", results)
    return {"bus": certificate["drive"]["bus"], "method": certificate["erase"]["method"]}


def sd_card(shop, folder):
    disk = make_disk(folder / "disk.img", DISK_MIB, 2)
    options = ["-device", "sdhci-pci", *disk_options(disk, "d", "sd-card,drive=d")]
    refused = shop.run(folder, "wait_for /dev/mmcblk0; job /dev/mmcblk0; echo job $?", options)
    want(exit_codes(refused) == [3] and holds_mark(disk), "an SD card is no target by default", refused)
    (folder / "again").mkdir()
    results = shop.run(folder / "again", "wait_for /dev/mmcblk0; job /dev/mmcblk0; echo job $?; keep", options,
                       'external = ["sdcard"]\n')
    certificate = erased(shop, folder, disk, results)
    want(certificate["erase"]["method"] == "random", "a card is not written with a constant", results)
    return {"bus": certificate["drive"]["bus"], "method": certificate["erase"]["method"]}


def nvme_format(shop, folder):
    """The controller's own Format through the kernel's ioctl, canaries before and after, then the overwrite."""
    disk = make_disk(folder / "disk.img", DISK_MIB, 3)
    options = disk_options(disk, "d", "nvme,drive=d,serial=NVME-0417")
    results = shop.run(folder, "wait_for /dev/nvme0n1; job /dev/nvme0n1; echo job $?; keep", options,
                       'drive_erase = ["nvme-sanitize-block", "nvme-format"]\n')
    certificate = erased(shop, folder, disk, results)
    told = certificate["erase"]["by_drive"]
    want(told and [each["command"] for each in told["commands"]] == ["nvme-format"], f"by the drive: {told}", results)
    want(told["commands"][0]["outcome"] == "done", f"by the drive: {told}", results)
    canaries = told["canaries"]
    want(canaries["gone"] == canaries["planned"] == canaries["placed"] > 2000, f"canaries: {canaries}", results)
    return {"by_drive": told["commands"][0]["outcome"], "canaries": f"{canaries['gone']} of {canaries['planned']}"}


def two_namespaces(first, second, more):
    return ["-device", "nvme-subsys,id=sub", "-device", "nvme,id=nv,serial=NVME-0418,subsys=sub",
            *disk_options(first, "a", "nvme-ns,drive=a,bus=nv,nsid=1"),
            *disk_options(second, "b", f"nvme-ns,drive=b,bus=nv,nsid=2{more}")]


def nvme_detached(shop, folder):
    """A namespace that is not attached is out of reach: Format is not sent, and the certificate says what stays."""
    first, second = make_disk(folder / "a.img", DISK_MIB, 4), make_disk(folder / "b.img", DISK_MIB, 5)
    before = sha256(second)
    results = shop.run(folder, "wait_for /dev/nvme0n1; job /dev/nvme0n1; echo job $?; keep", two_namespaces(first, second, ",detached=on"),
                       'drive_erase = ["nvme-format"]\n')
    certificate = shop.certificate(results, folder)
    want(certificate["verdict"] == "EFFACE_AVEC_RESERVE", f"verdict {certificate['verdict']}", results)
    want("ReasonHiddenUnknown" in [each["name"] for each in certificate["reasons"]], f"{certificate['reasons']}", results)
    want(certificate["erase"]["by_drive"] is None, "Format was sent over the other namespace", results)
    want(not holds_mark(first) and sha256(second) == before, "the wrong namespace was erased", results)
    return {"verdict": certificate["verdict"]}


def nvme_held(shop, folder):
    """A drive of which one namespace is mounted is refused, whichever namespace is named."""
    first, second = make_disk(folder / "a.img", DISK_MIB, 6), make_disk(folder / "b.img", DISK_MIB, 7)
    script = ("wait_for /dev/nvme0n2; mkfs.ext4 -q /dev/nvme0n2 && mkdir /mounted && mount -t ext4 /dev/nvme0n2 /mounted; echo mount $?\n"
              "job /dev/nvme0n1; echo job $?; job /dev/nvme0n2; echo job $?")
    results = shop.run(folder, script, two_namespaces(first, second, ""))
    want("mount 0" in results["log"].decode(), "the namespace could not be mounted", results)
    want(exit_codes(results) == [3, 3], f"exit codes {exit_codes(results)}", results)
    want(holds_mark(first), "the free namespace was erased", results)
    return {"exit": 3}


BAD_READS, BAD_WRITES = [1000, 5001, 5002], [9001]


def bad_sectors(shop, folder):
    """Sectors that fail are found one by one, and the rest of the disk is erased."""
    disk = make_disk(folder / "disk.img", DISK_MIB, 8)
    rules = [{"event": "none", "iotype": kind, "sector": sector, "errno": 5}
             for kind, sectors in (("read", BAD_READS), ("write", BAD_WRITES)) for sector in sectors]
    blockdev = {"driver": "raw", "node-name": "d", "file": {"driver": "blkdebug", "inject-error": rules,
                                                             "image": {"driver": "file", "filename": str(disk)}}}
    options = ["-blockdev", json.dumps(blockdev), "-device", "virtio-scsi-pci,id=bus", "-device",
               "scsi-hd,drive=d,bus=bus.0,serial=SICK-0417,rerror=report,werror=report"]
    results = shop.run(folder, "wait_for /dev/sda; job /dev/sda; echo job $?; keep", options)
    certificate = shop.certificate(results, folder)
    want(certificate["verdict"] == "ECHEC", f"verdict {certificate['verdict']}", results)
    expected = [{"first": 1000, "count": 1, "during": "read"}, {"first": 5001, "count": 2, "during": "read"},
                {"first": 9001, "count": 1, "during": "write"}, {"first": 9001, "count": 1, "during": "read"}]
    want(certificate["bad_ranges"] == expected, f"bad ranges {certificate['bad_ranges']}", results)
    left = [sector for sector in range(DISK_MIB * MIB // 512) if any(disk_sector(disk, sector))]
    want(left == BAD_WRITES, f"not zero: {left}", results)
    return {"bad_ranges": len(expected)}


def disk_sector(path, sector):
    with open(path, "rb") as file:
        file.seek(sector * 512)
        return file.read(512)


TRIALS = {"virtio-scsi": virtio_scsi, "sd-card": sd_card, "nvme-format": nvme_format, "nvme-detached": nvme_detached,
          "nvme-held": nvme_held, "bad-sectors": bad_sectors}


def main():
    wanted = trials.parse(trials.arguments(__doc__, image="program"))
    with tempfile.TemporaryDirectory(prefix="relance-drives-") as folder:
        program = wanted.stick.resolve()
        shop = Shop(program, pathlib.Path(folder))
        wanted.stick = pathlib.Path(folder) / "here"  # Trials get their folders beside it.
        return trials.run(wanted, {name: lambda place, trial=trial: trial(shop, place) for name, trial in TRIALS.items()})


if __name__ == "__main__":
    sys.exit(main())
