#!/usr/bin/env python3
"""exFAT in a file, without mounting it: neither root nor a kernel with exFAT is needed.

exfat.py make DISK FIRST_SECTOR SECTORS SERIAL EPOCH LABEL FOLDER   a file system at a place of the disk, with a folder's files in it
exfat.py unpack DISK FIRST_SECTOR OUT                               its files into a new folder
exfat.py compare DISK FIRST_SECTOR FOLDER                           are its files those of the folder, byte for byte? 1: no

Microsoft's exFAT specification, in sectors of 512 bytes: boot region of 12 sectors, its copy, one FAT, clusters. Files and
folders lie in one piece each ("no FAT chain"); only the bitmap, the up-case table and the root have chains.
make gives the same bytes from the same folder.
"""

import datetime
import pathlib
import struct
import sys

SECTOR = 512
HEAP_ALIGNMENT = 2048   # Sectors: flash wants clusters on whole MiB.
END_OF_CHAIN = 0xFFFFFFFF
NAME_UNITS = 15         # UTF-16 units of a name in one entry.
LONGEST_NAME = 255
FOLDER, ARCHIVE = 0x10, 0x20


def checksum16(content, skip=()):
    total = 0
    for place, byte in enumerate(content):
        if place not in skip:
            total = ((total << 15 | total >> 1) + byte) & 0xFFFF
    return total


def checksum32(content, skip=()):
    total = 0
    for place, byte in enumerate(content):
        if place not in skip:
            total = ((total << 31 | total >> 1) + byte) & 0xFFFFFFFF
    return total


def upper(unit):
    """The up-case of a UTF-16 unit: Latin letters, which no Unicode version changes any more; others are their own."""
    if unit in (0x131, 0x17F):
        return unit
    large = chr(unit).upper() if unit < 0x250 else ""
    return ord(large) if len(large) == 1 and ord(large) < 0x250 else unit


def up_case_table():
    """Compressed: 0xFFFF and a count stand for that many units that are their own up-case."""
    units, unit = [], 0
    while unit < 0x10000:
        same = unit
        while same < 0x10000 and upper(same) == same:
            same += 1
        if same - unit > 2 or same == 0x10000:
            while unit < same:
                run = min(same - unit, 0xFFFF)
                units += [0xFFFF, run]
                unit += run
        else:
            units.append(upper(unit))
            unit += 1
    return struct.pack(f"<{len(units)}H", *units)


def units_of(name):
    units = struct.unpack(f"<{len(name.encode('utf-16-le')) // 2}H", name.encode("utf-16-le"))
    if not 0 < len(units) <= LONGEST_NAME or any(unit < 0x20 or chr(unit) in '"*/:<>?\\|' for unit in units):
        raise SystemExit(f"exfat: no name for exFAT: {name!r}")
    return units


def timestamp(epoch):
    at = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    return (at.year - 1980) << 25 | at.month << 21 | at.day << 16 | at.hour << 11 | at.minute << 5 | at.second // 2


def entry_set(name, is_folder, first_cluster, length, epoch):
    """File, stream and name entries of one file or folder."""
    units = units_of(name)
    names = [units[start:start + NAME_UNITS] for start in range(0, len(units), NAME_UNITS)]
    when, attributes = timestamp(epoch), FOLDER if is_folder else ARCHIVE
    utc = 0x80
    file = struct.pack("<BBHHHIIIBBBBB7x", 0x85, 1 + len(names), 0, attributes, 0, when, when, when, 0, 0, utc, utc, utc)
    hashed = checksum16(struct.pack(f"<{len(units)}H", *[upper(unit) for unit in units]))
    flags = 0x03 if length else 0x01   # Allocation possible, no chain.
    stream = struct.pack("<BBBBHHQIIQ", 0xC0, flags, 0, len(units), hashed, 0, length, 0, first_cluster if length else 0, length)
    entries = file + stream
    for part in names:
        entries += struct.pack("<BB15H", 0xC1, 0, *part, *[0] * (NAME_UNITS - len(part)))
    return entries[:2] + struct.pack("<H", checksum16(entries, skip=(2, 3))) + entries[4:]


class Volume:
    """A new file system: first where everything lies, then its bytes."""

    def __init__(self, disk, first_sector, sectors, serial, epoch):
        self.disk, self.first_sector, self.sectors, self.serial, self.epoch = disk, first_sector, sectors, serial, epoch
        self.cluster_shift = 3 if sectors < 1 << 19 else 6    # 4 KiB below 256 MiB, 32 KiB above.
        self.cluster_bytes = SECTOR << self.cluster_shift
        self.fat_offset = 128
        guess = sectors >> self.cluster_shift
        self.fat_sectors = -(-(guess + 2) * 4 // SECTOR)
        self.heap_offset = -(-(self.fat_offset + self.fat_sectors) // HEAP_ALIGNMENT) * HEAP_ALIGNMENT
        self.cluster_count = (sectors - self.heap_offset) >> self.cluster_shift
        self.next_cluster = 2
        self.fat = {0: 0xFFFFFFF8, 1: END_OF_CHAIN}

    def clusters_of(self, length):
        return -(-length // self.cluster_bytes)

    def take(self, length, chained=False):
        """Clusters in one piece for that many bytes; the first one."""
        count, first = self.clusters_of(length), self.next_cluster
        if first + count > self.cluster_count + 2:
            raise SystemExit("exfat: the files do not fit the partition")
        self.next_cluster += count
        if chained:
            self.fat.update({cluster: cluster + 1 for cluster in range(first, first + count - 1)})
            self.fat[first + count - 1] = END_OF_CHAIN
        return first

    def write(self, sector, content):
        self.disk.seek((self.first_sector + sector) * SECTOR)
        self.disk.write(content)

    def write_cluster(self, cluster, content):
        padding = -len(content) % self.cluster_bytes
        self.write(self.heap_offset + ((cluster - 2) << self.cluster_shift), content + b"\0" * padding)

    def put_file(self, path):
        length = path.stat().st_size
        first = self.take(length)
        self.disk.seek((self.first_sector + self.heap_offset + ((first - 2) << self.cluster_shift)) * SECTOR)
        with path.open("rb") as source:
            while piece := source.read(1 << 20):
                self.disk.write(piece)
            self.disk.write(b"\0" * (-length % self.cluster_bytes))
        return first, length

    def put_folder(self, folder):
        """The folder's entries; what is below it is written."""
        entries = b""
        for path in sorted(folder.iterdir(), key=lambda each: each.name):
            if path.is_dir():
                below = self.put_folder(path)
                length = max(1, self.clusters_of(len(below))) * self.cluster_bytes
                first = self.take(length)
                self.write_cluster(first, below.ljust(length, b"\0"))
            else:
                first, length = self.put_file(path)
            entries += entry_set(path.name, path.is_dir(), first, length, self.epoch)
        return entries

    def make(self, label, folder):
        bitmap_length = -(-self.cluster_count // 8)
        bitmap_first = self.take(bitmap_length, chained=True)
        table = up_case_table()
        table_first = self.take(len(table), chained=True)
        entries = self.put_folder(pathlib.Path(folder))
        letters = units_of(label)
        root = struct.pack("<BB11H8x", 0x83, len(letters), *letters, *[0] * (11 - len(letters)))
        root += struct.pack("<BB18xIQ", 0x81, 0, bitmap_first, bitmap_length)
        root += struct.pack("<B3xI12xIQ", 0x82, checksum32(table), table_first, len(table))
        root += entries
        root_first = self.take(len(root), chained=True)

        self.write_cluster(root_first, root)
        self.write_cluster(table_first, table)
        used = self.next_cluster - 2
        bitmap = bytearray(bitmap_length)
        for cluster in range(used):
            bitmap[cluster // 8] |= 1 << cluster % 8
        self.write_cluster(bitmap_first, bytes(bitmap))
        fat = bytearray(self.fat_sectors * SECTOR)
        for cluster, following in self.fat.items():
            struct.pack_into("<I", fat, cluster * 4, following)
        self.write(self.fat_offset, fat)
        region = self.boot_region(root_first, used)
        self.write(0, region + region)

    def boot_region(self, root_first, used):
        percent = used * 100 // self.cluster_count
        boot = struct.pack("<3s8s53xQQIIIIIIHHBBBBB7x390s", b"\xEB\x76\x90", b"EXFAT   ", self.first_sector, self.sectors,
                           self.fat_offset, self.fat_sectors, self.heap_offset, self.cluster_count, root_first, self.serial,
                           0x0100, 0, 9, self.cluster_shift, 1, 0x80, percent, b"\xF4" * 390) + b"\x55\xAA"
        extended = b"\0" * (SECTOR - 2) + b"\x55\xAA"
        region = boot + extended * 8 + b"\0" * SECTOR * 2
        # Volume flags and percent in use change while the volume lives: they do not count.
        return region + struct.pack("<I", checksum32(region, skip=(106, 107, 112))) * (SECTOR // 4)


class Reader:
    def __init__(self, disk, first_sector):
        self.disk, self.start = disk, first_sector * SECTOR
        boot = self.bytes(0, SECTOR)
        if boot[3:11] != b"EXFAT   ":
            raise SystemExit("exfat: there is no exFAT")
        self.fat_offset, _, self.heap_offset, self.cluster_count, self.root = struct.unpack_from("<5I", boot, 80)
        self.cluster_bytes = SECTOR << boot[109]

    def bytes(self, offset, count):
        self.disk.seek(self.start + offset)
        return self.disk.read(count)

    def cluster(self, number):
        if not 2 <= number < self.cluster_count + 2:
            raise SystemExit(f"exfat: cluster {number} lies outside")
        return self.bytes(self.heap_offset * SECTOR + (number - 2) * self.cluster_bytes, self.cluster_bytes)

    def chain(self, first):
        for _ in range(self.cluster_count):
            yield first
            first, = struct.unpack("<I", self.bytes(self.fat_offset * SECTOR + first * 4, 4))
            if first == END_OF_CHAIN:
                return
        raise SystemExit("exfat: a chain without an end")

    def pieces(self, first, length, in_one_piece):
        """The content, cluster by cluster; length None: a chain's whole clusters."""
        if length == 0:
            return
        numbers = range(first, first + -(-length // self.cluster_bytes)) if in_one_piece else self.chain(first)
        for number in numbers:
            piece = self.cluster(number)
            yield piece if length is None else piece[:length]
            if length is not None:
                length -= min(length, self.cluster_bytes)
                if length == 0:
                    return

    def members(self, entries):
        """(name, is it a folder, its content in pieces) of each file and folder."""
        place = 0
        while place < len(entries) and entries[place]:
            if entries[place] != 0x85:
                place += 32
                continue
            count = entries[place + 1]
            attributes, = struct.unpack_from("<H", entries, place + 4)
            stream = entries[place + 32:place + 64]
            first, = struct.unpack_from("<I", stream, 20)
            length, = struct.unpack_from("<Q", stream, 24)
            units = b"".join(entries[place + 32 * i + 2:place + 32 * i + 32] for i in range(2, count + 1))
            name = units[:stream[3] * 2].decode("utf-16-le")
            if "/" in name or name in (".", ".."):
                raise SystemExit("exfat: a name that leaves its folder")
            yield name, bool(attributes & FOLDER), self.pieces(first, length, stream[1] & 2)
            place += 32 * (count + 1)

    def root_entries(self):
        return b"".join(self.pieces(self.root, None, False))

    def unpack(self, entries, out):
        out.mkdir()
        for name, is_folder, pieces in self.members(entries):
            if is_folder:
                self.unpack(b"".join(pieces), out / name)
            else:
                with (out / name).open("wb") as target:
                    target.writelines(pieces)

    def compare(self, entries, folder):
        """The first path that differs, or none."""
        left = {path.name for path in folder.iterdir()}
        for name, is_folder, pieces in self.members(entries):
            path = folder / name
            if name not in left or path.is_dir() != is_folder:
                return path
            left.remove(name)
            if is_folder:
                if different := self.compare(b"".join(pieces), path):
                    return different
            elif not is_content(path, pieces):
                return path
        return folder / left.pop() if left else None


def is_content(path, pieces):
    with path.open("rb") as file:
        return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)


def main(command, disk, first_sector, *words):
    if command == "make":
        sectors, serial, epoch, label, folder = words
        with open(disk, "r+b") as file:
            Volume(file, int(first_sector), int(sectors), int(serial, 16), int(epoch)).make(label, folder)
    elif command == "unpack":
        with open(disk, "rb") as file:
            reader = Reader(file, int(first_sector))
            reader.unpack(reader.root_entries(), pathlib.Path(words[0]))
    elif command == "compare":
        with open(disk, "rb") as file:
            reader = Reader(file, int(first_sector))
            if different := reader.compare(reader.root_entries(), pathlib.Path(words[0])):
                raise SystemExit(f"exfat: {different} is not what was written")
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) < 5 or sys.argv[1] in ("-h", "--help"):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
