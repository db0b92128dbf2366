#!/bin/bash
# lot.sh PROGRAM
#
# From a donor's list and a stick to the signed report of a lot, which strangers can check.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_programs node openssl pdfdetach pdfsig
make_stick
words=(--passphrase-file "$work/passphrase")
truncate -s 8M "$work/drive"
check_exit "a PC is erased and certified" 0 \
  "$program" run "$work/drive" --number DEF-04217-8 --no-image --method zero --confirm drive "${stick[@]}"
check_exit "the responsable gets a key" 0 \
  "$program" key responsable "$work/claire" --workshop "$work/workshop" --name claire "${words[@]}"
report() { # LIST LOT
  "$program" lot "$1" "$work/stick" --name "$2" --key "$work/claire" --out "$work" --demo "${words[@]}"
}

printf 'numéro;modèle;année;remarque\r\nDEF-04217-8;ThinkPad;2018;\r\nDEF-00042-0;;;gardé par la mairie\r\n' >"$work/list.csv"
check_exit "every machine is accounted for" 0 report "$work/list.csv" MAIRIE-2026
pdf=$work/BORDEREAU_MAIRIE-2026_ESSAI.pdf
check_exit "an ESSAI is refused unless asked for" 4 "$program" check --root "$work/workshop/racine.pem" "$pdf"
check_exit "the report is checked by the root alone" 0 "$program" check --demo --root "$work/workshop/racine.pem" "$pdf"
check "pdfsig finds the whole document signed" grep -q "Total document signed" <(pdfsig "$pdf" 2>&1)
page() { # FILE…: what the page on the stick says of them together
  rm -rf "$work/dropped"
  mkdir "$work/dropped"
  cp "$@" "$work/dropped"
  node "$(dirname "$0")/../../scripts/kit/verif_folder.mjs" "$work/stick/VERIFIER/verif.html" "$work/dropped"
}
check "verif.html believes it" test "$(page "$pdf")" = good
mkdir "$work/out"
check "its data come out" pdfdetach -saveall -o "$work/out" "$pdf"
check "and openssl accepts them" openssl cms -verify -binary -purpose any -no_check_time -inform DER \
  -in "$work/out/bordereau.json.p7s" -content "$work/out/bordereau.json" -CAfile "$work/workshop/racine.pem" -out "$work/output"
check "the table beside it is the one inside" cmp "$work/out/bordereau.csv" "$work/BORDEREAU_MAIRIE-2026_ESSAI.csv"
check "it names the certificate by its hash" \
  grep -q "$(sha256sum "$work"/stick/CERTIFICATS/*/DEF-04217-8*.json | cut -d ' ' -f 1)" "$work/out/bordereau.csv"
check_exit "a lot is reported once" 3 report "$work/list.csv" MAIRIE-2026

printf 'tag\nM1\n' >"$work/short.csv"
check_exit "a machine without a paper and without a word is a reserve" 6 report "$work/short.csv" CAF
check_exit "also for whoever checks it" 6 "$program" check --root "$work/workshop/racine.pem" "$work/BORDEREAU_CAF.pdf"
check "and for verif.html" test "$(page "$work/BORDEREAU_CAF.pdf")" = reserve
printf 'couleur\nrouge\n' >"$work/wrong.csv"
check_exit "a list without machines is refused" 2 report "$work/wrong.csv" AUTRE
check "with its line" grep -q "line 1" "$work/output"
printf 'x' | dd of="$pdf" bs=1 seek=3000 conv=notrunc status=none
check_exit "a changed report is refused" 4 "$program" check --root "$work/workshop/racine.pem" "$pdf"
check "for verif.html, too" test "$(page "$pdf")" = refused
finish
