#!/bin/bash
# resume.sh PROGRAM
#
# A job that is stopped or killed leaves a journal from which it goes on; the certificate says how often. Damage that nobody
# journaled is found.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_root
need_programs python3
make_stick
file=$work/drive
dd if=/dev/urandom of="$file" bs=1M count=512 status=none

run=("$program" run "$file" --number DEF-04217-8 --no-image --method random --confirm drive "${stick[@]}")
interruptions() {
  python3 - "$work/stick" "$1" <<'PYTHON'
import glob, json, sys
files = sorted(glob.glob(sys.argv[1] + "/CERTIFICATS/*/*_" + sys.argv[2] + "_ESSAI.json"))
print(len(json.load(open(files[-1]))["interruptions"]) if files else "no certificate")
PYTHON
}
# Until the journal says that writing began.
wait_for_start() {
  for _ in $(seq 200); do
    if grep -qs step-started "$work"/stick/JOURNAL/*.txt; then return 0; fi
    sleep 0.05
  done
}

"${run[@]}" >"$work/output" 2>&1 &
wait_for_start
kill -TERM $!
status=0
wait $! || status=$?
check "SIGTERM leaves with 5" test "$status" = 5
check "and a certificate that says interrupted" test "$(interruptions INTERROMPU)" = 0
check_exit "resumed" 0 "$program" resume "${stick[@]}"
check "the certificate counts one interruption" test "$(interruptions EFFACE)" = 1
check_exit "nothing is left to resume" 3 "$program" resume "${stick[@]}"
check_exit "the drive holds what the journal says" 0 "$program" verify "$file" --content journal "${stick[@]}"

rm -r "$work"/stick/JOURNAL/*
mkdir "$work/taken"
mv "$work"/stick/CERTIFICATS/*/* "$work/taken"
"${run[@]}" >"$work/output" 2>&1 &
wait_for_start
kill -KILL $!
wait $! 2>/dev/null || true
check_exit "killed and resumed" 0 "$program" resume "$file" "${stick[@]}"
check "the certificate counts the kill" test "$(interruptions EFFACE)" = 1
check_exit "the certificates that were taken away are missed" 6 \
  "$program" check --demo --root "$work/stick/VERIFIER/racine.pem" "$work/stick"
check "each by its line" test "$(grep -c 'son certificat manque' "$work/output")" = 2
mkdir "$work/stick/CERTIFICATS/earlier"
mv "$work"/taken/* "$work/stick/CERTIFICATS/earlier"
check_exit "and with them all that began has its end" 6 "$program" check --demo --root "$work/stick/VERIFIER/racine.pem" "$work/stick"
check "(one of them says interrupted, and no other thing is wrong)" test "$(grep -c 'réserve' "$work/output")" = 2
rm -r "$work/stick/CERTIFICATS/earlier"
certificate=$(find "$work/stick/CERTIFICATS" -name '*EFFACE_ESSAI.json')
sed -i 's/DEF-04217-8/DEF-04218-5/' "$certificate"
check_exit "a changed certificate is refused" 4 "$program" check --demo --root "$work/stick/VERIFIER/racine.pem" "$work/stick"
finish
