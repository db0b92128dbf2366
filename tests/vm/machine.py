"""A PC in QEMU, started from a stick: its serial port, its keys, its screen read as text.

Emulated CPU (TCG) unless told otherwise, so that a test means the same on every host. The stick's file is changed only if asked.
"""

import json
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time

OVMF = pathlib.Path("/usr/share/OVMF")
VGA_ROM = pathlib.Path("/usr/share/seabios/vgabios-stdvga.bin")
POLL_S = 0.2
# What a boot that goes no further says on the serial port, or SeaBIOS on its debug port.
HOPELESS = re.compile(r"Kernel panic|grub rescue>|No bootable device|BdsDxe: No bootable option|bad shim signature"
                      r"|Security Violation|Access Denied|not a bootable disk")
# US positions of what is typed on a French keyboard (AZERTY, variant latin9).
AZERTY = {"a": "q", "q": "a", "z": "w", "w": "z", "m": "semicolon", " ": "spc", "-": "6", "&": "1", "é": "2", '"': "3",
          "'": "4", "(": "5", "è": "7", "_": "8", "ç": "9", "à": "0", ")": "minus", "=": "equal", "\n": "ret",
          "1": "shift-1", "2": "shift-2", "3": "shift-3", "4": "shift-4", "5": "shift-5", "6": "shift-6", "7": "shift-7",
          "8": "shift-8", "9": "shift-9", "0": "shift-0", ";": "comma", ":": "dot", "!": "slash", ",": "m",
          ".": "shift-comma", "/": "shift-dot", "?": "shift-m"}


class Failed(Exception):
    pass


def firmware_options(name, folder):
    """QEMU options of a firmware: bios, uefi, uefi32, secure, secure32."""
    if name == "bios":
        return []
    code = {"uefi": "OVMF_CODE_4M.fd", "secure": "OVMF_CODE_4M.secboot.fd"}.get(name, "OVMF32_CODE_4M.secboot.fd")
    variables = {"uefi": "OVMF_VARS_4M.fd", "uefi32": "OVMF32_VARS_4M.fd"}.get(name, "OVMF_VARS_4M.ms.fd")
    kept = folder / "variables.fd"
    shutil.copy(OVMF / variables, kept)
    return ["-global", "driver=cfi.pflash01,property=secure,value=on" if "secboot" in code else "ICH9-LPC.noreboot=off",
            "-drive", f"if=pflash,format=raw,readonly=on,file={OVMF / code}",
            "-drive", f"if=pflash,format=raw,file={kept}"]


class Machine:
    def __init__(self, stick, firmware="bios", cpu="max", memory=512, usb="qemu-xhci", changes_stick=False, options=(),
                 stick_options=None, machine_options="", accelerator="tcg", talks=False):
        self.memory_bytes = memory << 20
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="relance-vm-"))
        self.serial_file = self.folder / "serial.log"
        self.bios_file = self.folder / "bios.log"
        chipset = "pc" if firmware == "bios" else "q35,smm=" + ("off" if firmware == "uefi" else "on")
        chipset += "," + machine_options if machine_options else ""
        snapshot = "off" if changes_stick else "on"
        if stick_options is None:
            stick_options = ["-device", f"{usb},id=u", "-drive", f"if=none,id=s,format=raw,snapshot={snapshot},file={stick}",
                             "-device", "usb-storage,bus=u.0,drive=s,bootindex=0,removable=on,id=stick"]
        command = ["nice", "qemu-system-x86_64", "-accel", accelerator, "-machine", chipset, "-cpu", cpu, "-m", str(memory),
                   "-nodefaults", "-vga", "std", "-display", "none", "-no-reboot",
                   *self.serial_options(talks), "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
                   "-chardev", f"file,id=bios,path={self.bios_file}", "-device", "isa-debugcon,iobase=0x402,chardev=bios",
                   *firmware_options(firmware, self.folder), *stick_options, *options]
        self.errors = open(self.folder / "errors.log", "w", encoding="utf-8")
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors)
        self.seen = 0  # How much of the serial port's text has been waited for.
        self.monitor = self.connect()
        self.line = self.call(self.folder / "serial") if talks else None

    def serial_options(self, talks):
        """What the machine says lands in a file, also if somebody talks to it."""
        if not talks:
            return ["-serial", f"file:{self.serial_file}"]
        line = f"socket,id=line,path={self.folder}/serial,server=on,wait=off,logfile={self.serial_file}"
        return ["-chardev", line, "-serial", "chardev:line"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.errors.close()
        shutil.rmtree(self.folder)

    def call(self, path):
        for _ in range(300):
            try:
                line = socket.socket(socket.AF_UNIX)
                line.connect(str(path))
                return line
            except OSError:
                if self.process.poll() is not None:
                    raise Failed("QEMU does not start: " + (self.folder / "errors.log").read_text())
                time.sleep(POLL_S)
        raise Failed(f"QEMU does not open {path}")

    def connect(self):
        monitor = self.call(self.folder / "qmp")
        self.answers = monitor.makefile()
        self.answers.readline()
        self.monitor = monitor
        self.qmp("qmp_capabilities")
        return monitor

    def qmp(self, command, **arguments):
        self.monitor.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self.answers.readline())
            if "error" in answer:
                raise Failed(f"QEMU refuses {command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def hmp(self, line):
        return self.qmp("human-monitor-command", **{"command-line": line})

    def serial(self):
        return self.serial_file.read_bytes().decode(errors="replace").replace("\r", "") if self.serial_file.exists() else ""

    def said_hopeless(self):
        bios = self.bios_file.read_bytes().decode(errors="replace") if self.bios_file.exists() else ""
        found = HOPELESS.search(self.serial()) or HOPELESS.search(bios)
        return found.group(0) if found else None

    def wait_for(self, pattern, timeout=400):
        """The match of the next such line on the serial port."""
        end = time.monotonic() + timeout
        while True:
            self.empty_line()
            match = re.compile(pattern, re.MULTILINE).search(self.serial(), self.seen)
            if match:
                self.seen = match.end()
                return match
            if self.process.poll() is not None:
                raise Failed(f"the machine went off ({self.process.returncode}) before « {pattern} »: {self.serial()[-600:]}"
                             + (self.folder / "errors.log").read_text())
            if word := self.said_hopeless():
                raise Failed(f"the boot has stopped: {word}")
            if time.monotonic() > end:
                raise Failed(f"no « {pattern} » within {timeout} s: {self.serial()[-600:]}")
            time.sleep(POLL_S)

    def seconds(self):
        return time.monotonic() - self.started

    def cpu_seconds(self):
        """Processor time of QEMU: what a loaded host does not stretch."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def type(self, text):
        for letter in text:
            key = AZERTY.get(letter, letter if letter.islower() else "shift-" + AZERTY.get(letter.lower(), letter.lower()))
            self.hmp(f"sendkey {key}")
            time.sleep(0.15)  # A key is held for a tenth of a second; the next one must not fall into it.

    def say(self, text):
        """Typed on the serial port; for a machine that `talks`."""
        self.line.sendall(text.encode())

    def empty_line(self):
        """The file has it all; what nobody takes out of the line would hold the machine up."""
        while self.line and select.select([self.line], [], [], 0)[0]:
            if not self.line.recv(65536):
                self.line = None

    def unplug_stick(self):
        """Pulled out of its port. QEMU closes the file with it."""
        self.qmp("device_del", id="stick")
        end = time.monotonic() + 60
        while re.search(r"^s \(|^s:", self.hmp("info block"), re.MULTILINE):
            if time.monotonic() > end:
                raise Failed("the stick does not leave its port")
            time.sleep(POLL_S)

    def plug_stick(self, stick):
        self.hmp(f"drive_add 0 if=none,id=s,format=raw,file={stick}")
        self.qmp("device_add", driver="usb-storage", bus="u.0", drive="s", removable=True, id="stick")

    def command_line(self):
        """What Linux was told, as it lies in the PC's memory: the kernel's file first."""
        file = self.folder / "memory"
        self.qmp("pmemsave", val=0, size=self.memory_bytes, filename=str(file))
        found = re.search(rb"BOOT_IMAGE=([ -~]+)\0", file.read_bytes())
        file.unlink()
        if not found:
            raise Failed("no boot line in the memory")
        return found.group(1).decode()

    def picture(self, png):
        """Leaves a picture of the screen."""
        self.qmp("screendump", filename=str(pathlib.Path(png).resolve()), format="png")

    def screen(self, font):
        """The screen as lines of text, read from its pixels with the letters that the live system has loaded."""
        file = self.folder / "screen.ppm"
        self.qmp("screendump", filename=str(file))
        return font.read(file.read_bytes())

    def wait_for_screen(self, font, pattern, timeout=120):
        end = time.monotonic() + timeout
        while True:
            lines = self.screen(font)
            if re.search(pattern, "\n".join(lines)):
                return lines
            if time.monotonic() > end:
                raise Failed(f"the screen does not show « {pattern} »:\n" + "\n".join(lines))
            time.sleep(1)

    def wait_off(self, timeout=120):
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failed(f"still on after {timeout} s") from None

    def kill(self):
        """As if the plug were pulled."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Font:
    """Letters of 8×16 by their bytes, to recognise them in a picture."""

    def __init__(self, letters):
        self.letters = letters

    @staticmethod
    def of_psf(psf):
        if psf[:2] == b"\x36\x04":  # PSF1
            mode, height = psf[2], psf[3]
            count, start = (512 if mode & 1 else 256), 4
            words = psf[start + count * height:]
            table = []
            letters = []
            for place in range(0, len(words), 2):
                unit = words[place] | words[place + 1] << 8
                if unit == 0xFFFF:
                    table.append(letters)
                    letters = []
                else:
                    letters.append(chr(unit))
        else:
            raise SystemExit("font: not PSF1")
        if height != 16:
            raise SystemExit("font: not 16 lines high")
        known = {}
        for number, names in enumerate(table):
            glyph = psf[start + number * 16:start + number * 16 + 16]
            if names:
                known.setdefault(glyph, names[0])
        return Font(known)

    def read(self, ppm):
        """Lines of a picture in P6; '·' stands for what is no letter."""
        magic, width, height, _, pixels = re.match(rb"(P6)\s+(\d+)\s+(\d+)\s+(\d+)\s", ppm).groups() + (None,)
        width, height = int(width), int(height)
        pixels = ppm[-width * height * 3:]
        cell = 9 if width == 720 else 8  # Text screens of a VGA have a ninth column.
        lines = []
        for top in range(0, height - 15, 16):
            line = ""
            for left in range(0, width - cell + 1, cell):
                rows = [pixels[((top + y) * width + left) * 3:((top + y) * width + left + 8) * 3] for y in range(16)]
                line += self.letter(rows)
            lines.append(line.rstrip())
        return lines

    def letter(self, rows):
        colours = {row[x:x + 3] for row in rows for x in range(0, 24, 3)}
        if len(colours) == 1:
            return " "
        if len(colours) > 2:
            return "·"
        for ground in colours:
            glyph = bytes(sum((row[3 * x:3 * x + 3] != ground) << (7 - x) for x in range(8)) for row in rows)
            if glyph in self.letters:
                return self.letters[glyph]
        return "·"


# ---- Sticks for tests ------------------------------------------------------------------------------------------------

def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, check=False, **options)
    if done.returncode != 0:
        raise Failed(f"{command[0]} ends with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def boot_partition(stick):
    """The boot partition as mtools wants it: entry 2 of the MBR."""
    entry = pathlib.Path(stick).open("rb").read(512)[446 + 16:446 + 32]
    return f"{stick}@@{int.from_bytes(entry[8:12], 'little') * 512}"


def data_first_sector(stick):
    entry = pathlib.Path(stick).open("rb").read(512)[446:446 + 16]
    return int.from_bytes(entry[8:12], "little")


def get_file(stick, path):
    return run("mcopy", "-n", "-i", boot_partition(stick), "::" + path, "-")


def put_file(stick, path, content):
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        run("mcopy", "-o", "-i", boot_partition(stick), file.name, "::" + path)


def copy_for_emulator(stick, copy, extra=""):
    """A loaded host loses timer ticks, and Linux then refuses to start: no_timer_check."""
    run("cp", "--sparse=always", stick, copy)
    menu = get_file(copy, "/boot/stick.cfg").decode()
    put_file(copy, "/boot/stick.cfg", re.sub(r'set extra=".*"', f'set extra="no_timer_check {extra}"', menu).encode())
    return copy


def iso_for_emulator(iso, copy):
    with tempfile.NamedTemporaryFile() as menu:
        menu.write(b'set stick=any\nset extra="no_timer_check"\n')
        menu.flush()
        run("xorriso", "-indev", iso, "-outdev", copy, "-boot_image", "any", "replay", "-map", menu.name, "/boot/stick.cfg")
    return copy


def font_of(stick):
    """The letters that the live system of this stick loads."""
    with tempfile.TemporaryDirectory() as folder:
        archive = run("zstd", "-dc", input=get_file(stick, "/boot/base.img"))
        run("cpio", "-id", "--quiet", "lib/console/font.psf", input=archive, cwd=folder)
        return Font.of_psf((pathlib.Path(folder) / "lib/console/font.psf").read_bytes())


def rom_font():
    """The letters of a VGA before somebody loads others: those of its BIOS, in code page 437."""
    rom = VGA_ROM.read_bytes()
    start = rom.index(bytes.fromhex("000010386cc6c6fec6c6c6c600000000")) - ord("A") * 16
    return Font({rom[start + number * 16:start + number * 16 + 16]: bytes([number]).decode("cp437") for number in range(255, 31, -1)})
