# shellcheck shell=bash disable=SC2154  # What scripts/bench has set; it sources this file.
# scripts/bench imaging: a master captured and restored by Relance and by what others use. All of it lies in memory: master, images
# and target, so that programs are compared and no disk is.
#
# Partclone and fsarchiver care for the root partition only, bmaptool and dd for the whole disk, relance for all that a PC needs.

readonly level=3 # Of zstd, for everybody: ours and Clonezilla's default.
readonly fill_bytes=$((2 << 30))
throttle_file=$throttles.write_bps_device

# /usr/bin/time wants a program, not a function: each is exported, and called by a bash of its own.
# Debian's partclone, as it comes: a CRC32 of each block.
save_partclone() { partclone.ext4 -c -s "$1" -o - -L /dev/null | zstd -q -"$3" -T0 -f -o "$2"; }
load_partclone() { zstd -q -dc "$1" | partclone.restore -s - -o "$2" -L /dev/null && sync "$2"; }
# As quick as it gets: no checksums, 10 MiB at once.
save_partclone_quick() { partclone.ext4 -c -a0 -z10485760 -s "$1" -o - -L /dev/null | zstd -q -"$3" -T0 -f -o "$2"; }
load_partclone_quick() { zstd -q -dc "$1" | partclone.restore -i -z10485760 -s - -o "$2" -L /dev/null && sync "$2"; }
save_fsarchiver() { fsarchiver savefs -o -Z "$3" -j "$(nproc)" "$2" "$1"; }
load_fsarchiver() { fsarchiver restfs -j "$(nproc)" "$1" id=0,dest="$2" && sync "$2"; }
save_bmaptool() { bmaptool create -o "${2%.zst}.bmap" "$1" && zstd -q -"$3" -T0 -f "$1" -o "$2"; }
load_bmaptool() { bmaptool copy --bmap "${1%.zst}.bmap" "$1" "$2"; }
save_dd() { dd if="$1" bs=4M status=none | zstd -q -"$3" -T0 -f -o "$2"; }
load_dd() { zstd -q -dc "$1" | dd of="$2" bs=4M iflag=fullblock oflag=direct conv=fsync status=none; }

readonly others=(partclone partclone_quick fsarchiver bmaptool dd)

timed_function() { # FUNCTION ARGUMENT…
  export -f "${1?}"
  wait_until_calm
  timed bash -c 'set -eo pipefail; "$@"' bash "$@"
}

# Debian's and the quick partclone are read and written as a partition, and so is fsarchiver.
takes_partition() { [[ $1 =~ ^(partclone|fsarchiver) ]]; }
saved() { # NAME: its image; two of them go by what a file is called
  case $1 in
    fsarchiver) echo "$work/$1.fsa" ;;
    *) echo "$work/$1.img.zst" ;;
  esac
}

# A master of the size that a small installed system has: build-master's, and files of this machine up to fill_bytes.
make_master() { # FILE
  local start
  "$root/scripts/build-master" --out "$1" --size 6G >&2
  start=$(partition_first "$1" 3) # The recipe's root.
  new_loop "$1" --offset $((start * 512))
  mkdir "$work/root"
  mount "$drive" "$work/root"
  find /usr -xdev -type f -printf '%s %p\n' | LC_ALL=C sort -k 2 |
    awk -v most="$fill_bytes" '{ sum += $1 } sum <= most { sub(/^[0-9]+ /, ""); print }' |
    tar --create --no-recursion --verbatim-files-from --files-from=- 2>/dev/null |
    tar --extract --directory="$work/root/srv" --strip-components=1 --no-same-owner
  umount "$work/root"
  losetup --detach "$drive"
  unset 'loops[-1]'
}

bench_imaging() {
  local size=${size_mib:-8192} round
  command -v fsarchiver bmaptool >/dev/null || die "fsarchiver or bmaptool is missing: run scripts/setup"
  [ -n "$master" ] || {
    master=$work/master.img
    make_master "$master"
  }
  new_loop "$master" --read-only
  source=$drive
  local start
  start=$(partition_first "$master" 3)
  new_loop "$master" --read-only --offset $((start * 512)) --sizelimit $(($(partition_sectors "$master" 3) * 512))
  source_root=$drive
  new_drive target "$size"
  target=$drive
  new_loop "$work/target" --offset $((start * 512))
  target_root=$drive

  for round in $(seq "$rounds"); do
    say "round $round of $rounds" >&2
    save_round
    load_round
  done
  compare_sizes
  say_machine 'the best'
  say_tables
  bench_throttled
}

# Far more seconds on the clock than of work on two cores: somebody else was at work, too.
told() { # NAME
  note "$1" "$seconds"
  note "$1_work" "$work_seconds"
  say "  $1: $seconds s by the clock, $work_seconds s of processors" >&2
}

save_round() {
  local each from
  for each in "${others[@]}"; do
    from=$source
    if takes_partition "$each"; then from=$source_root; fi
    [ "$each" != bmaptool ] || from=$master # It asks the file for its holes.
    timed_function "save_$each" "$from" "$(saved "$each")" "$level"
    told "save_$each"
  done
  rm -rf "$work/image"
  wait_until_calm
  timed "$program" capture "$source" "$work/image" --level "$level" --key "$work/workshop" --passphrase-file "$work/passphrase"
  told save_relance
  note save_memory "$peak_kib"
}

load_round() {
  local each to
  for each in "${others[@]}"; do
    to=$target
    if takes_partition "$each"; then to=$target_root; fi
    timed_function "load_$each" "$(saved "$each")" "$to"
    told "load_$each"
  done
  local ours
  ours=$(find "$work/image" -name '*ext4-ptcl-img.zst')
  timed_function load_partclone "$ours" "$target_root"
  told load_partclone_ours
  deploy none
  told load_relance
  deploy full
  told load_relance_verified
  note load_memory "$peak_kib"
}

# With a journal that knows nothing of the target: else only what differs would be written.
deploy() { # none|full
  rm -f "$work/stick/JOURNAL"/*
  wait_until_calm
  timed "$program" deploy "$work/image" "$target" --not-erased --verify "$1" --confirm "${target##*/}" "${stick[@]}"
}

# The same stream of the root partition in one frame, as zstd writes it by itself.
compare_sizes() {
  local ours
  ours=$(find "$work/image" -name '*ext4-ptcl-img.zst')
  frames_bytes=$(stat -c %s "$ours")
  single_bytes=$(zstd -q -dc "$ours" | zstd -q -"$level" | wc -c)
}

megabytes() { du -sb "$@" | awk '{ sum += $1 } END { printf "%.0f", sum / 1e6 }'; }
row() { # TITLE SAVE LOAD MEGABYTES
  say "| $1 | $(cells save_partclone "$2") | $4 | $(cells load_partclone "$3") |"
}
cells() { # BASE NAME
  if [ -z "$2" ]; then
    echo " | | "
  else
    echo "$(least "$2") | $(divided "$(least "$1")" "$(least "$2")") | $(least "$2_work")"
  fi
}

say_tables() {
  say "| $(du -m "$master" | cut -f1) MiB of data, onto $size MiB | capture, s | times faster | processors, s | image, MB | restore, s | times faster | processors, s |"
  say "|---|---|---|---|---|---|---|---|"
  row "partclone $(version_of partclone.restore) \\| zstd -$level -T0; zstd -dc \\| partclone.restore" save_partclone load_partclone "$(megabytes "$(saved partclone)")"
  row "the same without checksums: -a0, then -i; -z10485760" save_partclone_quick load_partclone_quick "$(megabytes "$(saved partclone_quick)")"
  row "zstd -dc \\| partclone.restore of relance's image" '' load_partclone_ours ''
  row "fsarchiver $(version_of fsarchiver), -Z$level -j$(nproc)" save_fsarchiver load_fsarchiver "$(megabytes "$(saved fsarchiver)")"
  row "bmaptool $(version_of bmaptool), .zst" save_bmaptool load_bmaptool "$(megabytes "$(saved bmaptool)")"
  row "dd of the whole disk, zstd -$level -T0" save_dd load_dd "$(megabytes "$(saved dd)")"
  row "relance, not read back" save_relance load_relance "$(megabytes "$work/image")"
  row "relance with its read-back" '' load_relance_verified ''
  say
  say "Independent frames of the root: $frames_bytes bytes, in a single frame $single_bytes: $(divided "$((frames_bytes * 100))" "$single_bytes") %." \
    "Peak memory: capture $(($(least save_memory) / 1024)) MiB, deploy $(($(least load_memory) / 1024)) MiB."
}

version_of() { "$1" --version 2>&1 | grep -oE '[0-9]+\.[0-9.]*[0-9]' | head -1; }

bench_throttled() {
  say
  [ -w "$throttle_file" ] || {
    say "Under a throttle: not measured, there is no $throttle_file here (blkio of cgroup v1)."
    return
  }
  held=$(cat "/sys/block/${target##*/}/dev")
  echo "$held $throttle" >"$throttle_file"
  local written
  written=$(sectors_written)
  deploy none
  written=$((($(sectors_written) - written) * 512))
  release_target
  say "Onto a target held to $((throttle / 1000000)) MB/s (blkio of cgroup v1), not read back: $((written / 1000000)) MB in $seconds s," \
    "$(divided "$(mb_per_s "$written" "$seconds")" $((throttle / 1000000))) of the throttle."
}
sectors_written() { awk '{ print $7 }' "/sys/block/${target##*/}/stat"; }
held=''
release_target() {
  [ -z "$held" ] || echo "$held 0" >"$throttle_file"
  held=''
}
