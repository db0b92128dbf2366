#!/usr/bin/env python3
"""modules.py KERNEL_FOLDER OUT LIST…: copies the modules that the lists name, and what these need, uncompressed.

KERNEL_FOLDER is lib/modules/VERSION of an unpacked Debian kernel, after depmod. The closure follows modules.dep and
modules.softdep. OUT/stick becomes lib/modules/VERSION of the live system: what stick-tier.list asks for. What the lists
without a tier add to it goes to OUT/drivers, and what only a list NAME-tier.list asks for to OUT/NAME: each needs only be
unpacked over the one before. OUT/own is stick and drivers, OUT/all everything; depmod must run on stick, own and all.
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


def put_order(folder, paths, out):
    """Only the order of what is there: depmod names each missing module otherwise."""
    for name in ("modules.builtin", "modules.builtin.modinfo"):
        (out / name).write_bytes((folder / name).read_bytes())
    there = {path.removesuffix(".xz") for path in paths}
    order = [line.removesuffix(".xz") for line in (folder / "modules.order").read_text().splitlines()]
    (out / "modules.order").write_text("".join(line + "\n" for line in order if line in there))


def main(folder, out, *lists):
    folder, out = pathlib.Path(folder), pathlib.Path(out)
    needs = read_dependencies(folder)
    asked = {}
    for file in map(pathlib.Path, lists):
        asked.setdefault(file.stem.removesuffix("-tier") if file.stem.endswith("-tier") else "drivers", []).append(file)
    tiers = {"stick": chosen(needs, patterns(asked.pop("stick")))}
    tiers["drivers"] = sorted(set(chosen(needs, patterns(asked.pop("drivers")))) - set(tiers["stick"]))
    own = sorted(tiers["stick"] + tiers["drivers"])
    tiers |= {name: sorted(set(chosen(needs, patterns(files))) - set(own)) for name, files in asked.items()}
    for name, paths in tiers.items():
        copy(folder, paths, out / name)
    everything = sorted({path for paths in tiers.values() for path in paths})
    copy(folder, own, out / "own")
    copy(folder, everything, out / "all")
    for name, paths in [("stick", tiers["stick"]), ("own", own), ("all", everything)]:
        put_order(folder, paths, out / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
