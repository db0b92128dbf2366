#!/bin/bash
# verif.sh PROGRAM
#
# The page on the stick that checks in any browser: with Node's cryptography over a certificate and a ledger that the program
# made, and over more than 7 000 ways to change them.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_programs node
make_stick
truncate -s 8M "$work/drive"
check_exit "a drive is erased and certified" 0 \
  "$program" run "$work/drive" --number DEF-04217-8 --no-image --method zero --confirm drive "${stick[@]}"
check "the workshop's root is built into the page" grep -q "BEGIN CERTIFICATE" "$work/stick/VERIFIER/verif.html"
check "it asks nothing of the network" bash -c "! grep -qE 'https?://|fetch\(|XMLHttp' '$work/stick/VERIFIER/verif.html'"
check "the page agrees with all that is true, and with nothing that was changed" \
  node "$(dirname "$0")/verif.mjs" "$work/stick/VERIFIER/verif.html" "$work/stick"
finish
