#!/usr/bin/env python3
"""pdf_parts.py OUT.cpp ICC NAME=FONT.ttf:REPERTOIRE…

Writes, as C++, what every PDF certificate carries: the fonts, cut down to what a certificate may print, and a colour profile; all
deflated, since the program has no compressor. REPERTOIRE is `latin` (cp1252 without the signs below) or `ascii`. The same inputs give the
same bytes. Only Python's own library: a subset of a TrueType font is a matter of a few tables.
"""

import struct
import sys
import zlib

CODES = range(32, 256)
SELDOM = "¡¢£¤¥¦¨ª¬\u00ad¯±´µ¶¸¹º¼½¾¿ƒ†‡ˆ‰˜‹›„‚"  # On no PC's label and in no name: a sixth of the outlines.
INSTRUCTIONS, MORE, ARGS_ARE_WORDS, SCALE, TWO_SCALES, MATRIX = 0x100, 0x20, 0x1, 0x8, 0x40, 0x80  # Composite flags.


def unicode_of(code, repertoire):
    """The character that cp1252 has at that code; None: none, or outside of the repertoire."""
    if repertoire == "ascii" and not 32 <= code < 127:
        return None
    try:
        letter = bytes([code]).decode("cp1252")
    except UnicodeDecodeError:
        return None
    return None if code == 127 or letter in SELDOM else ord(letter)


class Font:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.tables = {}
        for i in range(struct.unpack_from(">H", self.bytes, 4)[0]):
            tag, _, offset, length = struct.unpack_from(">4sIII", self.bytes, 12 + 16 * i)
            self.tables[tag.decode()] = self.bytes[offset:offset + length]
        if "glyf" not in self.tables:
            raise SystemExit(f"{path}: no TrueType outlines")
        self.glyph_count = struct.unpack_from(">H", self.tables["maxp"], 4)[0]
        is_long = struct.unpack_from(">h", self.tables["head"], 50)[0]
        form = f">{self.glyph_count + 1}{'I' if is_long else 'H'}"
        self.places = [place * (1 if is_long else 2) for place in struct.unpack_from(form, self.tables["loca"])]
        self.map = self.read_cmap()

    def read_cmap(self):
        cmap = self.tables["cmap"]
        for i in range(struct.unpack_from(">H", cmap, 2)[0]):
            platform, encoding, at = struct.unpack_from(">HHI", cmap, 4 + 8 * i)
            if (platform, encoding) == (3, 1) and struct.unpack_from(">H", cmap, at)[0] == 4:
                return self.read_format_4(cmap[at:])
        raise SystemExit("a font without a Unicode cmap of format 4")

    @staticmethod
    def read_format_4(table):
        count = struct.unpack_from(">H", table, 6)[0] // 2
        ends = struct.unpack_from(f">{count}H", table, 14)
        starts = struct.unpack_from(f">{count}H", table, 16 + 2 * count)
        deltas = struct.unpack_from(f">{count}H", table, 16 + 4 * count)
        offsets = struct.unpack_from(f">{count}H", table, 16 + 6 * count)
        mapped = {}
        for i in range(count):
            for char in range(starts[i], min(ends[i], 0xFFFE) + 1):
                glyph = char
                if offsets[i]:
                    glyph = struct.unpack_from(">H", table, 16 + 6 * count + 2 * i + offsets[i] + 2 * (char - starts[i]))[0]
                if glyph or not offsets[i]:
                    mapped[char] = (glyph + deltas[i]) & 0xFFFF
        return mapped

    def outline(self, glyph):
        return self.tables["glyf"][self.places[glyph]:self.places[glyph + 1]]

    def metric(self, glyph):
        """Advance width and left side bearing."""
        count = struct.unpack_from(">H", self.tables["hhea"], 34)[0]
        if glyph < count:
            return struct.unpack_from(">Hh", self.tables["hmtx"], 4 * glyph)
        advance = struct.unpack_from(">H", self.tables["hmtx"], 4 * (count - 1))[0]
        return advance, struct.unpack_from(">h", self.tables["hmtx"], 4 * count + 2 * (glyph - count))[0]


def parts_of(outline):
    """(offset, flags, glyph) of each part of a composite outline, and where they end."""
    parts, at = [], 10
    while True:
        flags, glyph = struct.unpack_from(">HH", outline, at)
        parts.append((at, flags, glyph))
        at += 8 if flags & ARGS_ARE_WORDS else 6
        at += 2 if flags & SCALE else 4 if flags & TWO_SCALES else 8 if flags & MATRIX else 0
        if not flags & MORE:
            return parts, at


def contours(outline):
    return struct.unpack_from(">h", outline)[0] if outline else 0


def without_instructions(outline, new_number):
    if not outline:
        return b""
    if contours(outline) < 0:
        parts, end = parts_of(outline)
        changed = bytearray(outline[:end])
        for at, flags, glyph in parts:
            struct.pack_into(">HH", changed, at, flags & ~INSTRUCTIONS, new_number[glyph])
    else:
        at = 10 + 2 * contours(outline)
        length = struct.unpack_from(">H", outline, at)[0]
        changed = bytearray(outline[:at] + b"\0\0" + outline[at + 2 + length:])
    return bytes(changed) + b"\0" * (-len(changed) % 4)


def cmap_of(mapped):
    """A cmap of format 4 with a segment for each run of characters whose glyphs are consecutive."""
    runs = []
    for char, glyph in sorted(mapped.items()):
        if runs and char == runs[-1][1] + 1 and glyph - char == runs[-1][2]:
            runs[-1][1] = char
        else:
            runs.append([char, char, glyph - char])
    runs.append([0xFFFF, 0xFFFF, 1])
    count = len(runs)
    power = 1 << (count.bit_length() - 1)
    body = struct.pack(">HHHH", 2 * count, 2 * power, power.bit_length() - 1, 2 * (count - power))
    body += b"".join(struct.pack(">H", run[1]) for run in runs) + b"\0\0"
    body += b"".join(struct.pack(">H", run[0]) for run in runs)
    body += b"".join(struct.pack(">H", run[2] & 0xFFFF) for run in runs)
    body += b"\0\0" * count
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + struct.pack(">HHH", 4, 6 + len(body), 0) + body


def checksum(table):
    padded = table + b"\0" * (-len(table) % 4)
    return sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF


def font_file(tables):
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    directory = struct.pack(">IHHHH", 0x10000, count, 16 * power, power.bit_length() - 1, 16 * (count - power))
    offset, body = 12 + 16 * count, b""
    for tag in sorted(tables):
        directory += struct.pack(">4sIII", tag.encode(), checksum(tables[tag]), offset + len(body), len(tables[tag]))
        body += tables[tag] + b"\0" * (-len(tables[tag]) % 4)
    whole = directory + body
    at = whole.index(b"head", 12)
    head = struct.unpack_from(">I", whole, at + 8)[0]
    adjusted = (0xB1B0AFBA - checksum(whole)) & 0xFFFFFFFF
    return whole[:head + 8] + struct.pack(">I", adjusted) + whole[head + 12:]


def subset(font, wanted):
    """The font with .notdef and the wanted characters only."""
    glyphs = [0]
    for char in wanted:
        if font.map[char] not in glyphs:
            glyphs.append(font.map[char])
    for glyph in glyphs:  # Grows while it is read: parts of composites, and theirs.
        if contours(font.outline(glyph)) < 0:
            glyphs += [part for _, _, part in parts_of(font.outline(glyph))[0] if part not in glyphs]
    new_number = {glyph: i for i, glyph in enumerate(glyphs)}
    glyf, places = b"", [0]
    for glyph in glyphs:
        glyf += without_instructions(font.outline(glyph), new_number)
        places.append(len(glyf))
    head = bytearray(font.tables["head"])
    struct.pack_into(">I", head, 8, 0)
    struct.pack_into(">h", head, 50, 0)
    hhea = bytearray(font.tables["hhea"])
    struct.pack_into(">H", hhea, 34, len(glyphs))
    maxp = bytearray(font.tables["maxp"])
    struct.pack_into(">H", maxp, 4, len(glyphs))
    struct.pack_into(">H", maxp, 26, 0)  # The longest of the instructions.
    return font_file({
        "cmap": cmap_of({char: new_number[font.map[char]] for char in wanted}),
        "glyf": glyf,
        "head": bytes(head),
        "hhea": bytes(hhea),
        "hmtx": b"".join(struct.pack(">Hh", *font.metric(glyph)) for glyph in glyphs),
        "loca": struct.pack(f">{len(places)}H", *(place // 2 for place in places)),
        "maxp": bytes(maxp),
        "post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    })


def lines_of(numbers, form):
    numbers = [form(number) for number in numbers]
    return ",\n".join("    " + ", ".join(numbers[i:i + 24]) for i in range(0, len(numbers), 24))


def write_bytes(out, name, plain):
    packed = zlib.compress(plain, 9)
    out.append(f"constexpr unsigned char {name}[] = {{\n{lines_of(packed, str)}}};\n")


def write_font(out, name, path, repertoire):
    font = Font(path)
    chars = [unicode_of(code, repertoire) for code in CODES]
    wanted = [char for char in chars if char is not None and char in font.map]
    plain = subset(font, wanted)
    em = struct.unpack_from(">H", font.tables["head"], 18)[0]

    def scaled(value):
        return (value * 1000 + em // 2) // em

    missing = scaled(font.metric(0)[0])
    widths = [scaled(font.metric(font.map[char])[0]) if char in wanted else missing for char in chars]
    box = [scaled(value) for value in struct.unpack_from(">4h", font.tables["head"], 36)]
    ascent, descent = (scaled(value) for value in struct.unpack_from(">2h", font.tables["hhea"], 4))
    capital = scaled(struct.unpack_from(">h", font.outline(font.map[ord("H")]), 8)[0])
    known = [str(int(char in wanted)) for char in chars]
    tag = "".join(chr(ord("A") + byte % 26) for byte in zlib.crc32(plain).to_bytes(4, "big") + b"\x0b\x13")
    post_name = path.rsplit("/", 1)[1].removesuffix(".ttf")
    write_bytes(out, f"k{name}File", plain)
    out.append(f"constexpr bool k{name}Known[] = {{\n{lines_of(known, lambda flag: 'true' if flag == '1' else 'false')}}};\n")
    out.append(f"constexpr std::uint16_t k{name}Widths[] = {{\n{lines_of(widths, str)}}};\n")
    return (f'const EmbeddedFont k{name}Font{{"{tag}+{post_name}", {{k{name}File, {len(plain)}}}, k{name}Widths, k{name}Known, '
            f"{{{', '.join(map(str, box))}}}, {ascent}, {descent}, {capital}}};\n")


def main():
    target, profile, *fonts = sys.argv[1:]
    out = ['// Made by scripts/cmake/pdf_parts.py.\n#include "wiper/certificate/pdf_parts.h"\n\nnamespace relance {\nnamespace {\n\n']
    named = []
    for argument in fonts:
        name, _, rest = argument.partition("=")
        path, _, repertoire = rest.rpartition(":")
        named.append(write_font(out, name, path, repertoire))
    with open(profile, "rb") as file:
        plain = file.read()
    write_bytes(out, "kSrgbFile", plain)
    named.append(f"const Deflated kSrgbProfile{{kSrgbFile, {len(plain)}}};\n")
    out.append("\n}  // namespace\n\n" + "".join(named) + "\n}  // namespace relance\n")
    with open(target, "w", encoding="utf-8") as file:
        file.write("".join(out))


if __name__ == "__main__":
    main()
