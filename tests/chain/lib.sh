# shellcheck shell=bash
# Shared by the chain tests, which drive the real program on loop devices that they make. Sourced, never run.
# $1 is the program. Ends with 77, which ctest counts as skipped, where it cannot run; says why.
set -euo pipefail

program=$(realpath "$1")
failures=0

skip() {
  printf 'skipped: %s\n' "$*"
  exit 77
}
need_root() {
  if [ "$(id -u)" != 0 ] || [ ! -e /dev/loop-control ]; then skip "needs root and loop devices"; fi
}
need_programs() {
  local name
  for name; do command -v "$name" >/dev/null || skip "$name is not installed"; done
}

ok() { printf 'ok      %s\n' "$*"; }
not_ok() {
  printf 'NOT OK  %s\n' "$*"
  failures=$((failures + 1))
}
check() { # SENTENCE COMMAND…
  local sentence=$1
  shift
  if "$@"; then ok "$sentence"; else not_ok "$sentence"; fi
}
# An agreement's twin: it must refuse.
check_refused() { # SENTENCE COMMAND…
  local sentence=$1
  shift
  if "$@"; then not_ok "$sentence"; else ok "$sentence"; fi
}
check_exit() { # SENTENCE WANTED COMMAND…
  local sentence=$1 wanted=$2 actual=0
  shift 2
  "$@" >"$work/output" 2>&1 || actual=$?
  if [ "$actual" = "$wanted" ]; then ok "$sentence"; else
    not_ok "$sentence (exit code $actual instead of $wanted)"
    cat "$work/output"
  fi
}
finish() {
  [ "$failures" = 0 ] || exit 1
}

# In memory where there is room: these tests write whole drives.
work=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)" relance-chain.XXXXXX)
loops=()
clean_up() {
  local loop
  for loop in "${loops[@]}"; do losetup --detach "$loop" || true; done
  rm -rf "$work"
}
trap clean_up EXIT

new_loop() { # FILE BLOCK_BYTES: a loop device over the file; its node in $drive
  drive=$(losetup --find --show --sector-size "$2" "$1")
  loops+=("$drive")
}
drop_loop() { # NODE
  losetup --detach "$1"
  local left=() each
  for each in "${loops[@]}"; do [ "$each" = "$1" ] || left+=("$each"); done
  loops=("${left[@]}")
}

# A workshop and a stick in folders.
make_stick() {
  echo "cinq mots pour le test" >"$work/passphrase"
  { "$program" key workshop "$work/workshop" --passphrase-file "$work/passphrase" &&
    "$program" key stick "$work/stick" --workshop "$work/workshop" --name 07 --passphrase-file "$work/passphrase"; } >"$work/output" 2>&1 || {
    cat "$work/output"
    exit 1
  }
  # shellcheck disable=SC2034  # For the script that sources this.
  stick=(--stick "$work/stick" --passphrase-file "$work/passphrase")
}
