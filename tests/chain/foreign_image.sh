#!/bin/bash
# foreign_image.sh PROGRAM
#
# An image that Debian's partclone, zstd and sfdisk made, in the folder that Clonezilla leaves: refused as it is, signed by
# the manager into an image of ours, installed; and its twin, where one byte of the compressed stream is another.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_root
need_programs losetup mke2fs e2fsck debugfs sfdisk partclone.ext4 partclone.restore zstd split python3
make_stick

# The master: a GPT, a root with files in it, swap.
tree=$work/tree
mkdir -p "$tree/etc" "$tree/home/élève" "$tree/usr/share"
echo master >"$tree/etc/hostname"
printf '127.0.0.1\tlocalhost\n127.0.1.1\tmaster\n' >"$tree/etc/hosts"
echo 0123456789abcdef0123456789abcdef >"$tree/etc/machine-id"
head -c 30000000 /dev/urandom >"$tree/home/large"
seq 1000000 >"$tree/home/élève/numbers"
for i in $(seq 300); do echo "$i" >"$tree/usr/share/name-$i"; done
ln -s ../home/large "$tree/etc/link"

master=$work/master
truncate -s 256M "$master"
printf 'label: gpt\nstart=2048,size=491520,type=L,name="racine"\nsize=16384,type=S\n' | sfdisk -q "$master"
truncate -s 240M "$work/root"
mke2fs -q -F -t ext4 -L racine -d "$tree" "$work/root"
dd if="$work/root" of="$master" bs=1M seek=1 conv=notrunc status=none

# What Clonezilla keeps of it. Its partition files come in volumes.
foreign=$work/foreign
mkdir "$foreign"
echo sda >"$foreign/disk"
echo "sda1" >"$foreign/parts"
echo "This image was saved by Clonezilla" >"$foreign/clonezilla-img"
sfdisk -d "$master" | sed "s|$master|/dev/sda|g" >"$foreign/sda-pt.sf"
dd if="$master" of="$foreign/sda-mbr" bs=512 count=1 status=none
dd if="$master" of="$foreign/sda-gpt-1st" bs=512 count=34 status=none
tail -c $((33 * 512)) "$master" >"$foreign/sda-gpt-2nd"
printf 'UUID="%s"\nLABEL="%s"\n' aaaaaaaa-89ab-4def-8123-456789abcdef echange >"$foreign/swappt-sda2.info"
partclone.ext4 -c -s "$work/root" -o - -L "$work/partclone.log" 2>/dev/null |
  zstd -q -3 | split -b 16M - "$foreign/sda1.ext4-ptcl-img.zst."
check "partclone and zstd made more than one volume" [ -e "$foreign/sda1.ext4-ptcl-img.zst.ab" ]

target=$work/target
new_target() { head -c 320M /dev/urandom >"$target"; }
deploying=(--not-erased --confirm target "${stick[@]}")

# untouched SENTENCE STOP COMMAND…: refused with that number, and no byte of the target changes.
untouched() {
  local sentence=$1 stop=$2 before
  shift 2
  before=$(sha256sum <"$target")
  check_exit "$sentence: refused" 3 "$@"
  check "$sentence: STOP $stop says so" grep -q "^STOP $stop – " "$work/output"
  check "$sentence: the drive is as it was" [ "$before" = "$(sha256sum <"$target")" ]
}

# The root that was installed, whatever its place: whole, and with the master's files but for those that name the PC.
check_target() { # SENTENCE
  local first count
  read -r first count < <(sfdisk -J "$target" |
    python3 -c 'import json, sys; root = json.load(sys.stdin)["partitiontable"]["partitions"][0]; print(root["start"], root["size"])')
  dd if="$target" of="$work/installed" bs=512 skip="$first" count="$count" conv=sparse status=none
  check_exit "$1: e2fsck finds it clean" 0 e2fsck -fn "$work/installed"
  rm -rf "$work/files"
  mkdir "$work/files"
  debugfs -R "rdump / $work/files" "$work/installed" >/dev/null 2>&1
  (cd "$work" && diff --no-dereference -rq tree files | grep -v lost+found | sort) >"$work/differences" || true
  printf '%s\n' "Files tree/etc/machine-id and files/etc/machine-id differ" "Only in files/usr/share: relance" >"$work/wanted"
  check "$1: every other file is the master's" diff "$work/wanted" "$work/differences"
}

new_target
untouched "an image that nobody signed" 31 "$program" deploy "$foreign" "$target" "${deploying[@]}"
check_exit "the manager signs it" 0 \
  "$program" image sign "$foreign" "$work/image" --key "$work/workshop" --passphrase-file "$work/passphrase"
check_exit "it is an image like any other" 0 "$program" image check "$work/image" --root "$work/stick/VERIFIER/racine.pem"
new_loop "$target" 512
check_exit "and is installed on a block device" 0 \
  "$program" deploy "$work/image" "$drive" --not-erased --confirm "${drive##*/}" "${stick[@]}"
drop_loop "$drive"
check_target "signed"
zstd -qdc "$work/image/sda1.ext4-ptcl-img.zst" >"$work/stream"
check_exit "partclone still restores it" 0 \
  partclone.restore -C -s "$work/stream" -o "$work/restored" -L "$work/partclone.log"
truncate -s 240M "$work/restored" # As far as its last used block, it is.
check_exit "to a clean file system" 0 e2fsck -fn "$work/restored"
new_target
check_exit "with the manager's word the folder is installed as it is" 0 \
  "$program" deploy "$foreign" "$target" --unsigned "${deploying[@]}"
check_target "unsigned"

# The twin: one byte, in the first volume and in the last.
new_target
for volume in aa ab; do
  rm -rf "$work/twin" "$work/of-twin"
  cp -r "$foreign" "$work/twin"
  python3 - "$work/twin/sda1.ext4-ptcl-img.zst.$volume" <<'PYTHON'
import os, sys
with open(sys.argv[1], "r+b") as file:
    file.seek(os.path.getsize(sys.argv[1]) // 2)
    byte = file.read(1)[0]
    file.seek(-1, 1)
    file.write(bytes([byte ^ 1]))
PYTHON
  untouched "a flipped byte in volume $volume" 34 "$program" deploy "$work/twin" "$target" --unsigned "${deploying[@]}"
  untouched "signing it" 34 \
    "$program" image sign "$work/twin" "$work/of-twin" --key "$work/workshop" --passphrase-file "$work/passphrase"
  check "nothing of it was made" [ ! -e "$work/of-twin" ]
done

# A signature that no longer fits is damage; nobody signs it away.
sed -i 's/"made_by": "relance/"made_by": "Relance/' "$work/image/manifest.json"
untouched "signing a changed manifest" 34 \
  "$program" image sign "$work/image" "$work/again" --key "$work/workshop" --passphrase-file "$work/passphrase"
check "nothing of it was made" [ ! -e "$work/again" ]
finish
