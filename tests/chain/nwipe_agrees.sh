#!/bin/bash
# nwipe_agrees.sh PROGRAM
#
# Debian's nwipe, someone else's code, agrees that a loop device that we wiped is zero, and disagrees after one flipped
# byte; grep finds the donor's marker before the wipe and not after it.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_root
need_programs losetup nwipe
make_stick

marker='DONNEES-PERSONNELLES-04217'
dd if=/dev/urandom of="$work/drive" bs=1M count=64 status=none
for offset in 0 1000000 33554431 67000000; do
  printf '%s' "$marker" | dd of="$work/drive" bs=1 seek="$offset" conv=notrunc status=none
done
new_loop "$work/drive" 512

has_marker() { LC_ALL=C tr '\0' '\n' <"$drive" | LC_ALL=C grep -a "$marker" >/dev/null; }
# verify=off would make nwipe skip the very verification.
nwipe_says_zero() {
  blockdev --flushbufs "$drive"
  nwipe --autonuke --nogui --nowait --noblank --method=verify_zero --verify=last --logfile="$work/nwipe.log" "$drive" >/dev/null 2>&1
}

check "before: grep finds the donor's marker" has_marker
check_refused "before: nwipe says that it is not zero" nwipe_says_zero
check_exit "wiped" 0 "$program" wipe "$drive" --method zero --verify full --confirm "${drive##*/}" "${stick[@]}"
check_refused "after: grep finds no marker" has_marker
check "after: nwipe says that it is zero" nwipe_says_zero
printf 'x' | dd of="$work/drive" bs=1 seek=40000001 conv=notrunc status=none
check_refused "one flipped byte: nwipe says that it is not zero" nwipe_says_zero
finish
