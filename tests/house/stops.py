"""Every STOP number is unique, listed, and has its sentences in every language."""

import re
import sys

import house

HEADER = "wiper/base/stop.h"
PHRASES = "wiper/text/phrase.h"


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
    return complaints


PLANTED = [
    (HEADER, "enum class More {\n  Planted = 250,\n};", "Planted is 0 times in kAllStops"),
    (HEADER, "enum class More {\n  Planted = 250,\n};", "french.cpp: 0 rows of two sentences for Stop::Planted"),
    (HEADER, "enum class More {\n  Planted = 10,\n};", "10 stands for two things"),
    ("wiper/text/english.cpp", '{Stop::NoDrive, "One more.", "Do it."},', "english.cpp: 2 rows"),
    (PHRASES.replace("phrase.h", "french.cpp"), '{Stop::NoDrive, "One more.", "Do it."},', "french.cpp: 2 rows"),
]

if __name__ == "__main__":
    sys.exit(house.main(check, PLANTED))
