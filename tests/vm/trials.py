"""What the programs of this folder have in common: how they are called, and one line for each trial."""

import argparse
import contextlib
import json
import pathlib
import subprocess
import tempfile
import time

from machine import Failed


def arguments(documentation, image="stick"):
    """The parser; what else a program wants is added to it. Beside the image (a stick, or another disk) is room for large files."""
    parser = argparse.ArgumentParser(description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stick", type=pathlib.Path, metavar=image)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--only", nargs="*")
    return parser


@contextlib.contextmanager
def folder_beside(stick):
    """For large files: they go again when it is left."""
    with tempfile.TemporaryDirectory(prefix="relance-vm-", dir=stick.resolve().parent) as folder:
        yield pathlib.Path(folder)


def run(wanted, trials):
    """Calls each trial, or those of --only, with a folder of its own; it says what it has seen, or raises Failed.

    Facts (a dict) also go to a file of JSON beside the pictures. The exit code.
    """
    if unknown := set(wanted.only or []) - set(trials):
        raise SystemExit(f"no such trial: {', '.join(sorted(unknown))}; there are {', '.join(trials)}")
    failed = 0
    for name in wanted.only or trials:
        started = time.monotonic()
        with folder_beside(wanted.stick) as folder:
            try:
                seen = trials[name](folder)
                if wanted.out and isinstance(seen, dict):
                    (wanted.out / f"{name}.json").write_text(json.dumps(seen) + "\n")
                line = f"ok      {name}"
            except (Failed, subprocess.SubprocessError) as wrong:
                failed += 1
                line, seen = f"FAILED  {name}", wrong
        words = json.dumps(seen, ensure_ascii=False) if isinstance(seen, dict) else seen
        print(f"{line}, {time.monotonic() - started:.0f} s" + (f": {words}" if words else ""), flush=True)
    return 1 if failed else 0


def parse(parser):
    wanted = parser.parse_args()
    if wanted.out:
        wanted.out.mkdir(parents=True, exist_ok=True)
    return wanted
