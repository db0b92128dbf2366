#!/usr/bin/env python3
"""modules.py KERNEL_FOLDER OUT SECOND LIST…: copies the modules that the lists name, and what these need, uncompressed.

KERNEL_FOLDER is lib/modules/VERSION of an unpacked Debian kernel, after depmod. The closure follows modules.dep and
modules.softdep. OUT becomes lib/modules/VERSION of the live system; what only the list second-tier.list asks for goes to
SECOND instead. depmod must run on both together once more.
"""

import fnmatch
import lzma
import pathlib
import sys


def module_name(path):
    return path.rsplit("/", 1)[1].split(".")[0].replace("-", "_")


def read_dependencies(folder):
    """Path of each module (below the folder) and the paths that it needs."""
    needs = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        needs[path] = others.split()
    by_name = {module_name(path): path for path in needs}
    for line in (folder / "modules.softdep").read_text().splitlines():
        words = line.split()
        if not words or words[0] != "softdep":
            continue
        name, *others = [word.replace("-", "_") for word in words[1:]]
        if name in by_name:
            needs[by_name[name]] += [by_name[other] for other in others if other in by_name]
    return needs


def patterns(lists):
    for file in lists:
        for line in pathlib.Path(file).read_text().splitlines():
            if line and not line.startswith("#"):
                yield line


def chosen(needs, wanted):
    """The modules that the patterns match, and all that they need."""
    waiting = [path for pattern in wanted for path in needs
               if fnmatch.fnmatchcase(path.removesuffix(".xz"), "kernel/" + pattern)]
    taken = set()
    while waiting:
        path = waiting.pop()
        if path not in taken:
            taken.add(path)
            waiting += needs[path]
    return sorted(taken)


def copy(folder, paths, out):
    for path in paths:
        content = (folder / path).read_bytes()
        target = out / path.removesuffix(".xz")
        target.parent.mkdir(parents=True, exist_ok=True)
        # The signature that Secure Boot asks for is on the uncompressed module, and the whole archive is compressed.
        target.write_bytes(lzma.decompress(content) if path.endswith(".xz") else content)


def main(folder, out, second, *lists):
    folder, out, second = pathlib.Path(folder), pathlib.Path(out), pathlib.Path(second)
    needs = read_dependencies(folder)
    is_second = [pathlib.Path(file).name == "second-tier.list" for file in lists]
    first_tier = chosen(needs, patterns(file for file, later in zip(lists, is_second) if not later))
    all_tiers = chosen(needs, patterns(lists))
    copy(folder, first_tier, out)
    copy(folder, sorted(set(all_tiers) - set(first_tier)), second)
    for name in ("modules.builtin", "modules.builtin.modinfo"):
        (out / name).write_bytes((folder / name).read_bytes())
    # Only the order of what is there: depmod names each missing module otherwise.
    there = {path.removesuffix(".xz") for path in all_tiers}
    order = [line.removesuffix(".xz") for line in (folder / "modules.order").read_text().splitlines()]
    (out / "modules.order").write_text("".join(line + "\n" for line in order if line in there))


if __name__ == "__main__":
    main(*sys.argv[1:])
