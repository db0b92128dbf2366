#!/bin/bash
# bad_input.sh PROGRAM
#
# Whatever is wrong with a drive, an image, a key or the stick: the right exit code, one sentence with a STOP number, and not
# one byte of the drive changed.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_root
need_programs losetup mke2fs sfdisk mount
make_stick

# refused SENTENCE EXIT STOP DRIVE-FILE COMMAND…: the code, the number, and the drive as it was.
refused() {
  local sentence=$1 wanted=$2 stop=$3 file=$4 before after actual=0
  shift 4
  before=$(sha256sum <"$file")
  "$program" "$@" >"$work/output" 2>&1 </dev/null || actual=$?
  after=$(sha256sum <"$file")
  if [ "$actual" != "$wanted" ]; then
    not_ok "$sentence (exit code $actual instead of $wanted)"
    cat "$work/output"
  elif ! grep -q "^STOP $stop – " "$work/output"; then
    not_ok "$sentence (no STOP $stop)"
    cat "$work/output"
  elif [ "$before" != "$after" ]; then
    not_ok "$sentence (the drive was written)"
  else
    ok "$sentence"
  fi
}

drive_file() { # NAME MIB: random content, so that any write shows
  dd if=/dev/urandom of="$work/$1" bs=1M count="$2" status=none
}
wipe() { printf '%s\n' wipe "$1" --method zero --confirm "${1##*/}" "${stick[@]}"; }
wiping() { # fills $command
  mapfile -t command < <(wipe "$1")
}

drive_file drive 8
file=$work/drive

# The drive.
wiping "$work/missing"
refused "a drive that is not there" 3 10 "$file" "${command[@]}"
wiping "$work"
refused "a folder" 3 23 "$file" "${command[@]}"
wiping /dev/null
refused "a character device" 3 23 "$file" "${command[@]}"
: >"$work/empty"
wiping "$work/empty"
refused "an empty file" 3 23 "$work/empty" "${command[@]}"
drive_file odd 1
printf x >>"$work/odd"
wiping "$work/odd"
refused "a size that is no whole number of blocks" 3 18 "$work/odd" "${command[@]}"

new_loop "$file" 512
loop=$drive
wiping "$file"
refused "a file that a loop device holds" 3 13 "$file" "${command[@]}"
drop_loop "$loop"
loop=$(losetup --find --show --read-only "$file")
loops+=("$loop")
wiping "$loop"
refused "a read-only drive" 3 14 "$file" "${command[@]}"
drop_loop "$loop"

drive_file mounted 16
mke2fs -q -F -t ext4 "$work/mounted"
new_loop "$work/mounted" 512
mkdir "$work/mount"
mount "$drive" "$work/mount"
wiping "$drive"
actual=0
"$program" "${command[@]}" >"$work/output" 2>&1 </dev/null || actual=$?
check "a mounted drive (exit code $actual)" test "$actual" = 3
check "a mounted drive is named so" grep -q "^STOP 12 – " "$work/output"
umount "$work/mount"
drop_loop "$drive"

# The word and the number.
refused "a wrong confirm word" 3 26 "$file" wipe "$file" --method zero --confirm DRIVE "${stick[@]}"
refused "no confirm word and nobody to ask" 3 26 "$file" wipe "$file" --method zero "${stick[@]}"
refused "two drives and one word" 3 26 "$file" wipe "$file" "$file" --confirm drive "${stick[@]}"
refused "a wrong number" 3 27 "$file" run "$file" --number DEF-04217-9 --confirm drive "${stick[@]}"
refused "an unknown method" 3 29 "$file" wipe "$file" --method magic --confirm drive "${stick[@]}"
refused "an unknown option" 2 92 "$file" wipe "$file" --metod zero
refused "an unknown command" 2 92 "$file" erase "$file"
refused "no number" 2 92 "$file" run "$file" --confirm drive "${stick[@]}"

# Keys.
echo "une autre phrase" >"$work/wrong"
refused "a wrong passphrase" 3 51 "$file" wipe "$file" --confirm drive --stick "$work/stick" --passphrase-file "$work/wrong"
refused "no passphrase and nobody to ask" 3 51 "$file" wipe "$file" --confirm drive --stick "$work/stick"
refused "a stick that is not there" 3 40 "$file" wipe "$file" --confirm drive --stick "$work/nowhere"
cp -r "$work/stick" "$work/bad-stick"
bad=(--stick "$work/bad-stick" --passphrase-file "$work/passphrase")
echo "no key" >"$work/bad-stick/CLE/cle.pem"
refused "a key file that is none" 3 50 "$file" wipe "$file" --confirm drive "${bad[@]}"
rm "$work/bad-stick/CLE/cle.pem"
refused "a key file that is missing" 3 50 "$file" wipe "$file" --confirm drive "${bad[@]}"
printf 'metod = "zero"\n' >"$work/bad-stick/relance.toml"
refused "a profile with a typing error" 3 46 "$file" wipe "$file" --confirm drive "${bad[@]}"
check "its line and column are named" grep -q "relance.toml:1:1: unknown key" "$work/output"
rm -r "$work/bad-stick"

# Images.
disk=$work/master
truncate -s 64M "$disk"
printf 'label: gpt\nstart=2048,size=110592,type=L\n' | sfdisk -q "$disk"
truncate -s 54M "$work/root"
mke2fs -q -F -t ext4 "$work/root"
dd if="$work/root" of="$disk" bs=1M seek=1 conv=notrunc status=none
check_exit "a master is captured" 0 "$program" capture "$disk" "$work/image" --key "$work/workshop" --passphrase-file "$work/passphrase"
check_exit "and unsigned" 0 "$program" capture "$disk" "$work/unsigned" --passphrase-file "$work/passphrase"
"$program" key workshop "$work/stranger" --passphrase-file "$work/passphrase" >/dev/null
check_exit "and by a stranger" 0 "$program" capture "$disk" "$work/strange" --key "$work/stranger" --passphrase-file "$work/passphrase"

deploy() { printf '%s\n' deploy "$1" "$file" --not-erased --confirm drive "${stick[@]}"; }
deploying() { mapfile -t command < <(deploy "$1"); }
drive_file drive 96
deploying "$work/nowhere"
refused "an image that is not there" 3 30 "$file" "${command[@]}"
deploying "$work/unsigned"
refused "an unsigned image" 3 31 "$file" "${command[@]}"
deploying "$work/strange"
refused "an image signed by a stranger" 3 32 "$file" "${command[@]}"
refused "a drive that was not erased" 3 25 "$file" deploy "$work/image" "$file" --confirm drive "${stick[@]}"

cp -r "$work/image" "$work/damaged"
frames=$(find "$work/damaged" -name '*ptcl-img.zst')
python3 - "$work/damaged/manifest.json" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    text = bytearray(file.read())
    text[len(text) // 2] ^= 1
    file.seek(0)
    file.write(text)
PYTHON
deploying "$work/damaged"
"$program" "${command[@]}" >"$work/output" 2>&1 </dev/null && not_ok "a flipped byte in the manifest"
check "a flipped byte in the manifest is refused" grep -Eq "^STOP (34|35) – " "$work/output"
cp "$work/image/manifest.json" "$work/damaged/"
truncate -s -100 "$frames"
refused "a truncated image" 3 34 "$file" "${command[@]}"
check_exit "image check refuses it too" 4 "$program" image check "$work/damaged" --stick "$work/stick"
cp "$work/image/${frames##*/}" "$frames"
python3 - "$frames" <<'PYTHON'
import os, sys
with open(sys.argv[1], "r+b") as file:
    file.seek(os.path.getsize(sys.argv[1]) * 3 // 4)
    byte = file.read(1)[0]
    file.seek(-1, 1)
    file.write(bytes([byte ^ 1]))
PYTHON
check_exit "image check finds a flipped byte" 4 "$program" image check "$work/damaged" --stick "$work/stick"
check_exit "a chunk with a flipped byte ends the deployment" 4 "$program" "${command[@]}"
drive_file small 16
refused "a drive that is too small" 3 17 "$work/small" deploy "$work/image" "$work/small" --not-erased --confirm small "${stick[@]}"

# The stick.
mkdir "$work/full"
mount -t tmpfs -o size=256k tmpfs "$work/full"
cp -r "$work/stick/." "$work/full/"
dd if=/dev/zero of="$work/full/filler" bs=4k 2>/dev/null || true
refused "a stick that is full" 3 41 "$file" wipe "$file" --confirm drive --stick "$work/full" --passphrase-file "$work/passphrase"
rm "$work/full/filler"
mount -o remount,ro "$work/full"
refused "a stick that is write-protected" 3 43 "$file" wipe "$file" --confirm drive --stick "$work/full" --passphrase-file "$work/passphrase"
umount "$work/full"
refused "our own stick's drive is safe from a resume without one" 3 47 "$file" resume "$work/small" "${stick[@]}"
finish
