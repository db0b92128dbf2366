"""Holds every #include against the relance_library lines, and every foreign header to its one home."""

import re
import sys

import house

# DESIGN §1: a row may include rows below it, left may include right.
ROWS = [
    ["tui/cli", "tui/session", "tui/profile", "tui/present", "tui/view", "tui/model"],
    ["imager/capture", "imager/deploy", "imager/partition", "imager/filesystem", "imager/format"],
    ["wiper/linux", "wiper/sim"],
    ["wiper/audit", "wiper/certificate", "wiper/ledger"],
    ["wiper/job", "wiper/journal", "wiper/plan"],
    ["wiper/erase", "wiper/sweep", "wiper/discover", "wiper/checks"],
    ["wiper/content", "wiper/command", "wiper/stick"],
    ["wiper/device", "wiper/crypto", "wiper/text", "wiper/base"],
]
ORDER = [folder for row in ROWS for folder in row]  # Downwards, left to right.
SEAMS = {"wiper/linux", "wiper/sim"}
PICKS_A_SEAM = "tui/session"

# Foreign headers: pattern, homes (folders), how many files of a home may include it.
FOREIGN = [
    (r"openssl/.*", ["wiper/crypto"], None),
    (r"(n?curses|term|panel)\.h|ncursesw/.*", ["tui/present"], None),
    (r"parted/.*", ["imager/partition"], None),
    (r"ext2fs/.*|et/.*|com_err\.h", ["imager/filesystem"], None),
    (r"blkid/.*|uuid/.*", ["wiper/linux"], 1),
    (r"nlohmann/.*", ["wiper/base"], 1),
    (r"CLI/.*", ["tui/cli"], None),
    (r"toml\+\+/.*|toml\.hpp", ["tui/profile"], 1),
    (r"zstd.*\.h", ["imager/format"], None),
    (r"qrcodegen/.*", ["wiper/certificate"], 1),
    # Device nodes and ioctls.
    (r"linux/.*|scsi/.*|asm/.*|mntent\.h|sys/(ioctl|mount|sysmacros|statfs|vfs|file|reboot|uio)\.h", ["wiper/linux"], None),
    # What else the operating system offers.
    (r"(fcntl|unistd|termios|dirent|poll|spawn|sched|pthread|signal|time|errno|endian|byteswap|malloc)\.h|sys/.*", ["wiper/linux"], None),
    (r"unistd\.h|sys/mman\.h", ["imager/partition", "imager/filesystem"], None),  # Memory files.
    (r"(unistd|signal|termios|locale|langinfo|wchar)\.h", ["tui/present", "tui/cli"], None),
]

STANDARD = set("""
algorithm any array atomic barrier bit bitset cctype cerrno cfenv charconv chrono cinttypes climits clocale cmath compare
complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime
cwchar cwctype deque exception execution filesystem forward_list fstream functional future initializer_list iomanip ios
iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional
ostream queue random ranges ratio regex semaphore set shared_mutex source_location span sstream stack stdexcept
stop_token streambuf string string_view syncstream system_error thread tuple type_traits typeindex typeinfo
unordered_map unordered_set utility valarray variant vector version stdlib.h
""".split())

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def declared(tree):
    """(folder, the folders it USES) for each relance_library line."""
    lines = re.sub(r"#.*", "", tree["CMakeLists.txt"])
    for arguments in re.findall(r"relance_library\(([^)]*)\)", lines):
        words = arguments.split()
        uses, taking = [], False
        for word in words[1:]:
            taking = word == "USES" or (taking and word != "LINKS")
            if taking and word != "USES":
                uses.append(word)
        yield words[0], uses


def closure(libraries, folders):
    reached, waiting = set(), list(folders)
    while waiting:
        folder = waiting.pop()
        if folder not in reached:
            reached.add(folder)
            waiting += libraries.get(folder, [])
    return reached


def check_declarations(declarations):
    folders = [folder for folder, _ in declarations]
    for folder, uses in declarations:
        if folders.count(folder) > 1:
            yield f"CMakeLists.txt: {folder} is declared twice"
        if folder not in ORDER:
            yield f"CMakeLists.txt: {folder} is no folder of the house (DESIGN.md §1)"
            continue
        for used in uses:
            if used not in ORDER or ORDER.index(used) <= ORDER.index(folder):
                yield f"CMakeLists.txt: {folder} USES {used}: the arrow points upwards or to the left"
            if used in SEAMS and folder != PICKS_A_SEAM:
                yield f"CMakeLists.txt: {folder} USES {used}: only {PICKS_A_SEAM} picks a seam"


def check_own(path, text, libraries):
    folder = house.folder_of(path)
    if folder not in libraries:
        if not path.startswith("imager/partition/shims/"):
            yield f"{path}: {folder} has no relance_library line"
        return
    for match in INCLUDE.finditer(text):
        bracket, name = match.groups()
        where = f"{path}:{house.line_of(text, match.start())}"
        if ".." in name.split("/"):
            yield f"{where}: '..' in #include {name}"
        elif name.startswith(house.CODE):
            target = house.folder_of(name)
            if bracket == "<":
                yield f"{where}: <{name}> is ours: write it with quotes"
            if target != folder and target not in libraries[folder]:
                yield f"{where}: {folder} includes {name}, but its relance_library line does not use {target}"
        elif bracket == '"':
            yield f"{where}: \"{name}\" is not named from the top of the sources"
        elif name not in STANDARD:
            rows = [row for row in FOREIGN if re.fullmatch(row[0], name)]
            if not rows:
                yield f"{where}: <{name}> has no home: give it a row in tests/house/arrows.py"
            elif not any(folder in homes for _, homes, _ in rows):
                homes = ", ".join(home for _, homes, _ in rows for home in homes)
                yield f"{where}: <{name}> lives in {homes} only"


def check_counts(tree):
    for pattern, homes, limit in FOREIGN:
        if limit is None:
            continue
        files = sorted({path for path, text in tree.code(*[home + "/" for home in homes])
                        for _, name in INCLUDE.findall(text) if re.fullmatch(pattern, name)})
        if len(files) > limit:
            yield f"{', '.join(files)}: more than {limit} file includes {pattern}"


def check_tests(tree, libraries):
    """A library's own tests see that library, and what it hands on."""
    lines = re.sub(r"#.*", "", tree["tests/CMakeLists.txt"])
    for arguments in re.findall(r"relance_test\(([^)]*)\)", lines):
        words = arguments.split()
        folder = words[0]
        uses = [word for word in words[1:] if word in libraries]
        if folder in libraries and not set(uses) <= {folder, "wiper/sim"}:
            yield f"tests/CMakeLists.txt: the tests of {folder} link more than that library (and the simulated machine)"
        seen = closure(libraries, uses)
        for path, text in tree.code(f"tests/{folder}/"):
            if "/" in path.removeprefix(f"tests/{folder}/"):
                continue  # A folder below has a line of its own: relance_test takes the files of one folder.
            for match in INCLUDE.finditer(text):
                target = house.folder_of(match.group(2))
                if match.group(2).startswith(house.CODE) and target not in seen:
                    yield f"{path}:{house.line_of(text, match.start())}: {match.group(2)} is not below what this test USES"


def check(tree):
    declarations = list(declared(tree))
    libraries = dict(declarations)
    complaints = list(check_declarations(declarations))
    for path, text in tree.code():
        complaints += check_own(path, text, libraries)
    complaints += check_counts(tree)
    complaints += check_tests(tree, libraries)
    return complaints


PLANTED = [
    ("CMakeLists.txt", "relance_library(wiper/base USES wiper/device)", "points upwards"),
    ("CMakeLists.txt", "relance_library(wiper/base)", "declared twice"),
    ("CMakeLists.txt", "relance_library(wiper/gadget USES wiper/base)", "no folder of the house"),
    ("CMakeLists.txt", "relance_library(wiper/job USES wiper/base wiper/linux)", "picks a seam"),
    ("wiper/base/planted.h", '#include "wiper/device/block_device.h"', "does not use wiper/device"),
    ("wiper/base/planted.h", '#include "../device/block_device.h"', "'..' in"),
    ("wiper/base/planted.h", "#include <wiper/base/result.h>", "with quotes"),
    ("wiper/base/planted.h", '#include "result.h"', "from the top"),
    ("wiper/base/planted.cpp", "#include <openssl/evp.h>", "lives in wiper/crypto"),
    ("wiper/base/planted.cpp", "  #  include <linux/fs.h>", "lives in wiper/linux"),
    ("wiper/base/planted.cpp", "#include <boost/any.hpp>", "has no home"),
    ("wiper/base/planted.cpp", "#include <nlohmann/json.hpp>", "more than 1 file"),
    ("wiper/planted/planted.cpp", "", "no relance_library line"),
    ("tests/wiper/base/planted.cpp", '#include "tui/session/session.h"', "not below what this test USES"),
    ("tests/CMakeLists.txt", "relance_test(wiper/base LABELS unit USES wiper/base wiper/device)", "link more than"),
]

if __name__ == "__main__":
    sys.exit(house.main(check, PLANTED))
