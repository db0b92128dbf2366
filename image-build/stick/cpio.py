#!/usr/bin/env python3
"""cpio.py FOLDER EPOCH: writes the folder as an initramfs archive (newc) to standard output.

The same bytes from the same folder: names sorted, everything root's, one time for all. The format is the kernel's
Documentation/driver-api/early-userspace/buffer-format.rst: a header of 13 numbers of 8 hexadecimal digits behind "070701",
the name and its NUL, the content; name and content each padded to 4 bytes.
"""

import os
import pathlib
import stat
import sys


def member(name, mode, content=b"", inode=0, links=1, device=(0, 0), epoch=0):
    name = name.encode() + b"\0"
    numbers = [inode, mode, 0, 0, links, epoch, len(content), 0, 0, *device, len(name), 0]
    header = b"070701" + b"".join(b"%08X" % number for number in numbers) + name
    return header + b"\0" * (-len(header) % 4) + content + b"\0" * (-len(content) % 4)


def members(folder, epoch):
    paths = sorted(folder.rglob("*"), key=lambda path: str(path.relative_to(folder)).encode())
    for inode, path in enumerate(paths, start=1):
        mode = path.lstat().st_mode
        name = str(path.relative_to(folder))
        if stat.S_ISLNK(mode):
            yield member(name, stat.S_IFLNK | 0o777, os.readlink(path).encode(), inode, epoch=epoch)
        elif stat.S_ISDIR(mode):
            yield member(name, stat.S_IFDIR | 0o755, b"", inode, 2, epoch=epoch)
        else:
            permissions = 0o755 if mode & 0o100 else 0o644
            yield member(name, stat.S_IFREG | permissions, path.read_bytes(), inode, epoch=epoch)


def main(folder, epoch):
    for each in members(pathlib.Path(folder), int(epoch)):
        sys.stdout.buffer.write(each)
    sys.stdout.buffer.write(member("TRAILER!!!", 0))


if __name__ == "__main__":
    main(*sys.argv[1:])
