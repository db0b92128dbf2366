#!/bin/bash
# flipped_byte.sh PROGRAM [SEEDS]
#
# A loop device with random content is wiped; then one byte is flipped at a random place, and `relance verify` finds
# exactly that LBA: for 50 seeds on 1 GiB, for logical blocks of 512 and 4096 bytes, and for sizes that are no multiple of
# the chunk.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
seeds=${2:-50}
need_root
need_programs losetup python3
make_stick

# The LBAs that differ, as "first+count" words, from the program's last line of JSON.
differing() {
  "$program" verify "$drive" --content zero --json >"$work/verify.json" && return 0
  python3 - "$work/verify.json" <<'PYTHON'
import json, sys
answer = json.loads(open(sys.argv[1]).read().strip().splitlines()[-1])
print(" ".join(f"{each['first']}+{each['count']}" for each in answer["differing"]))
PYTHON
}

flip() { # FILE OFFSET: one byte becomes another; flipped twice it is what it was
  python3 - "$1" "$2" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(int(sys.argv[2]))
    byte = file.read(1)[0]
    file.seek(int(sys.argv[2]))
    file.write(bytes([byte ^ 0x40]))
PYTHON
}

one_drive() { # BYTES BLOCK_BYTES SEEDS
  local bytes=$1 block=$2 count=$3 seed offset found missed=0
  dd if=/dev/urandom of="$work/drive" bs=1M count=$((bytes / 1048576 + 1)) status=none
  truncate -s "$bytes" "$work/drive"
  new_loop "$work/drive" "$block"
  check_exit "$bytes bytes in blocks of $block: wiped and read back" 0 \
    "$program" wipe "$drive" --method zero --verify full --confirm "${drive##*/}" "${stick[@]}"
  check "every byte is zero" cmp -s -n "$bytes" "$work/drive" /dev/zero
  for seed in $(seq "$count"); do
    offset=$(python3 -c "import random; print(random.Random($seed * 1000003 + $block).randrange($bytes))")
    flip "$work/drive" "$offset"
    found=$(differing)
    [ "$found" = "$((offset / block))+1" ] || {
      missed=$((missed + 1))
      printf 'seed %s: byte %s is in LBA %s, verify said: %s\n' "$seed" "$offset" "$((offset / block))" "$found"
    }
    flip "$work/drive" "$offset"
  done
  check "$count flipped bytes, each found in its LBA and nowhere else" [ "$missed" = 0 ]
  check_exit "and none is left" 0 "$program" verify "$drive" --content zero
  drop_loop "$drive"
  rm "$work/drive"
}

one_drive $((1 << 30)) 512 "$seeds"
one_drive $(((48 << 20) + 3 * 512)) 512 "$seeds"
one_drive $(((48 << 20) + 5 * 4096)) 4096 "$seeds"
finish
