#!/usr/bin/env python3
"""troubles.py STICK PROGRAM [--out FOLDER] [--only NAME…]: what the booted stick says when something is wrong.

STICK is what scripts/build-stick made, PROGRAM the host's relance, which makes the keys. In each case a person sits before a
PC with a donated disk: a stick that is full, write-protected, damaged, without a key, with a wrong profile; no
disk, no keyboard; two sticks, a copy of the stick inside the PC, disks that carry our labels, disks on USB. The screen, read
letter by letter, must say it in words, with its STOP number where the program stops; no byte of any disk may change but what
the plan names; there is never a shell, and the PC never starts again by itself. The twin: the menu's entry for maintenance,
where the same look must find the shell.

Exit codes: 0 all as it must be, 1 not.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import time

import jobs
import machine
import trials
from jobs import BOOT_S, LABEL, LAST_DIGITS, MIB, PASSPHRASE, ROOT, make_disk, sha256
from machine import Failed, Machine, run

WORDS_S = 120  # Seconds until a screen has its words, once the program has come to it.
SHELL = re.compile(r"^\s*(\S*[~/]\S* ?[#$]|BusyBox v.*|.*can't access tty.*|.*: not found)\s*$", re.MULTILINE)
EXFAT = ROOT / "image-build/stick/exfat.py"
SAME_GLYPH = str.maketrans({"’": "'", "–": "-", "—": "-", "\u00a0": " ", "\u202f": " "})
DAMAGED = ("STOP 39 – La clé sd", "1 ne se laisse pas lire ou écrire.", "Prenez une autre clé. Rien n’est écrit sur ce PC.")
FOREIGN_ID = 0x0BADC0DE


def plain(text):
    """One line of words; letters that a font may draw alike are one."""
    return " ".join(text.translate(SAME_GLYPH).split())


class Shop:
    """A stick with a key and a donated disk, made once; each case works on copies."""

    def __init__(self, image, program, folder):
        self.program, self.folder = program, folder
        self.image = machine.copy_for_emulator(image, folder / "image.img")
        self.font = machine.font_of(self.image)
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")
        run(program, "key", "workshop", folder / "atelier", "--passphrase-file", self.passphrase)
        self.stick = self.make_stick(folder / "stick.img", "--workshop", folder / "atelier", "--name", "07",
                                     "--passphrase-file", self.passphrase)
        self.disk = make_disk(folder / "disk.img", 64, 1)

    def make_stick(self, path, *options):
        run(ROOT / "scripts/write-stick", path, "--from", self.image, "--size", "192M", "--program", self.program, "--yes", *options)
        return path


class Case:
    """One PC with its stick and its disk; every disk named here must be what it was when the case ends."""

    def __init__(self, shop, folder, out, name):
        self.shop, self.folder, self.out, self.name = shop, folder, out, name
        self.stick = self.copy(shop.stick, "stick.img")
        self.disk = self.copy(shop.disk, "disk.img")
        self.left_alone = {}
        self.leave_alone(self.disk)

    def copy(self, path, name):
        run("cp", "--sparse=always", path, self.folder / name)
        return self.folder / name

    def leave_alone(self, path):
        self.left_alone[path] = sha256(path)
        return path

    def identity(self):
        return int.from_bytes(self.stick.open("rb").read(444)[440:], "little")

    def unpack(self, out):
        run("python3", EXFAT, "unpack", self.stick, machine.data_first_sector(self.stick), out)
        return out

    def change_files(self, change):
        """Calls change with a folder of the stick's files, and puts them back."""
        first = machine.data_first_sector(self.stick)
        sectors = self.stick.stat().st_size // 512 - first
        with tempfile.TemporaryDirectory(dir=self.folder) as parent:
            files = self.unpack(pathlib.Path(parent) / "files")
            change(files)
            run("python3", EXFAT, "make", self.stick, first, sectors, f"{self.identity():08x}", 1767225600, "RELANCE", files)

    def write_data(self, offset, content):
        """Bytes of the data partition, whatever they mean there."""
        with self.stick.open("r+b") as file:
            file.seek(machine.data_first_sector(self.stick) * 512 + offset)
            file.write(content)

    def read_data(self, offset, count):
        with self.stick.open("rb") as file:
            file.seek(machine.data_first_sector(self.stick) * 512 + offset)
            return file.read(count)

    def cluster_bytes(self):
        return 512 << self.read_data(109, 1)[0]

    def cluster_place(self, number):
        return int.from_bytes(self.read_data(88, 4), "little") * 512 + (number - 2) * self.cluster_bytes()

    def root_entry(self, kind):
        """An entry of the root folder, by its kind (a byte)."""
        root = self.read_data(self.cluster_place(int.from_bytes(self.read_data(96, 4), "little")), self.cluster_bytes())
        return next(root[place:place + 32] for place in range(0, len(root), 32) if root[place] == kind)

    def is_clean(self):
        """To fsck.exfat, and not pulled out while it was in use."""
        partition = self.folder / "data.exfat"
        partition.write_bytes(self.read_data(0, self.stick.stat().st_size))
        said = subprocess.run(["fsck.exfat", "-n", partition], capture_output=True, check=False)
        return said.returncode == 0 and b"clean" in said.stdout and self.read_data(106, 1) == b"\0"

    def pc(self, *options, disk=True, **keywords):
        disks = jobs.ide(self.disk) if disk else []
        # The 32-bit kernel starts in half the time; what is tried here is the same on both.
        return Machine(self.stick, cpu="pentium2", memory=256, changes_stick="stick_options" not in keywords,
                       options=[*disks, *options], **keywords)

    def shows(self, pc, *sentences):
        """Waits until the screen says all of them; then it also shows no shell, and the PC has started once. The words."""
        end = time.monotonic() + WORDS_S
        while True:
            lines = pc.screen(self.shop.font)
            words = plain("\n".join(lines))
            if all(plain(sentence) in words for sentence in sentences):
                break
            if time.monotonic() > end or pc.process.poll() is not None:
                missing = [sentence for sentence in sentences if plain(sentence) not in words]
                raise Failed(f"the screen does not say {missing}:\n" + "\n".join(line for line in lines if line))
            time.sleep(1)
        if self.out:
            pc.picture(self.out / f"trouble-{self.name}.png")
        self.goes_on(pc, lines)
        return words

    def goes_on(self, pc, lines=()):
        if shell := SHELL.search("\n".join(lines)) or SHELL.search(pc.serial()):
            raise Failed(f"a shell: « {shell.group(0)} »")
        if pc.process.poll() is not None:
            raise Failed("the PC went off by itself")
        if (starts := pc.serial().count("relance: started ")) > 1:
            raise Failed(f"the PC started {starts} times")

    def check_disks(self):
        for path, before in self.left_alone.items():
            if sha256(path) != before:
                raise Failed(f"{path.name} has changed")


# ---- What a person does -----------------------------------------------------------------------------------------------

def to_number(pc):
    jobs.open_key(pc)
    pc.wait_for(r"relance: screen number", BOOT_S)


def to_list(pc):
    to_number(pc)
    pc.type(LABEL + "\n")
    pc.wait_for(r"relance: screen list", BOOT_S)


def to_plan(pc, case):
    to_number(pc)
    jobs.to_plan(pc, case.shop.font)


def confirm(pc):
    pc.type("\n")
    pc.wait_for(r"relance: screen confirm", BOOT_S)
    pc.type(LAST_DIGITS + "\n")


def usb_stick(path, *options):
    return ["-drive", f"if=none,id=s,format=raw,{','.join(options)},file={path}",
            "-device", "usb-storage,bus=u.0,drive=s,bootindex=0,removable=on,id=stick"]


# ---- The stick ---------------------------------------------------------------------------------------------------------

def stick_full(case):
    """No cluster is free: the first record would have no room."""
    sys.path.insert(0, str(EXFAT.parent))
    import exfat  # pylint: disable=import-outside-toplevel

    def fill(files):
        filler = files / "IMAGES/autre.bin"
        filler.write_bytes(b"x")
        first = machine.data_first_sector(case.stick)
        with (case.folder / "trial.img").open("w+b") as trial:
            volume = exfat.Volume(trial, 0, case.stick.stat().st_size // 512 - first, 1, 1767225600)
            volume.make("RELANCE", files)
        free = volume.cluster_count + 2 - volume.next_cluster
        filler.write_bytes(b"x" * (free + 1) * volume.cluster_bytes)

    case.change_files(fill)
    with case.pc() as pc:
        to_plan(pc, case)
        confirm(pc)
        pc.wait_for(r"relance: screen stop", BOOT_S)
        case.shows(pc, "STOP 41", "La clé est pleine.", "Libérez de la place sur la clé.", "Rien n’a encore été écrit.")


def stick_read_only(case):
    case.leave_alone(case.stick)
    with case.pc(stick_options=["-device", "qemu-xhci,id=u", *usb_stick(case.stick, "readonly=on")]) as pc:
        to_plan(pc, case)
        confirm(pc)
        pc.wait_for(r"relance: screen stop", BOOT_S)
        case.shows(pc, "STOP 43", "La clé est protégée en écriture.", "Retirez la protection de la clé.", "Rien n’a encore été écrit.")


def data_partition_blank(case):
    """Both copies of the boot region are zeros: nothing says that this is exFAT."""
    case.write_data(0, bytes(24 * 512))
    with case.pc() as pc:
        pc.wait_for("relance: stick missing", BOOT_S)
        case.shows(pc, "STOP 40 – Je ne trouve pas la clé Relance", "Branchez-la, ou changez-la de prise. Rien n’est écrit sur ce PC.")


def data_partition_broken(case):
    """It says exFAT and its serial, but its tables lie nowhere."""
    for copy in (0, 12 * 512):
        case.write_data(copy + 80, b"\xff" * 20)
    with case.pc() as pc:
        pc.wait_for("relance: stick damaged", BOOT_S)
        case.shows(pc, *DAMAGED)


def boot_region_hurt(case):
    """Where the tables lie is gone from the boot sector, but not from its copy. Repaired, and it works."""
    case.write_data(80, b"\xff" * 20)
    works_once_repaired(case)


def table_lost(case, kind):
    """The bitmap (0x81), without which fsck would cut off every file, or the table of capital letters (0x82), without which
    Windows refuses the stick. It is not repaired, not written: what is on it can still be read elsewhere."""
    entry = case.root_entry(kind)
    case.write_data(case.cluster_place(int.from_bytes(entry[20:24], "little")), bytes(int.from_bytes(entry[24:32], "little")))
    case.leave_alone(case.stick)
    with case.pc() as pc:
        pc.wait_for("relance: stick damaged", BOOT_S)
        case.shows(pc, *DAMAGED)


def fat_hurt(case):
    """FAT32 whose first table somebody wrote over: a repair would believe it, and cut every file to its first cluster."""
    jobs.reformat_as_fat32(case.stick, case.unpack(case.folder / "files"))
    tables = int.from_bytes(case.read_data(14, 2), "little") * 512
    case.write_data(tables + 12, b"\x55" * 4096)
    case.leave_alone(case.stick)
    with case.pc() as pc:
        pc.wait_for("relance: stick damaged", BOOT_S)
        case.shows(pc, *DAMAGED)


def data_partition_dirty(case):
    """Pulled out of a running PC: the dirty flag is set, a cluster is taken that is nobody's, and the file that was being
    written has one that counts as free. Repaired, and it works; what else was there still is."""
    half_written = b"what was being written"
    case.change_files(lambda files: (files / "JOURNAL/cut-off.log").write_bytes(half_written))
    before = case.unpack(case.folder / "before")
    data = case.read_data(0, case.stick.stat().st_size)
    bitmap = case.cluster_place(2)
    number = (data.index(half_written) - bitmap) // case.cluster_bytes()
    flags, free, nobodys = data[106], data[bitmap + number // 8] & ~(1 << number % 8), data[bitmap + 400] | 0x10
    case.write_data(106, bytes([flags | 2]))
    case.write_data(bitmap + number // 8, bytes([free]))
    case.write_data(bitmap + 400, bytes([nobodys]))
    works_once_repaired(case)
    after = case.unpack(case.folder / "after")
    for path in before.rglob("*"):
        name = path.relative_to(before)
        if path.is_file() and path.name != "cut-off.log" and not jobs.is_kept(name, path.read_bytes(), after / name):
            raise Failed(f"{name} is not what it was")


def works_once_repaired(case):
    """A whole job; the stick is clean afterwards, and was not before."""
    if case.is_clean():
        raise Failed("fsck.exfat finds nothing to repair")
    del case.left_alone[case.disk]
    with case.pc() as pc:
        to_plan(pc, case)
        confirm(pc)
        pc.wait_for(r"relance: screen running", BOOT_S)
        pc.wait_for(r"relance: screen done", BOOT_S)
        case.shows(pc, "Le disque est effacé et contrôlé.")
        pc.type("\n")
        pc.wait_off()
    if jobs.holds_mark(case.disk):
        raise Failed("the disk still holds somebody's letters")
    if not case.is_clean():
        raise Failed("fsck.exfat is not content afterwards")


def profile_wrong(case):
    """A key that nobody knows, on the third line of a profile that would start a job by itself."""
    profile = jobs.AUTOPILOT.splitlines(True)
    profile[2:2] = ['metod = "zero"\n']
    case.change_files(lambda files: (files / "relance.toml").write_text("".join(profile)))
    said = ("STOP 46", "Le profil relance.toml contient une erreur.", "Corrigez la ligne indiquée.", "relance.toml:3:1")
    with case.pc() as pc:
        pc.wait_for(r"relance: screen stop", BOOT_S)
        case.shows(pc, *said)
        pc.type("\n")
        case.shows(pc, "Relance s’est arrêté (code 3).", "Entrée : recommencer.")
        pc.type("\n")
        pc.wait_for(r"relance: screen stop", BOOT_S)
        case.shows(pc, *said)
        if re.search(r"screen (plan|confirm|running)", pc.serial()):
            raise Failed("something started")


def image_missing(case):
    case.change_files(lambda files: (files / "relance.toml").write_text('language = "fr"\nimage = "bureau"\n'))
    with case.pc() as pc:
        to_plan(pc, case)
        case.shows(pc, "STOP 30", "L’image n’est pas sur la clé.", "Copiez l’image dans IMAGES, puis recommencez.", "Rien n’a encore été écrit.")


def no_key(case):
    case.stick = case.shop.make_stick(case.folder / "without-key.img")
    with case.pc() as pc:
        jobs.open_key(pc)
        pc.wait_for(r"relance: screen stop", BOOT_S)
        case.shows(pc, "STOP 50", "La clé de signature est illisible.", "Refaites la clé Relance avec le responsable.")


def wrong_passphrase(case):
    """It stays on its screen, and the right one goes on from there."""
    with case.pc() as pc:
        pc.wait_for(r"relance: screen passphrase", BOOT_S)
        pc.type("cheval pile agraf\n")
        case.shows(pc, "Tapez la phrase secrète de la clé.", "STOP 51 – La phrase secrète est fausse. Tapez-la à nouveau.")
        pc.type(PASSPHRASE + "\n")
        pc.wait_for(r"relance: screen number", BOOT_S)


def two_sticks(case):
    """Twice the same one: nobody can say which the PC was started from."""
    twin = case.leave_alone(case.copy(case.stick, "twin.img"))
    with case.pc("-drive", f"if=none,id=t,format=raw,file={twin}", "-device", "usb-storage,bus=u.0,drive=t") as pc:
        pc.wait_for("relance: stick two", BOOT_S)
        case.shows(pc, "STOP 38 – Deux clés Relance sont branchées", "Retirez celle qui n’est pas à ce PC. Rien n’est écrit.")


def maintenance(case):
    """The twin of all others: its shell must be seen, or none of them shows that there is none."""
    menu = machine.get_file(case.stick, "/boot/grub/grub.cfg").decode()
    entry = re.search(r"menuentry '(Maintenance[^']*)'", menu).group(1)
    machine.put_file(case.stick, "/boot/grub/grub.cfg", re.sub("^set default=.*$", f"set default='{entry}'", menu, flags=re.M).encode())
    with case.pc() as pc:
        pc.wait_for("relance: started", BOOT_S)
        try:
            case.shows(pc, "#")
        except Failed as found:
            if "a shell" in str(found):
                return
            raise
        raise Failed("a shell is not noticed:\n" + "\n".join(pc.screen(case.shop.font)))


# ---- The PC ------------------------------------------------------------------------------------------------------------

def no_drive(case):
    with case.pc(disk=False) as pc:
        to_list(pc)
        case.shows(pc, "Aucun disque ne peut être effacé ici.")
        pc.type("\n")
        case.shows(pc, "Aucun disque ne peut être effacé ici.")


def screen_of_80_by_25(case):
    """A text screen as every VGA has it: what must be read is there, to the last line."""
    with case.pc() as pc:
        pc.wait_for(r"relance: screen passphrase", BOOT_S)
        case.shows(pc, "Tapez la phrase secrète de la clé.", "Phrase _")
        lines = pc.screen(case.shop.font)
        if len(lines) != 25 or max(map(len, lines)) > 80:
            raise Failed(f"{len(lines)} lines of {max(map(len, lines))}")
        if "Entrée : continuer" not in lines[-1] or "Relance" not in lines[0] or "À VOUS" not in lines[0]:
            raise Failed("first and last line: " + repr((lines[0], lines[-1])))
        pc.seen = 0  # The passphrase's screen has come already.
        to_plan(pc, case)
        case.shows(pc, "Voici ce qui va être fait.", "DONNE1", "Effacer → Contrôler l’effacement", "Entrée : d’accord")


def no_keyboard(case):
    """It starts and waits; a keyboard that is plugged in later works."""
    with case.pc(machine_options="i8042=off") as pc:
        pc.wait_for(r"relance: screen passphrase", BOOT_S)
        time.sleep(20)
        case.shows(pc, "Tapez la phrase secrète de la clé.", "Phrase _")
        pc.qmp("device_add", driver="usb-kbd", bus="u.0", id="keyboard")
        time.sleep(10)
        pc.type(PASSPHRASE + "\n")
        pc.wait_for(r"relance: screen number", BOOT_S)


def refused_on_usb(case, removable):
    """What hangs on USB is no target, whatever it says of itself, and the only drive is no exception."""
    with case.pc("-drive", f"if=none,id=d,format=raw,file={case.disk}",
                 "-device", f"usb-storage,bus=u.0,drive=d,removable={removable},serial=DONNE1", disk=False) as pc:
        to_list(pc)
        case.shows(pc, "Aucun disque ne peut être effacé ici.", "STOP 15 – Ce disque est externe : je n’y touche pas.")
        pc.type(" \n" + LAST_DIGITS + "\n")
        time.sleep(3)
        case.shows(pc, "Aucun disque ne peut être effacé ici.")
        if re.search(r"screen (plan|confirm|running)", pc.serial()):
            raise Failed("the program went on")


def erases_one_of(pc, case):
    """A whole job on the donated disk among others; its record is on the stick that the PC was started from."""
    del case.left_alone[case.disk]
    jobs.choose(pc, case.shop.font, "DONNE1")
    pc.type("\n")
    pc.wait_for(r"relance: screen plan", BOOT_S)
    confirm(pc)
    pc.wait_for(r"relance: screen done", jobs.JOB_S)
    case.shows(pc, "Le disque est effacé et contrôlé.")
    pc.type("\n")
    pc.wait_off()
    if not list((case.unpack(case.folder / "records") / "CERTIFICATS").rglob("*_EFFACE.json")):
        raise Failed("the stick holds no certificate of the job")
    if jobs.holds_mark(case.disk):
        raise Failed("the disk still holds somebody's letters")


def clone_in_the_pc(case):
    """A disk in the PC that is the stick byte for byte: the stick on USB is taken, and the copy is listed as what it is."""
    clone = case.leave_alone(case.copy(case.stick, "clone.img"))
    with case.pc("-drive", f"if=none,id=c,format=raw,file={clone}", "-device", "ide-hd,drive=c,bus=ide.0,unit=1,serial=COPIE1") as pc:
        to_list(pc)
        lines = pc.wait_for_screen(case.shop.font, "COPIE1")
        said = plain(next(line for line in lines if "COPIE1" in line))
        if "exfat" not in said or "RELANCE" not in said:
            raise Failed(f"the copy is listed as « {said} »")
        erases_one_of(pc, case)


def fat_disk(path, label, identity, signature=None):
    """32 MiB of FAT32 with our label and a marker; with a signature, behind a partition table."""
    offset = 2048 if signature is not None else 0
    path.write_bytes(bytes(48 * MIB))
    run("mkfs.fat", "-F", "32", "-s", "1", "-n", label, "-i", f"{identity:08x}", *(["--offset", offset] if offset else []), path)
    with tempfile.NamedTemporaryFile() as marker:
        marker.write(b"Relance %08x\r\n" % identity)
        marker.flush()
        run("mcopy", "-i", f"{path}@@{offset * 512}", marker.name, "::RELANCE.ID")
    if signature is not None:
        entry = bytes([0x80, 0, 0, 0, 0x0C, 0, 0, 0]) + offset.to_bytes(4, "little") + (48 * 2048 - offset).to_bytes(4, "little")
        with path.open("r+b") as file:
            file.seek(440)
            file.write(signature.to_bytes(4, "little") + bytes(2) + entry + bytes(48) + b"\x55\xaa")
    return path


def decoys(case):
    """Three disks with our labels and markers, one also with our signature, and another stick: a whole job beside them."""
    options = []
    wanted = [("RELANCE", FOREIGN_ID, None), ("AMORCE", FOREIGN_ID + 1, FOREIGN_ID + 1), ("RELANCE", FOREIGN_ID + 2, case.identity())]
    for number, (label, identity, signature) in enumerate(wanted, 1):
        path = case.leave_alone(fat_disk(case.folder / f"decoy-{number}.img", label, identity, signature))
        options += ["-drive", f"if=none,id=f{number},format=raw,file={path}",
                    "-device", f"ide-hd,drive=f{number},bus=ide.{number // 2},unit={number % 2},serial=LEURRE{number}"]
    other = case.leave_alone(case.shop.make_stick(case.folder / "other.img"))
    options += ["-drive", f"if=none,id=o,format=raw,file={other}", "-device", "usb-storage,bus=u.0,drive=o,serial=AUTRE"]
    with case.pc(*options) as pc:
        to_list(pc)
        case.shows(pc, "LEURRE1", "DONNE1")
        erases_one_of(pc, case)


CASES = {
    "stick-full": stick_full,
    "stick-read-only": stick_read_only,
    "data-partition-blank": data_partition_blank,
    "data-partition-broken": data_partition_broken,
    "data-partition-dirty": data_partition_dirty,
    "boot-region-hurt": boot_region_hurt,
    "bitmap-lost": lambda case: table_lost(case, 0x81),
    "capitals-lost": lambda case: table_lost(case, 0x82),
    "fat-hurt": fat_hurt,
    "profile-wrong": profile_wrong,
    "image-missing": image_missing,
    "no-key": no_key,
    "wrong-passphrase": wrong_passphrase,
    "two-sticks": two_sticks,
    "maintenance": maintenance,
    "no-drive": no_drive,
    "screen-of-80-by-25": screen_of_80_by_25,
    "no-keyboard": no_keyboard,
    "usb-removable": lambda case: refused_on_usb(case, "on"),
    "usb-fixed": lambda case: refused_on_usb(case, "off"),
    "clone-in-the-pc": clone_in_the_pc,
    "decoys": decoys,
}


def main():
    parser = trials.arguments(__doc__)
    parser.add_argument("program", type=pathlib.Path)
    wanted = trials.parse(parser)
    with trials.folder_beside(wanted.stick) as shared:
        shop = Shop(wanted.stick, wanted.program.resolve(), shared)

        def sit_before(name, folder):
            case = Case(shop, folder, wanted.out, name)
            CASES[name](case)
            case.check_disks()

        return trials.run(wanted, {name: lambda folder, name=name: sit_before(name, folder) for name in CASES})


if __name__ == "__main__":
    sys.exit(main())
