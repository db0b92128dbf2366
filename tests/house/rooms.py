"""The top of the house is fixed, and no folder is empty of meaning: what git holds is where DESIGN.md §1 puts it."""

import re
import sys

import house

TOP = {"CMakeLists.txt", "CMakePresets.json", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md",
       "wiper", "imager", "tui", "image-build", "scripts", "tests"}
TESTS = {"CMakeLists.txt", "wiper", "imager", "tui", "support", "house", "contract", "laws", "threads", "golden",
         "machines", "bench", "corpus", "fuzz", "chain", "vm", "mutants"}


def check(tree):
    complaints = []
    for path in tree:
        top, *below = path.split("/")
        if top not in TOP and not top.startswith("."):
            complaints.append(f"{path}: {top} is not on the list of what lies at the top")
        if top == "tests" and below and below[0] not in TESTS:
            complaints.append(f"{path}: tests/{below[0]} is not on the list")
        if top in ("wiper", "imager", "tui") and re.search(r"(^|_)(util|helper|manager|common|misc)s?(_|\.|$)", path.rsplit("/", 1)[1]):
            complaints.append(f"{path}: a name that says nothing")
    return sorted(complaints)


PLANTED = [
    ("planted.md", "", "planted.md is not on the list"),
    ("docs/planted.md", "", "docs is not on the list"),
    ("tests/planted/x.cpp", "", "tests/planted is not on the list"),
    ("wiper/base/string_utils.h", "", "says nothing"),
]

if __name__ == "__main__":
    sys.exit(house.main(check, PLANTED))
