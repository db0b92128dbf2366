# shellcheck shell=bash disable=SC2154  # What scripts/bench has set; it sources this file.
# scripts/bench erase: what a pass and its read-back take, beside the device itself and beside others; what a person waits for.

# By fio's own clock: its start-up is no part of a device's speed.
fio_seconds() { # read|write
  fio --name=job --filename="$drive" --rw="$1" --bs=1M --direct=1 --ioengine=libaio --iodepth=4 --end_fsync=1 \
    --output-format=json --output="$work/fio.json" >/dev/null
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["jobs"][0][sys.argv[2]]["runtime"] / 1000)' "$work/fio.json" "$1"
}

# By nwipe's own clock, from the start of its pass to the end of its verification; it takes some more to come and go.
nwipe_seconds() {
  local from to
  from=$(sed -n 's/^\[\([^]]*\)\].*Starting pass.*/\1/p' "$work/nwipe.log" | tail -1)
  to=$(sed -n 's/^\[\([^]]*\)\].*Finished pass.*/\1/p' "$work/nwipe.log" | tail -1)
  echo $(($(date -d "$to" +%s) - $(date -d "$from" +%s)))
}

erase_round() {
  local written compared rest
  note fio-write "$(fio_seconds write)"
  note fio-read "$(fio_seconds read)"
  local kind
  for kind in zero random; do
    read -r written compared rest < <("$sweep_bench" "$drive" "$kind" 2 1024)
    [ "$rest" = well ] || die "the sweep of $kind did not end well"
    note "$kind-write" "$written"
    note "$kind-compare" "$compared"
  done
  rm -f "$work/nwipe.log"
  timed nwipe --autonuke --nogui --nowait --noblank --rounds=1 --method=zero --verify=last --logfile="$work/nwipe.log" "$drive"
  note nwipe-both "$(nwipe_seconds)"
}

erase_row() { # TITLE NAME: write and read-back in MB/s, and over fio's
  local write compare
  write=$(median "$2-write") compare=$(median "$2-compare")
  say "| $1 | $(mb_per_s "$bytes" "$write") | $(divided "$(median fio-write)" "$write") | $(mb_per_s "$bytes" "$compare") | $(divided "$(median fio-read)" "$compare") |"
}

confirm_words() { # DRIVE…: the options that --confirm them
  local each
  for each; do printf '%s\n' --confirm "${each##*/}"; done
}

# Whole runs of the program: its memory, and what a person waits for.
memory_of() { # DRIVE…
  local words
  mapfile -t words < <(confirm_words "$@")
  timed "$program" wipe "$@" --method random --verify full "${words[@]}" "${stick[@]}"
}

bench_erase() {
  local size=${size_mib:-2048} round nwipe both
  bytes=$((size * 1048576))
  new_drive drive "$size"
  for round in $(seq "$rounds"); do
    say "round $round of $rounds" >&2
    erase_round
  done
  nwipe=$(nwipe --version | head -1)
  both=$(awk -v one="$(median zero-write)" -v other="$(median zero-compare)" 'BEGIN { print one + other }')
  say_machine medians
  say "| one drive of $size MiB | write MB/s | over fio | read-back MB/s | over fio |"
  say "|---|---|---|---|---|"
  say "| fio, O_DIRECT, 1 MiB, depth 4 | $(mb_per_s "$bytes" "$(median fio-write)") | 1 | $(mb_per_s "$bytes" "$(median fio-read)") | 1 |"
  erase_row "relance, zeros" zero
  erase_row "relance, keyed random" random
  say
  say "$nwipe (of 2022; newer ones are much faster), zeros written and verified: $(divided "$(median nwipe-both)" "$both") times the seconds of relance's same two traversals."
  say

  local drives=("$drive") i
  memory_of "${drives[@]}"
  local one=$peak_kib
  for i in 2 3 4; do
    new_drive "drive$i" 256
    drives+=("$drive")
  done
  memory_of "${drives[@]}"
  say "Peak memory of the whole program: $((one / 1024)) MiB with one drive, $((peak_kib / 1024)) MiB with four."
  bench_start
  bench_held "$((size / 2))"
}

# From the program's first moment to its first write into the drive, by the kernel's clock.
first_write_seconds() { # WORD…: how it is started, on the file start.img
  strace --seccomp-bpf -f -ttt -y -e trace=execve,pwrite64 -o "$work/trace" "$program" wipe "$work/start.img" --method zero \
    --confirm start.img "$@" >"$work/output" 2>&1 || die "failed: $(cat "$work/output")"
  awk '!from { from = $2 } /pwrite64\(.*start\.img/ { printf "%.3f\n", $2 - from; exit }' "$work/trace"
}
bench_start() {
  local round
  truncate -s 64M "$work/start.img"
  for round in $(seq "$rounds"); do
    note start-plain "$(first_write_seconds)"
    note start-stick "$(first_write_seconds "${stick[@]}")"
  done
  rm "$work/start.img"
  say "Start to first write into a file-backed drive, under strace: $(median start-plain) s; with a stick, whose key is opened and whose" \
    "ledger is written first, $(median start-stick) s."
}

held_drives=()
hold() { # DRIVE: reads and writes at the throttle's speed
  local kind
  for kind in read write; do echo "$(cat "/sys/block/${1##*/}/dev") $throttle" >"$throttles.${kind}_bps_device"; done
  held_drives+=("$1")
}
release_held() {
  local drive kind
  for drive in "${held_drives[@]}"; do
    for kind in read write; do echo "$(cat "/sys/block/${drive##*/}/dev") 0" >"$throttles.${kind}_bps_device"; done
  done
  held_drives=()
}

# Seconds of a pass of zeros and of its read-back, once for each drive, all at once.
held_round() { # NAME DRIVE…
  local name=$1 each i=0 written compared rest slowest_write=0 slowest_compare=0 jobs=()
  shift
  for each; do
    "$sweep_bench" "$each" zero 2 1024 >"$work/held$((i++))" &
    jobs+=($!)
  done
  wait "${jobs[@]}"
  while read -r written compared rest; do
    [ "$rest" = well ] || die "a sweep under the throttle did not end well"
    slowest_write=$(awk -v one="$slowest_write" -v other="$written" 'BEGIN { print (one > other ? one : other) }')
    slowest_compare=$(awk -v one="$slowest_compare" -v other="$compared" 'BEGIN { print (one > other ? one : other) }')
  done < <(cat "$work"/held[0-9])
  rm "$work"/held[0-9]
  note "$name-write" "$slowest_write"
  note "$name-compare" "$slowest_compare"
}
held_row() { # TITLE NAME DRIVES MIB
  local total=$(($3 * $4 * 1048576)) write compare
  write=$(median "$2-write") compare=$(median "$2-compare")
  say "| $1 | $(mb_per_s "$total" "$write") | $(divided "$(mb_per_s "$total" "$write")" $(($3 * throttle / 1000000))) |" \
    "$(mb_per_s "$total" "$compare") | $(divided "$(mb_per_s "$total" "$compare")" $(($3 * throttle / 1000000))) |"
}
bench_held() { # MIB
  local round two=()
  say
  [ -w "$throttles.write_bps_device" ] || {
    say "Under a throttle: not measured, there is no $throttles.write_bps_device here (blkio of cgroup v1)."
    return
  }
  for round in 1 2; do
    new_drive "held-drive$round" "$1"
    hold "$drive"
    two+=("$drive")
  done
  for round in $(seq "$rounds"); do
    held_round held-one "${two[0]}"
    held_round held-two "${two[@]}"
  done
  release_held
  say "| held to $((throttle / 1000000)) MB/s each (blkio of cgroup v1), $1 MiB, zeros | write MB/s | of the throttle | read-back MB/s | of the throttle |"
  say "|---|---|---|---|---|"
  held_row "one drive" held-one 1 "$1"
  held_row "two drives at once" held-two 2 "$1"
}

