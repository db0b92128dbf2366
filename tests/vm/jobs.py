#!/usr/bin/env python3
"""jobs.py STICK PROGRAM [--master DISK] [--out FOLDER] [--only NAME…]: whole jobs on the booted stick, judged from outside.

STICK is what scripts/build-stick made, PROGRAM the host's relance, which makes the keys. Each job: a disk with somebody's
letters, a stick made by scripts/write-stick, the PC started, passphrase, number and confirmation typed on a French keyboard
as a technician types them, the PC off by itself. One PC loses its stick meanwhile, some their power. Then: the disk
holds none of the letters; openssl accepts the certificate that lies on the stick, and refuses it with one byte flipped; Poppler
says the same of its page; fsck.exfat (or fsck.fat, where somebody has formatted the data partition as FAT32) finds it clean; every other byte of the
stick is what it was; an external drive is what it was.
With --master (a disk of scripts/build-master) also jobs that install it: the deployed disk is then started and must ask for
a login under the name of the number.

Exit codes: 0 all as it must be, 1 not.
"""

import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import zlib

import machine
import trials
from machine import Failed, Machine, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSPHRASE = "cheval pile agrafe"
LABEL, LAST_DIGITS, NUMBER = "042178", "178", "DEF-04217-8"
OTHER_LABEL, OTHER_NUMBER = "042185", "DEF-04218-5"
MARK = b"DONNEES-PERSONNELLES-"
BOOT_S, JOB_S = 900, 1800
MIB = 1 << 20
ATTACHED = "certificat.json"  # The certificate's name in its own page.
# A byte that its fsck must miss: where exFAT says that its table of clusters begins; the first file's place in FAT32's first table.
TELLING_BYTE = {"exfat": lambda boot: 80, "fat32": lambda boot: int.from_bytes(boot[14:16], "little") * 512 + 9}


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(MIB):
            digest.update(piece)
    return digest.hexdigest()


def make_disk(path, mib, seed):
    """Every 64 KiB a letter; between them what no eraser leaves by chance."""
    chance = random.Random(seed)
    with open(path, "wb") as file:
        for _ in range(mib * 16):
            letter = MARK + b"%06d" % chance.randrange(10**6)
            file.write(letter + chance.randbytes(4096) + b"\xA5" * (65536 - 4096 - len(letter)))
    return path


def holds_mark(path):
    with open(path, "rb") as file:
        tail = b""
        while piece := file.read(MIB):
            if MARK in tail + piece:
                return True
            tail = piece[-len(MARK):]
    return False


def is_kept(name, before, after):
    """The same bytes; of a ledger those that were there, and more behind them."""
    now = after.read_bytes() if after.is_file() else None
    return now == before or (now is not None and name.parts[0] == "REGISTRE" and now.startswith(before))


def reformat_as_fat32(stick, files):
    """As a manager does whose camera or car knows no exFAT: FAT32 with the same serial, and the files back."""
    first, size = machine.data_first_sector(stick), stick.stat().st_size
    with stick.open("r+b") as file:
        identity = file.read(444)[440:]
        file.seek(446 + 4)
        file.write(b"\x0c")  # What a formatter says there: FAT32.
        file.truncate(first * 512)
        file.truncate(size)
    run("mkfs.fat", "-F", "32", "-s", "1", "-n", "RELANCE", "-i", identity[::-1].hex(), "--offset", first, stick)
    run("mcopy", "-s", "-i", f"{stick}@@{first * 512}", *files.iterdir(), "::")


class Bench:
    """A stick, a workshop and a donated disk, in a folder of their own."""

    def __init__(self, image, program, folder, disk_mib=192, seed=1, profile=None, master=None, file_system="exfat"):
        self.program, self.folder = program, folder
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")
        run(program, "key", "workshop", folder / "atelier", "--passphrase-file", self.passphrase)
        base = machine.copy_for_emulator(image, folder / "image.img")
        self.stick = folder / "stick.img"
        options = []
        if profile is not None:
            (folder / "relance.toml").write_text(profile)
            options = ["--profile", folder / "relance.toml"]
        size = "192M"
        if master:
            run(program, "capture", master, folder / "master", "--key", folder / "atelier", "--passphrase-file", self.passphrase)
            options += ["--image", folder / "master"]
            size = "1G"
        run(ROOT / "scripts/write-stick", self.stick, "--from", base, "--size", size, "--workshop", folder / "atelier", "--name", "07",
            "--passphrase-file", self.passphrase, "--program", program, "--yes", *options)
        self.font = machine.font_of(self.stick)
        self.file_system = "exfat"
        if file_system == "fat32":
            reformat_as_fat32(self.stick, self.unpack(folder / "away"))
            self.file_system = "fat32"
        self.before = folder / "before"
        self.unpack(self.before)
        self.boot_bytes = self.stick.read_bytes()[:machine.data_first_sector(self.stick) * 512]
        self.disk = make_disk(folder / "disk.img", disk_mib, seed)

    def unpack(self, out):
        first = machine.data_first_sector(self.stick)
        if self.file_system == "fat32":
            out.mkdir()
            run("mcopy", "-s", "-n", "-i", f"{self.stick}@@{first * 512}", "::*", out)
        else:
            run("python3", ROOT / "image-build/stick/exfat.py", "unpack", self.stick, first, out)
        return out

    # ---- What is true afterwards ----

    def is_clean(self, partition):
        """To its own fsck, which changes nothing."""
        check = ["fsck.fat", "-n"] if self.file_system == "fat32" else ["fsck.exfat", "-n"]
        done = subprocess.run([*check, partition], capture_output=True, check=False)
        return done.returncode == 0 and (self.file_system == "fat32" or b"clean" in done.stdout), done.stdout.decode(errors="replace")

    def check_file_system(self, content):
        partition = self.folder / "data"
        partition.write_bytes(content)
        is_clean, said = self.is_clean(partition)
        if not is_clean:
            raise Failed(f"{self.file_system}: {said}")
        damaged = bytearray(content)
        damaged[TELLING_BYTE[self.file_system](content)] ^= 0x20
        partition.write_bytes(damaged)
        if self.is_clean(partition)[0]:
            raise Failed(f"{self.file_system}: one byte flipped is not noticed")

    def check_stick(self):
        """Clean to its own fsck, and nothing but records changed. The folder of its files now."""
        content = self.stick.read_bytes()
        first = machine.data_first_sector(self.stick) * 512
        if content[:first] != self.boot_bytes:
            raise Failed("something before the data partition has changed")
        self.check_file_system(content[first:])
        after = self.folder / f"after-{random.randrange(10**9)}"
        self.unpack(after)
        for path in self.before.rglob("*"):
            name = path.relative_to(self.before)
            if path.is_file() and not is_kept(name, path.read_bytes(), after / name):
                raise Failed(f"{name} on the stick is not what it was")
        for path in after.rglob("*"):
            name = path.relative_to(after)
            if path.is_file() and not (self.before / name).exists() and name.parts[0] not in ("CERTIFICATS", "REGISTRE", "JOURNAL"):
                raise Failed(f"{name} on the stick is new")
        return after

    def openssl_accepts(self, certificate, content):
        done = subprocess.run(["openssl", "cms", "-verify", "-binary", "-purpose", "any", "-no_check_time", "-inform", "DER",
                               "-in", f"{certificate}.p7s", "-content", content,
                               "-CAfile", self.folder / "atelier/racine.pem", "-out", os.devnull], capture_output=True, check=False)
        return done.returncode == 0

    def check_certificate(self, after, verdict, number=NUMBER, of=1):
        """The one for that number, `of` all that are there."""
        every = list((after / "CERTIFICATS").rglob("*.json"))
        found = [path for path in every if path.name.startswith(number) and f"_{verdict}" in path.name]
        if len(found) != 1 or len(every) != of:
            raise Failed(f"certificates: {[path.name for path in (after / 'CERTIFICATS').rglob('*')]}")
        certificate = found[0]
        if not self.openssl_accepts(certificate, certificate):
            raise Failed("openssl refuses the certificate")
        content = bytearray(certificate.read_bytes())
        content[len(content) // 2] ^= 0x20
        forged = self.folder / "forged.json"
        forged.write_bytes(content)
        if self.openssl_accepts(certificate, forged):
            raise Failed("openssl accepts a forged certificate")
        self.check_page(certificate)
        # The stick as a whole: its ledger with its certificates, nothing missing.
        run(self.program, "check", "--root", self.folder / "atelier/racine.pem", after)
        return certificate

    def check_page(self, certificate):
        """Poppler knows our PDF, its signature and the JSON in it; another page under that signature it refuses."""
        page = certificate.with_suffix(".pdf")
        if b"Signature is Valid" not in run("pdfsig", "-nocert", page):
            raise Failed("pdfsig refuses the page")
        run("pdfdetach", "-savefile", ATTACHED, "-o", self.folder / "attached.json", page)
        if (self.folder / "attached.json").read_bytes() != certificate.read_bytes():
            raise Failed("the page holds another JSON than the one beside it")
        forged = self.folder / "forged.pdf"
        content = bytearray(page.read_bytes())
        content[len(content) // 3] ^= 0x01
        forged.write_bytes(content)
        said = subprocess.run(["pdfsig", "-nocert", forged], capture_output=True, check=False)
        if b"Signature is Valid" in said.stdout:
            raise Failed("pdfsig accepts a forged page")
        run(self.program, "check", "--root", self.folder / "atelier/racine.pem", certificate.parents[1])

    def check_disk(self):
        if holds_mark(self.disk):
            raise Failed("the disk still holds somebody's letters")


def show(pc, out, name):
    if out:
        pc.picture(out / f"{name}.png")


def open_key(pc):
    pc.wait_for(r"relance: screen passphrase", BOOT_S)
    pc.type(PASSPHRASE + "\n")


def choose(pc, font, serial):
    """Goes to the drive with that serial number, once its driver has brought it into the list."""
    end = time.monotonic() + BOOT_S
    while True:
        lines = pc.screen(font)
        here = next((place for place, line in enumerate(lines) if line.lstrip().startswith(">")), None)
        there = next((place - 1 for place, line in enumerate(lines) if serial in line), None)
        if here is not None and here == there:
            return
        if time.monotonic() > end:
            raise Failed(f"no drive {serial} on the list:\n" + "\n".join(lines))
        if here is not None and there is not None:
            pc.hmp("sendkey " + ("down" if there > here else "up"))
        time.sleep(1)


def to_plan(pc, font, label=LABEL):
    """From the number: to the plan, or to what stops it. Other drives, or the wanted one's driver that is late, bring the list."""
    pc.type(label + "\n")
    if pc.wait_for(r"relance: screen (plan|list|stop)", BOOT_S).group(1) == "list":
        choose(pc, font, "DONNE")
        pc.type("\n")
        pc.wait_for(r"relance: screen (plan|stop)", BOOT_S)


def start_job(pc, bench, out, name, before_number=None, label=LABEL):
    if before_number:
        pc.wait_for(before_number, BOOT_S)
        pc.seen = 0  # The first screen may have come before that line.
    open_key(pc)
    pc.wait_for(r"relance: screen number", BOOT_S)
    to_plan(pc, bench.font, label)
    pc.wait_for_screen(bench.font, label[:5])
    show(pc, out, f"{name}-plan")
    pc.type("\n")
    pc.wait_for(r"relance: screen confirm", BOOT_S)
    pc.type(label[-3:] + "\n")
    pc.wait_for(r"relance: screen running", BOOT_S)


def finish_job(pc, bench, out, name):
    pc.wait_for(r"relance: screen done", JOB_S)
    pc.wait_for_screen(bench.font, "éteindre|Entrée")
    show(pc, out, f"{name}-done")
    pc.type("\n")
    pc.wait_for(r"relance: exit 0\n(relance: checks tier loaded\n)?relance: poweroff", BOOT_S)
    pc.wait_off()


def ide(disk):
    return ["-drive", f"if=none,id=d,format=raw,file={disk}", "-device", "ide-hd,drive=d,bus=ide.0,serial=DONNE1"]


def nvme(disk):
    return ["-drive", f"if=none,id=d,format=raw,file={disk}", "-device", "nvme,drive=d,serial=DONNE2"]


def slow_ide(disk, bytes_per_second):
    """So slow that something can happen meanwhile; hurry() ends that."""
    node = {"driver": "throttle", "node-name": "t", "throttle-group": "old",
            "file": {"driver": "raw", "file": {"driver": "file", "filename": str(disk)}}}
    return ["-object", f"throttle-group,id=old,x-bps-total={bytes_per_second}", "-blockdev", json.dumps(node),
            "-device", "ide-hd,drive=t,bus=ide.0,serial=DONNE1"]


def hurry(pc):
    pc.qmp("qom-set", path="/objects/old", property="limits", value={"bps-total": 0})


def scsi(disk):
    """A host adapter whose driver lies in the second tier."""
    return ["-drive", f"if=none,id=d,format=raw,file={disk}", "-device", "megasas", "-device", "scsi-hd,drive=d,serial=DONNE3"]


def whole_job(image, program, folder, out, name, options, make_disk_options, decoys=False, before_number=None, file_system="exfat"):
    bench = Bench(image, program, folder, file_system=file_system)
    disks, left_alone = make_disk_options(bench.disk), {}
    if decoys:
        # A large "fixed" disk on USB, and a disk in the PC that carries our labels: neither may change.
        external = make_disk(folder / "external.img", 64, 2)
        disks += ["-drive", f"if=none,id=e,format=raw,file={external}", "-device", "usb-storage,bus=u.0,drive=e,removable=off,serial=DECOY1"]
        left_alone[external] = sha256(external)
    with Machine(bench.stick, changes_stick=True, options=disks, **options) as pc:
        start_job(pc, bench, out, name, before_number)
        finish_job(pc, bench, out, name)
    bench.check_disk()
    certificate = bench.check_certificate(bench.check_stick(), "EFFACE")
    for path, before in left_alone.items():
        if sha256(path) != before:
            raise Failed(f"{path.name} has changed")
    return f"{certificate.name}, {certificate.stat().st_size} bytes, openssl accepts it"


def installing_job(image, program, folder, out, name, options, make_disk_options, master, firmwares):
    bench = Bench(image, program, folder, profile='language = "fr"\nimage = "master"\n', master=master)
    with bench.disk.open("r+b") as file:
        file.truncate(1536 * MIB)
    with Machine(bench.stick, changes_stick=True, options=make_disk_options(bench.disk), **options) as pc:
        start_job(pc, bench, out, name)
        finish_job(pc, bench, out, name)
    bench.check_disk()
    certificate = bench.check_certificate(bench.check_stick(), "EFFACE")
    for firmware in firmwares:
        run(ROOT / "scripts/boot-check", bench.disk, "--firmware", firmware, "--expect", "04217.* login:", "--timeout", "900",
            *(["--png", out / f"{name}-{firmware}.png"] if out else []))
    return f"{certificate.name}; the deployed disk starts to its login ({', '.join(firmwares)})"


def kept_on_serial(serial):
    """The journal's lines that the program told as kept, as (run, line, drive, seconds, event)."""
    kept = []
    for text in serial.split("\n")[:-1]:  # The plug may have cut the last one.
        if text.startswith('{"run":'):
            told = json.loads(text)
            kept.append((told["run"], told["line"], told["drive"], told["time_s"], told["event"]))
    return kept


def copies_of(run, folder):
    return [*folder.glob(f"{run}.txt"), *folder.glob(f"{run}.bis")]


def kept_on_stick(folder):
    """The same of the files in a stick's JOURNAL, each run's in two copies; what fails its checksum counts as not there."""
    kept = set()
    for path in copies_of("*", folder):
        for line in path.read_bytes().split(b"\n"):
            text, _, checksum = line.rpartition(b"|")
            if checksum == b"%08x" % zlib.crc32(text):
                number, drive, seconds, event = text.decode().split("|", 3)
                kept.add((path.stem, int(number), drive, int(seconds), canonical(json.loads(event))))
    return kept


def canonical(value):
    return json.dumps(value, sort_keys=True)


def lost(told, folder):
    """The first line that was told as kept and is not there, or None."""
    there = kept_on_stick(folder)
    return next((line for line in told if (*line[:4], canonical(line[4])) not in there), None)


# Somebody types the passphrase, and that is all.
AUTOPILOT = f"""language = "fr"
autopilot = true
numbers = ["{NUMBER}"]
passphrase = "{PASSPHRASE}"
at_end = "poweroff"
"""


def killed_after(pc, pattern, seconds):
    """The plug goes out that long after the serial port said the pattern. What the port has said."""
    pc.wait_for(pattern, BOOT_S)
    time.sleep(seconds)
    pc.kill()
    return pc.serial()


def killed_jobs(image, program, folder, out, name, kills, seed, file_system="exfat"):
    """The plug pulled at random moments, some before the job goes on; each next start resumes by itself, without a key press."""
    chance = random.Random(seed)
    bench = Bench(image, program, folder, disk_mib=512, profile=AUTOPILOT, file_system=file_system)
    disks = slow_ide(bench.disk, 8_000_000)
    told, during_job = [], 0
    for kill in range(kills):
        is_early = chance.random() < 0.4
        pattern, seconds = ("relance: started", chance.uniform(1, 15)) if is_early else ("relance: screen running", chance.uniform(0.2, 12))
        with Machine(bench.stick, cpu="pentium2", memory=256, changes_stick=True, options=disks) as pc:
            serial = killed_after(pc, pattern, seconds)
        told += kept_on_serial(serial)
        during_job += '{"run":' in serial
        # The plug took the PC, not the stick's own memory: nothing that was told as kept may be missing.
        files = bench.unpack(folder / f"killed-{kill}") / "JOURNAL"
        if line := lost(told, files):
            raise Failed(f"kill {kill + 1}, {seconds:.1f} s after « {pattern} »: lost line {line}")
        print(f"        killed {seconds:.1f} s after « {pattern} »: {len(told)} lines told as kept until now, all there", flush=True)
    check_lost_is_noticed(told, files)
    with Machine(bench.stick, cpu="pentium2", memory=256, changes_stick=True, options=disks) as pc:
        pc.wait_for(r"relance: screen running", BOOT_S)
        hurry(pc)
        pc.wait_for(r"relance: screen done", JOB_S)
        show(pc, out, f"{name}-done")
        pc.wait_for(r"relance: exit 0\n", BOOT_S)
        pc.wait_off()
        told += kept_on_serial(pc.serial())
    bench.check_disk()
    after = bench.check_stick()
    if line := lost(told, after / "JOURNAL"):
        raise Failed(f"at the end: lost line {line}")
    certificate = bench.check_certificate(after, "EFFACE")
    interruptions = len(json.loads(certificate.read_text())["interruptions"])
    if not 0 < during_job <= interruptions <= kills:
        raise Failed(f"{during_job} of {kills} kills fell into the job, but the certificate names {interruptions}")
    return f"{certificate.name}: {kills} kills, {interruptions} interruptions named, {len(told)} kept lines there, openssl accepts it"


def check_lost_is_noticed(told, files):
    """The twin: without its last line in both copies the journal must be found out."""
    run, number = told[-1][:2]
    for path in copies_of(run, files):
        path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(True) if not line.startswith(b"%d|" % number)))
    if lost(told, files) is None:
        raise Failed("a journal without its last line is not noticed")


def pulled_stick(image, program, folder, out, name):
    """The stick leaves during the erase, which goes on; the screen asks for it, and FINI waits until the record is on it."""
    bench = Bench(image, program, folder, disk_mib=512)  # A minute: the journal, which writes every half, misses the stick.
    with Machine(bench.stick, cpu="pentium2", memory=256, changes_stick=True, options=slow_ide(bench.disk, 8_000_000)) as pc:
        start_job(pc, bench, out, name)
        pc.wait_for('"event":"step-started"', BOOT_S)  # From here on the stick knows the job.
        pc.wait_for_screen(bench.font, "La clé peut sortir")
        pc.unplug_stick()
        before = bench.stick.read_bytes()
        pc.wait_for("relance: stick gone", BOOT_S)
        pc.wait_for_screen(bench.font, "La clé n.est plus là. Remettez-la avant la fin")
        show(pc, out, f"{name}-away")
        hurry(pc)
        screen = pc.wait_for(r"relance: screen (\S+)", JOB_S).group(1)
        if screen == "done":
            raise Failed("FINI without the stick")
        pc.wait_for_screen(bench.font, "Remettez la même clé")
        show(pc, out, f"{name}-asked")
        bench.check_disk()  # The erase has ended, without the stick.
        if bench.stick.read_bytes() != before:
            raise Failed("the stick has changed while it was out")
        if "relance: screen done" in pc.serial():
            raise Failed("FINI without the stick")
        pc.plug_stick(bench.stick)
        pc.wait_for("relance: stick back", BOOT_S)
        finish_job(pc, bench, out, name)
    certificate = bench.check_certificate(bench.check_stick(), "EFFACE")
    return f"{certificate.name}, asked for on screen {screen}, openssl accepts it"


def stick_elsewhere(image, program, folder, out, name):
    """The stick leaves one PC during its erase and does a whole job on another; back in the first, that one's record is written, too."""
    bench = Bench(image, program, folder, disk_mib=512)
    other_disk = make_disk(folder / "other.img", 64, 3)
    with Machine(bench.stick, cpu="pentium2", memory=256, changes_stick=True, options=slow_ide(bench.disk, 8_000_000)) as pc:
        start_job(pc, bench, out, name)
        pc.wait_for('"event":"step-started"', BOOT_S)
        pc.unplug_stick()
        pc.wait_for("relance: stick gone", BOOT_S)
        with Machine(bench.stick, cpu="pentium2", memory=256, changes_stick=True, options=nvme(other_disk)) as other:
            start_job(other, bench, out, f"{name}-other", label=OTHER_LABEL)
            finish_job(other, bench, out, f"{name}-other")
        if "relance: screen done" in pc.serial():
            raise Failed("FINI without the stick")
        hurry(pc)
        pc.wait_for_screen(bench.font, "Remettez la même clé", JOB_S)
        pc.plug_stick(bench.stick)
        pc.wait_for("relance: stick back", BOOT_S)
        finish_job(pc, bench, out, name)
    bench.check_disk()
    if holds_mark(other_disk):
        raise Failed("the other disk still holds somebody's letters")
    after = bench.check_stick()
    certificates = [bench.check_certificate(after, "EFFACE", number, of=2) for number in (NUMBER, OTHER_NUMBER)]
    return ", ".join(certificate.name for certificate in certificates) + ": openssl accepts both"


JOBS = {
    "ide-128-mib": lambda *place: whole_job(*place, {"cpu": "pentium2", "memory": 128}, ide, decoys=True),
    "nvme-uefi-512-mib": lambda *place: whole_job(*place, {"firmware": "uefi", "memory": 512}, nvme),
    "scsi-second-tier": lambda *place: whole_job(*place, {"memory": 512}, scsi, before_number="second tier loaded"),
    "pulled-stick": pulled_stick,
    "stick-elsewhere": stick_elsewhere,
    "killed": lambda *place: killed_jobs(*place, kills=5, seed=20261122),
    "fat32": lambda *place: whole_job(*place, {"cpu": "pentium2", "memory": 256}, ide, file_system="fat32"),
    "fat32-killed": lambda *place: killed_jobs(*place, kills=1, seed=0, file_system="fat32"),
}


# With a master: (what the PC is, how the disk hangs on it, what the deployed disk must start under).
INSTALLING = {
    "install-ide-128-mib": ({"cpu": "pentium2", "memory": 128}, ide, ["bios"]),
    "install-nvme-uefi-512-mib": ({"firmware": "uefi", "memory": 512}, nvme, ["uefi"]),
}


def main():
    parser = trials.arguments(__doc__)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--master", type=pathlib.Path)
    wanted = trials.parse(parser)
    jobs = dict(JOBS)
    if wanted.master:
        for name, (options, disk, firmwares) in INSTALLING.items():
            jobs[name] = lambda *place, options=options, disk=disk, firmwares=firmwares: installing_job(
                *place, options, disk, wanted.master, firmwares)
    program = wanted.program.resolve()
    return trials.run(wanted, {name: lambda folder, name=name, job=job: job(wanted.stick, program, folder, wanted.out, name)
                               for name, job in jobs.items()})


if __name__ == "__main__":
    sys.exit(main())
