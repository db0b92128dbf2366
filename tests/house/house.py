"""What the house checks share: the sources as a dictionary, C++ without its comments and strings, and the twin.

Each check is a function from a Tree to a list of complaints. Each has planted faults: small changes to the real sources
that it must complain about. A check that finds none of its planted faults proves nothing, and fails.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = ("wiper/", "imager/", "tui/")
SOURCES = (".cpp", ".h", ".c")


class Tree(dict):
    """Path → text of every file that git knows or would add."""

    @staticmethod
    def of_the_project():
        listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        paths = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        tree = Tree()
        for path in filter(None, paths.split("\0")):
            if (ROOT / path).is_file():
                tree[path] = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        return tree

    def code(self, *folders):
        """(path, text) of our C++ and C below the folders."""
        for path in sorted(self):
            if path.startswith(folders or CODE) and path.endswith(SOURCES):
                yield path, self[path]

    def with_fault(self, path, text):
        """A copy with the text appended to that file, which may be new."""
        copy = Tree(self)
        copy[path] = self.get(path, "") + "\n" + text + "\n"
        return copy


TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'                          # Comments.
    r'|(?:u8|u|U|L)?R"(?P<raw>[^()\\\s]{0,16})\(.*?\)(?P=raw)"'  # Raw strings.
    r'|"(?:\\.|[^"\\\n])*"'                       # Strings.
    r"|(?<![0-9A-Za-z])'(?:\\.|[^'\\\n])+'",      # Characters, but not the ' in 1'000.
    re.DOTALL)


def bare(text):
    """C++ with comments and the insides of strings blanked; lines and columns stay."""
    def blank(match):
        return re.sub(r"[^\n\"]", " ", match.group(0)) if '"' in match.group(0) and not match.group(0).startswith("/") \
            else re.sub(r"[^\n]", " ", match.group(0))
    return TOKEN.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def folder_of(path):
    return path.rsplit("/", 1)[0]


def main(check, planted):
    """check: Tree → complaints. planted: (path, text to append, words that the complaint must hold)."""
    tree = Tree.of_the_project()
    if "--planted" not in sys.argv:
        complaints = check(tree)
        for complaint in complaints:
            print(complaint)
        print(f"{len(complaints)} complaints")
        return 1 if complaints else 0

    known = set(check(tree))
    missed = 0
    for path, text, words in planted:
        new = [c for c in check(tree.with_fault(path, text)) if c not in known]
        found = any(words in complaint for complaint in new)
        print(f"{'found' if found else 'MISSED'}: {words!r} planted in {path}")
        missed += not found
    print(f"{len(planted)} faults planted, {missed} missed")
    return 1 if missed or not planted else 0
