#!/bin/bash
# hanging_drive.sh PROGRAM
#
# A drive that hangs for ever: its job is Stalled and certified as failed, the drive beside it finishes, and the program can
# be left. The drive is a file on a file system that is frozen under it (fsfreeze), so that every write sleeps in the kernel
# as it does on a disk that has stopped answering. Takes five minutes, nearly all of them asleep: the supervisor's limit.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_root
need_programs fsfreeze mkfs.ext4
make_stick

mount_point=$work/mounted
thaw() {
  fsfreeze --unfreeze "$mount_point" 2>/dev/null || true
  wait || true
  umount "$mount_point" 2>/dev/null || true
}
trap 'thaw; clean_up' EXIT

truncate --size=700M "$work/disk"
mkfs.ext4 -q -F "$work/disk"
new_loop "$work/disk" 512
mkdir "$mount_point"
mount "$drive" "$mount_point"
dd if=/dev/urandom of="$mount_point/sick" bs=1M count=500 status=none
dd if=/dev/urandom of="$work/well" bs=1M count=100 status=none

status_of() { # PID: its leader's letter in ps; Z has left, though a thread of it still sleeps in the kernel.
  ps -o stat= -p "$1" | cut -c1
}
has_left() { # PID SECONDS
  local i
  for ((i = 0; i < $2 * 5; i++)); do
    case $(status_of "$1") in Z | '') return 0 ;; esac
    sleep 0.2
  done
  return 1
}
start() { # DRIVE…: in the background, frozen as soon as writing begins; its PID in $pid
  local words=() each
  for each; do words+=(--confirm "${each##*/}"); done
  rm -rf "$work"/stick/JOURNAL/* "$work"/stick/CERTIFICATS/*
  "$program" wipe "$@" --method random "${words[@]}" "${stick[@]}" >"$work/output" 2>&1 &
  pid=$!
  for _ in $(seq 400); do
    if grep -qs step-started "$work"/stick/JOURNAL/*.txt; then break; fi
    sleep 0.02
  done
  fsfreeze --freeze "$mount_point"
}
ends_of() { # DRIVE'S TAG: how its runs ended, from the journal
  sed -n "s/^[0-9]*|$1|[0-9]*|{\"event\":\"run-ended\",\"end\":\"\([a-z]*\)\".*/\1/p" "$work"/stick/JOURNAL/*.txt
}
has_certificate() { # NAME
  [ -n "$(find "$work/stick/CERTIFICATS" -name "*_$1_ESSAI.json.p7s")" ]
}

start "$mount_point/sick"
sleep 2
kill -TERM "$pid"
check "asked to stop, the program leaves a drive that does not answer" has_left "$pid" 60
fsfreeze --unfreeze "$mount_point"
status=0
wait "$pid" || status=$?
check "and says that it can be resumed (exit code $status)" test "$status" = 5

start "$mount_point/sick" "$work/well"
check "after its limit the program leaves by itself" has_left "$pid" 400
check "the drive that hung is stalled" test "$(ends_of 1)" = stalled
check "the one beside it finished" test "$(ends_of 2)" = finished
check "the first has a certificate, of its failure" has_certificate sick_ECHEC
check "the second has one too" has_certificate well_EFFACE
fsfreeze --unfreeze "$mount_point"
status=0
wait "$pid" || status=$?
check "the worst of both is the exit code (exit code $status)" test "$status" = 4
check "and the screen says what to do" grep -q '^STOP 20 – ' "$work/output"
check_exit "the certificates hold" 0 "$program" check --demo --root "$work/stick/VERIFIER/racine.pem" "$work"/stick/CERTIFICATS/*/*_well_*.json
finish
