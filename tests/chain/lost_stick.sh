#!/bin/bash
# lost_stick.sh PROGRAM
#
# A stick is lost: what it signed before stays good, what its finder signs is void, and the stick itself refuses to work on.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
make_stick
words=(--passphrase-file "$work/passphrase")
check_file() { "$program" check --demo --root "$work/workshop/racine.pem" "$@"; }
erase() { # NUMBER
  truncate -s 8M "$work/drive"
  check_exit "$1 is erased and certified" 0 \
    "$program" run "$work/drive" --number "$1" --no-image --method zero --confirm drive "${stick[@]}"
}

erase DEF-04217-8
mkdir "$work/kept" "$work/donor"
cp "$work/stick/REGISTRE/"*.txt "$work/kept/"
cp "$work"/stick/CERTIFICATS/*/DEF-04217-8* "$work/donor/"
cp -r "$work/stick" "$work/before"

lines=$(wc -l <"$work/kept/registre-07.txt")
head=$(tail -n 1 "$work/kept/registre-07.txt" | tr -d '\n' | sha256sum | cut -d ' ' -f 1)
check_exit "rank and hash of the last line are a witness" 0 check_file "$work/stick" --witness "$lines:$head"
check_exit "another hash of that line is not" 4 check_file "$work/stick" --witness "$lines:${head//[0-9]/0}"

erase DEF-00042-0 # By whoever found it.
check_exit "without a word a loss is not believed" 2 \
  "$program" key lost --workshop "$work/workshop" --name 07 "${words[@]}"
check_exit "nor of a stick that nobody made" 2 \
  "$program" key lost --workshop "$work/workshop" --name 08 --nothing-left "${words[@]}"
check_exit "the workshop reports it lost, with the ledger that was kept" 0 \
  "$program" key lost --workshop "$work/workshop" --name 07 --witness "$work/kept" "${words[@]}" --json
check "its last good line is the last one that was kept" grep -q "\"last_rank\":$lines," "$work/output"

check_exit "the certificate of before stays good with the ledger of before" 0 check_file "$work/donor" "$work/kept"
check_exit "and is no more than a reserve without it" 6 check_file "$work/donor"
check_exit "the certificate of the finder is void" 4 check_file "$work/stick/CERTIFICATS"
check "as one of a lost stick" grep -q "STOP 57" "$work/output"
check_exit "with all of its ledger too" 4 check_file "$work/stick"
check_exit "a donor who was given the list finds it beside the root, or names it" 6 \
  "$program" check --demo --root "$work/before/VERIFIER/racine.pem" "$work/donor" --witness "$work/workshop/trousseau/trousseau-1.json"

cp "$work/workshop/trousseau/"* "$work/stick/VERIFIER/"
truncate -s 8M "$work/drive"
check_exit "the stick itself signs nothing any more, once it has the list" 3 \
  "$program" run "$work/drive" --number DEF-04217-8 --no-image --method zero --confirm drive "${stick[@]}"
check_exit "a new stick brings the list along" 0 \
  "$program" key stick "$work/new" --workshop "$work/workshop" --name 07 "${words[@]}"
check "with its signature" cmp "$work/workshop/trousseau/trousseau-1.json.p7s" "$work/new/VERIFIER/trousseau-1.json.p7s"
check "which openssl accepts" openssl cms -verify -binary -purpose any -no_check_time -inform DER \
  -in "$work/new/VERIFIER/trousseau-1.json.p7s" -content "$work/new/VERIFIER/trousseau-1.json" \
  -CAfile "$work/workshop/racine.pem" -out "$work/output"
check_exit "the new stick of that name works" 0 \
  "$program" run "$work/drive" --number DEF-04217-8 --no-image --method zero --confirm drive --stick "$work/new" "${words[@]}"
check_exit "and its certificates are good" 0 check_file "$work/new"
if command -v node >/dev/null; then
  check "verif.html says the same" node "$(dirname "$0")/verif.mjs" "$work/before/VERIFIER/verif.html" "$work/before" "$work/workshop/trousseau"
fi
finish
