"""Every STOP number is unique, listed, and has its sentences in every language; the live system's own words use the same ones."""

import re
import sys

import house

HEADER = "wiper/base/stop.h"
PHRASES = "wiper/text/phrase.h"
LIVE_WORDS = "image-build/stick/root/lib/relance/words"


def check(tree):
    complaints = []
    code = house.bare(tree[HEADER])
    stops = re.findall(r"^\s*(\w+)\s*=\s*(\d+),", code, re.MULTILINE)
    numbers = [number for _, number in stops]
    listed = re.findall(r"\bStop::(\w+)", code)
    if not stops:
        complaints.append(f"{HEADER}: no STOP number found")
    complaints += [f"{HEADER}: {number} stands for two things" for number in {n for n in numbers if numbers.count(n) > 1}]
    for name, _ in stops:
        if listed.count(name) != 1:
            complaints.append(f"{HEADER}: {name} is {listed.count(name)} times in kAllStops")

    languages = re.search(r"enum class Language[^{]*\{([^}]*)\}", house.bare(tree.get(PHRASES, "")))
    names = re.findall(r"\w+", languages.group(1)) if languages else []
    if not names:
        complaints.append(f"{PHRASES}: no language found")
    for name in names:
        path = f"wiper/text/{name.lower()}.cpp"
        rows = re.findall(r'\{\s*Stop::(\w+),\s*"((?:\\.|[^"\\])+)"[^,{}]*,\s*"((?:\\.|[^"\\])+)"', tree.get(path, ""))
        found = [row[0] for row in rows]
        for stop, _ in stops:
            if found.count(stop) != 1:
                complaints.append(f"{path}: {found.count(stop)} rows of two sentences for Stop::{stop}")
    live = re.findall(r"^([A-Z][a-z]\w*)=(\d+)$", tree.get(LIVE_WORDS, ""), re.MULTILINE)
    if not live:
        complaints.append(f"{LIVE_WORDS}: no STOP number found")
    complaints += [f"{LIVE_WORDS}: {name} is not {number}" for name, number in live if (name, number) not in stops]
    said = re.findall(r"STOP (\d+)", tree.get(LIVE_WORDS, ""))
    complaints += [f"{LIVE_WORDS}: a STOP without its name" for _ in said]
    return complaints


PLANTED = [
    (HEADER, "enum class More {\n  Planted = 250,\n};", "Planted is 0 times in kAllStops"),
    (HEADER, "enum class More {\n  Planted = 250,\n};", "french.cpp: 0 rows of two sentences for Stop::Planted"),
    (HEADER, "enum class More {\n  Planted = 10,\n};", "10 stands for two things"),
    ("wiper/text/english.cpp", '{Stop::NoDrive, "One more.", "Do it."},', "english.cpp: 2 rows"),
    (LIVE_WORDS, "StickMissing=41", "words: StickMissing is not 41"),
    (LIVE_WORDS, "StickEaten=40", "words: StickEaten is not 40"),
    (LIVE_WORDS, "printf 'STOP 40'", "words: a STOP without its name"),
    (PHRASES.replace("phrase.h", "french.cpp"), '{Stop::NoDrive, "One more.", "Do it."},', "french.cpp: 2 rows"),
]

if __name__ == "__main__":
    sys.exit(house.main(check, PLANTED))
