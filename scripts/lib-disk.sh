# shellcheck shell=bash
# Shared by the scripts that make, boot and show disks: refusing with an exit code, undoing at the end, disk image files
# written without loop devices or mounts. Sourced after lib.sh, never run.

# stop EXIT_CODE SENTENCE: 2 usage, 3 refused, 4 failed, as the program's own codes.
stop() {
  local code=$1
  shift
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit "$code"
}

require_root() { # WHY
  [ "$(id -u)" = 0 ] || stop 3 "needs root ($1)"
}

need() { # PACKAGE COMMAND…
  local package=$1 command
  shift
  for command; do
    command -v "$command" >/dev/null ||
      stop 3 "« $command » is missing: run scripts/setup, or install the package $package"
  done
}

# What to undo when the script ends, however it ends; the last first.
undo_list=()
undo_at_exit() { # COMMAND ARGUMENT…
  undo_list+=("${*@Q}")
  trap run_undo_list EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}
run_undo_list() {
  local code=$? i
  for ((i = ${#undo_list[@]} - 1; i >= 0; --i)); do
    eval "${undo_list[i]}" || true
  done
  undo_list=()
  return "$code"
}

# Sets the variable to a new folder that goes when the script ends. Large files want it beside the result: /tmp may be
# a small RAM disk.
scratch_folder() { # VARIABLE [PARENT]
  local -n folder_=$1
  folder_=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/relance.XXXXXX")
  undo_at_exit rm -rf -- "$folder_"
}

# Sets the variable to a loop device on the file, detached when the script ends.
attach_loop() { # VARIABLE FILE [LOSETUP-OPTION…]
  local -n loop_=$1
  local file=$2
  shift 2
  loop_=$(losetup --find --show "$@" -- "$file") || stop 4 "no loop device for $file"
  undo_at_exit losetup --detach "$loop_"
}

bytes_of() { # SIZE: 3G, 512M or bytes
  numfmt --from=iec -- "$1" 2>/dev/null || stop 2 "« $1 » is no size (examples: 3G, 512M)"
}

new_disk_file() { # FILE BYTES: all holes; replaces what was there
  rm -f -- "$1"
  truncate -s "$2" -- "$1"
}

# Writes standard input into the file there; blocks of zeros stay holes.
put_at() { # FILE OFFSET
  dd of="$1" bs=1M oflag=seek_bytes seek="$2" conv=notrunc,sparse iflag=fullblock status=none
}

put_little_endian() { # FILE OFFSET WIDTH VALUE
  local value=$4 i escapes=''
  for ((i = 0; i < $3; ++i)); do
    escapes+=$(printf '\\x%02x' $((value & 255)))
    value=$((value >> 8))
  done
  # shellcheck disable=SC2059  # The format is the escapes made above.
  printf "$escapes" | put_at "$1" "$2"
}

# Where entry N of the partition table lies, and how long it is; 512-byte sectors.
partition_first() { # DISK N
  sfdisk --dump -- "$1" | sed -nE "s|^.*[^0-9]$2 : start= *([0-9]+),.*|\1|p"
}
partition_sectors() { # DISK N
  sfdisk --dump -- "$1" | sed -nE "s|^.*[^0-9]$2 : .* size= *([0-9]+),.*|\1|p"
}

# mke2fs -d copies the change times of the folder's files, which nobody can set: says them again in the file system.
settle_times() { # EXT4 (FILE?offset=BYTES) EPOCH
  local used
  used=$(dumpe2fs -h "$1" 2>/dev/null |
    awk -F: '/^Inode count/ { all = $2 } /^Free inodes/ { free = $2 } END { print all - free }')
  # Inode 2 is the root, the others up to 10 are the file system's own.
  awk -v used="$used" -v epoch="$2" 'BEGIN {
    printf "set_current_time @%d\n", epoch
    for (inode = 2; inode <= used; inode = inode == 2 ? 11 : inode + 1)
      for (time = 0; time < 2; ++time) {
        name = time ? "ctime" : "atime"
        printf "set_inode_field <%d> %s @%d\nset_inode_field <%d> %s_extra 0\n", inode, name, epoch, inode, name
      }
  }' | debugfs -w -f - "$1" >/dev/null 2>&1
}

# Lines of a device that hold the mark. grep alone runs out of memory on a disk full of zeros: one line without an end.
count_marks() { # FILE MARK
  tr '\0' '\n' <"$1" | LC_ALL=C grep -acF -- "$2" || true
}

# GRUB's, with nothing in it.
environment_block() {
  echo '# GRUB Environment Block'
  head -c $((1024 - 25)) /dev/zero | tr '\0' '#'
}

# Where the stick's GRUB looks for what it shall start once (image-build/stick/root/sbin/trial-note): no note.
put_empty_note() { # DISK FIRST_SECTOR of the data partition
  environment_block | put_at "$1" $((($2 + 28) * 512))
}
