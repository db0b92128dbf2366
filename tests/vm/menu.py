#!/usr/bin/env python3
"""menu.py STICK [--out FOLDER] [--only NAME…]: each entry of the stick's menu, picked by keys.

The menu is read from its picture, the entry found by going down, and what Linux was told is read from the PC's memory. Each
entry must start the kernel that it promises and open the screen that it names; no byte of the disk inside may change;
maintenance gives a shell, and no other does, nor another text screen. The practice run is gone through to its end, from
where the PC is switched off, or restarted.

Exit codes: 0 all as it must be, 1 not.
"""

import re
import sys
import time

import jobs
import machine
import trials
from jobs import BOOT_S, LABEL, LAST_DIGITS, make_disk, sha256
from machine import Failed, Machine
from troubles import SHELL

PASSPHRASE_SCREEN = ("passphrase", ["À VOUS", "Tapez la phrase secrète de la clé."])
# Name: how the entry begins; kernel; what it adds to the boot line; the first screen, and what that says.
ENTRIES = {
    "menu-normal": ("Relance", "amd64", "", *PASSPHRASE_SCREEN),
    "menu-simple-display": ("Relance, affichage simple", "amd64", "nomodeset", *PASSPHRASE_SCREEN),
    "menu-difficult-pc": ("Relance sur un PC difficile", "686", "acpi=off", *PASSPHRASE_SCREEN),
    "menu-control": ("Controle seul", "amd64", "relance.mode=check", "list",
                     ["Contrôle seul : rien n’est écrit sur ce PC.", "DONNE1"]),
    "menu-practice": ("Entrainement", "amd64", "relance.mode=practice", "number", ["ENTRAÎNEMENT : ce PC n’est pas touché."]),
    "menu-maintenance": ("Maintenance", "amd64", "relance.mode=maintenance", None, []),
}
SPECIAL = {"nomodeset", "acpi=off"}  # And relance.mode=…; the other arguments are the same for all.


class Counter:
    """What a person has in hand: a PC whose menu waits, and how its screens are read."""

    def __init__(self, stick, font):
        self.stick, self.font, self.rom_font = stick, font, machine.rom_font()
        self.titles = re.findall(r"^menuentry '([^']*)'", machine.get_file(stick, "/boot/grub/grub.cfg").decode(), re.MULTILINE)

    def pick(self, pc, beginning):
        """Home holds the countdown and marks the first entry, as often as it comes; then towards the one that is wanted, a
        key at a time: a busy emulator loses keys, or takes them late."""
        title = next(title for title in self.titles if title.startswith(beginning))
        for _ in range(600):
            pc.hmp("sendkey home")
            if marked(pc.screen(self.rom_font)) == self.titles[0]:
                break
            time.sleep(0.2)
        else:
            raise Failed("no menu:\n" + "\n".join(pc.screen(self.rom_font)))
        time.sleep(1)  # What is left of Home.
        for _ in range(60):
            seen = marked(pc.screen(self.rom_font))
            if seen == title:
                pc.hmp("sendkey ret")
                return
            if seen in self.titles:
                pc.hmp("sendkey " + ("down" if self.titles.index(seen) < self.titles.index(title) else "up"))
            time.sleep(1)
        raise Failed(f"« {seen} » is marked instead of « {title} »")


def marked(lines):
    """The entry that GRUB has put its star before."""
    return next((found.group(1) for line in lines if (found := re.search(r"\*(\w.*?)\s*[^\w\s)]?$", line))), None)


def check_kernel(pc, kernel, added):
    started = pc.wait_for(r"relance: started (\S+), Linux (\S+),", BOOT_S)
    words = pc.command_line().split()
    said = {word for word in words if word in SPECIAL or word.startswith("relance.mode=")}
    if not started.group(2).endswith(kernel) or f"vmlinuz-{kernel}" not in words[0] or said != set(added.split()):
        raise Failed(f"Linux {started.group(2)} with « {' '.join(words)} »")
    return started.group(2)


def check_no_shell(pc, font, screen):
    """Neither on the screen, nor where Alt-F2 leads, nor on the serial port."""
    pc.hmp("sendkey alt-f2")
    time.sleep(2)
    other = "\n".join(pc.screen(font))
    pc.hmp("sendkey alt-f1")
    if found := SHELL.search("\n".join([*screen, other, pc.serial()])):
        raise Failed(f"a shell: « {found.group(0)} »")


def wait_for_words(pc, font, sentences):
    for sentence in sentences:
        pc.wait_for_screen(font, re.escape(sentence))
    return pc.screen(font)


def use_shell(pc, counter, show):
    """It answers, to what a French keyboard types."""
    pc.wait_for_screen(counter.font, "#")
    pc.type("relance --version\n")
    pc.wait_for_screen(counter.font, r"(?m)^relance \S+$")
    show("first")
    if not SHELL.search("\n".join(pc.screen(counter.font))):
        raise Failed("a shell is not noticed")


def practise(pc, counter, show, last_key):
    """A whole run, then off or on again."""
    pc.type(LABEL + "\n")
    pc.wait_for(r"relance: screen plan", BOOT_S)
    pc.type("\n")
    pc.wait_for(r"relance: screen confirm", BOOT_S)
    pc.type(LAST_DIGITS + "\n")
    pc.wait_for(r"relance: screen running", BOOT_S)
    pc.wait_for(r"relance: screen done", BOOT_S)
    wait_for_words(pc, counter.font, ["Le disque est effacé et contrôlé.", "ENTRAÎNEMENT"])
    show("done")
    pc.type("\n")
    pc.wait_for(r"relance: exit 0", BOOT_S)
    wait_for_words(pc, counter.font, ["L’entraînement est fini. Ce PC n’a pas été touché.", "Entrée : recommencer.",
                                      "E puis Entrée : éteindre le PC.   R puis Entrée : redémarrer le PC."])
    show("end")
    pc.type("\n")
    pc.wait_for(r"relance: screen number", BOOT_S)  # Again, for the next person.
    pc.hmp("sendkey ctrl-c")
    pc.wait_for(r"relance: exit", BOOT_S)
    wait_for_words(pc, counter.font, ["L’entraînement est fini."])
    pc.type(last_key + "\n")
    pc.wait_for("relance: poweroff" if last_key == "e" else "relance: reboot", BOOT_S)
    pc.wait_off()


def trial(counter, name, folder, out, last_key="e"):
    beginning, kernel, added, screen, sentences = ENTRIES[name]
    disk = make_disk(folder / "disk.img", 16, 1)
    before = sha256(disk)

    def show(what):
        if out:
            pc.picture(out / f"{name}-{what}.png")

    with Machine(counter.stick, memory=512, options=jobs.ide(disk)) as pc:
        counter.pick(pc, beginning)
        linux = check_kernel(pc, kernel, added)
        begun = pc.seconds()
        if screen is None:
            use_shell(pc, counter, show)
        else:
            pc.wait_for(rf"relance: screen {screen} ", BOOT_S)
            facts = {"linux": linux, "first_screen": screen, "seconds_to_it": round(pc.seconds() - begun, 1)}
            shown = wait_for_words(pc, counter.font, sentences)
            show("first")
            check_no_shell(pc, counter.font, shown)
        if screen == "number":
            practise(pc, counter, show, last_key)
    if sha256(disk) != before:
        raise Failed("the disk has changed")
    return facts if screen else {"linux": linux, "first_screen": "shell"}


def main():
    wanted = trials.parse(trials.arguments(__doc__))
    with trials.folder_beside(wanted.stick) as shared:
        stick = machine.copy_for_emulator(wanted.stick, shared / "stick.img")
        counter = Counter(stick, machine.font_of(stick))
        picked = {name: lambda folder, name=name: trial(counter, name, folder, wanted.out) for name in ENTRIES}
        picked["menu-practice-restart"] = lambda folder: trial(counter, "menu-practice", folder, None, last_key="r")
        return trials.run(wanted, picked)


if __name__ == "__main__":
    sys.exit(main())
