#!/bin/bash
# trial.sh PROGRAM
#
# What stays in a deployed system, and its trial start, without a PC: the erase statement is taken out with debugfs and checked
# with openssl; the service's own script runs on files; its result is collected from the disk, and what openssl accepts then is a
# certificate that names the first one. Nothing of the trial is left on the disk, which e2fsck finds clean.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_root
need_programs mke2fs e2fsck debugfs sfdisk openssl python3 blkid
make_stick
recipe=$(cd "$(dirname "$0")/../../image-build/master/parts/trial/overlay" && pwd)

# ---- A master with the trial's part, its image, and a job that asks for a trial

tree=$work/tree
mkdir -p "$tree/etc" "$tree/usr/share" "$tree/var/lib"
echo master >"$tree/etc/hostname"
cp -R "$recipe/." "$tree/"
seq 1000000 >"$tree/usr/share/numbers"
truncate -s 96M "$work/root"
mke2fs -q -F -t ext4 -L racine -d "$tree" "$work/root"
master=$work/master
truncate -s 112M "$master"
printf 'label: gpt\nstart=2048,size=196608,type=L,name="racine"\n' | sfdisk -q "$master"
dd if="$work/root" of="$master" bs=1M seek=1 conv=notrunc status=none
check_exit "a master with the trial's service is captured" 0 \
  "$program" capture "$master" "$work/stick/IMAGES/master" --key "$work/workshop" --passphrase-file "$work/passphrase"

sed -i 's/^image = .*/image = "master"/; s/^donor = .*/donor = "MAIRIE-DU-DON"/; s/^operator = .*/operator = "TECHNICIEN-9"/' \
  "$work/stick/relance.toml"
target=$work/DISQUE-DONNE-7XK4
head -c 160M /dev/urandom >"$target"
running=(run "$target" --number DEF-04217-8 --confirm DISQUE-DONNE-7XK4 --trial "${stick[@]}")
check_exit "erased, installed, and a trial is awaited" 0 "$program" --json "${running[@]}"
check "the run says so" grep -q '"trial_awaited":true' "$work/output"
first=$(find "$work/stick/CERTIFICATS" -name '*.json')
check "so does the certificate" grep -q '"state": "awaited"' "$first"
check "in words" grep -q 'essai attendu' "$first"

# ---- What lies in the disk

partition() { # FILE: the root partition of the target
  local start size
  read -r start size < <(sfdisk -J "$target" |
    python3 -c 'import json, sys; root = json.load(sys.stdin)["partitiontable"]["partitions"][0]; print(root["start"], root["size"])')
  dd if="$target" of="$1" bs=512 skip="$start" count="$size" conv=sparse status=none
  first_sector=$start
}
files_of() { # FOLDER
  rm -rf "$1" "$work/part"
  mkdir "$1"
  partition "$work/part"
  debugfs -R "rdump / $1" "$work/part" >/dev/null 2>&1
}
files_of "$work/files"
share=$work/files/usr/share/relance
root=$work/stick/VERIFIER/racine.pem
verified() { # TEXT SIGNATURE
  openssl cms -verify -binary -purpose any -no_check_time -inform DER -in "$2" -content "$1" -CAfile "$root" -out /dev/null 2>/dev/null
}
check "openssl accepts the erase statement" verified "$share/effacement.json" "$share/effacement.json.p7s"
sed 's/"erased": true/"erased": 1/' "$share/effacement.json" >"$work/changed.json"
check_refused "but not a changed one" verified "$work/changed.json" "$share/effacement.json.p7s"
check "the certificate names its hash" grep -q "$(sha256sum <"$share/effacement.json" | cut -d' ' -f1)" "$first"
check "it says what was done" grep -q '"technique"' "$share/effacement.json"
check "and to which number" grep -q '"number": "DEF-04217-8"' "$share/effacement.json"
check_refused "no serial, donor or operator is in it" \
  grep -ariqE "DISQUE-DONNE|7XK4|MAIRIE|TECHNICIEN" "$share" "$work/files/var/lib/relance"
check "though the certificate has the serial" grep -q "DISQUE-DONNE-7XK4" "$first"
check "the first start finds the number" [ "$(cat "$work/files/var/lib/relance/first-boot")" = DEF-04217-8 ]
check "and that its trial comes before" [ -f "$work/files/var/lib/relance/trial" ]

# ---- The system has not been started

before=$(sha256sum <"$target")
check_exit "no result yet: refused" 3 "$program" trial "$target" "${stick[@]}"
check "and what to do is said" grep -q "Retirez la clé, allumez, remettez la clé" "$work/output"
check "nothing was written" [ "$before" = "$(sha256sum <"$target")" ]

# ---- The service's script, on a PC of files

pc=$work/files
mkdir -p "$pc"/sys/class/drm/card0-VGA-1 "$pc"/sys/class/net/eth0/device "$pc"/proc/asound \
  "$pc"/sys/devices/sda/sda1 "$pc"/sys/class/block "$pc"/sys/bus/pci/devices/0
echo connected >"$pc/sys/class/drm/card0-VGA-1/status"
echo 1024x768 >"$pc/sys/class/drm/card0-VGA-1/modes"
echo 1 | tee "$pc/sys/class/net/eth0/type" "$pc/sys/class/net/eth0/carrier" "$pc/sys/devices/sda/sda1/partition" >/dev/null
echo 0x040300 >"$pc/sys/bus/pci/devices/0/class" # A sound chip, and no card.
ln -sfn "$pc/sys/devices/sda/sda1" "$pc/sys/class/block/part"
echo "$first_sector" >"$pc/sys/devices/sda/sda1/start"
echo $(($(stat -c %s "$work/part") / 512)) >"$pc/sys/devices/sda/sda1/size"
echo $(($(stat -c %s "$target") / 512)) >"$pc/sys/devices/sda/size"
trying=(env RELANCE_ROOT="$pc" RELANCE_DRY=yes RELANCE_PATIENCE=0 RELANCE_SOURCE="$work/part" "$pc/usr/lib/relance/trial/check")
check_exit "the service tries what the PC has" 0 "${trying[@]}"
result=$pc/var/lib/relance/trial-result
for line in "screen=pass card0-VGA-1 1024x768" "sound=fail no driver" "camera=absent" "network=pass eth0 has a link" "wifi=absent" \
  "bluetooth=absent" "end=7"; do
  check "it says $line" grep -qx "$line" "$result"
done
check "the disk was grown" grep -q "^disk=pass " "$result"
check_exit "a second start tries nothing" 0 "${trying[@]}"
check "and goes off" [ "$(cat "$work/output")" = poweroff ]

# ---- Its result on the disk, as the system would have left it

put_result() { # FILE
  debugfs -w -R "rm /var/lib/relance/trial-result" "$work/part" >/dev/null 2>&1
  debugfs -w -R "write $1 /var/lib/relance/trial-result" "$work/part" >/dev/null 2>&1
  dd if="$work/part" of="$target" bs=512 seek="$first_sector" conv=notrunc status=none
}
head -n 3 "$result" >"$work/torn"
put_result "$work/torn"
check_exit "a torn result: refused" 3 "$program" trial "$target" "${stick[@]}"
check "STOP 61 says so" grep -q "^STOP 61 – " "$work/output"
put_result "$result"
cp "$first" "$work/first-before"
check_exit "the whole one is collected" 0 "$program" trial "$target" "${stick[@]}"
check "what does not work is said" grep -q "ne marche PAS : son" "$work/output"
second=$(find "$work/stick/CERTIFICATS" -name '*_2.json')
check "the first certificate is as it was" cmp -s "$first" "$work/first-before"
check "openssl accepts the second" verified "$second" "$second.p7s"
check "it has the next rank" grep -q '"rank": 2' "$second"
check "it names the first" grep -q "$(sha256sum <"$first" | cut -d' ' -f1)" "$second"
check "it says that the trial was done" grep -q 'essai fait' "$second"
check "and what did not work" grep -q 'ne marche pas (son)' "$second"
check_exit "the checker accepts both" 0 "$program" check --demo --root "$root" "$work/stick"
check_exit "there is nothing left to collect" 3 "$program" trial "$target" "${stick[@]}"

files_of "$work/after"
check_exit "e2fsck finds the disk clean" 0 e2fsck -fn "$work/part"
remaining=$(cd "$work/after" && find . -path '*trial*' ! -path './sys/*' | head -n 3)
check "nothing of the trial is left on it${remaining:+: $remaining}" [ -z "$remaining" ]
check "the owner's first start can come" [ "$(cat "$work/after/var/lib/relance/first-boot")" = DEF-04217-8 ]
check "all else is as it was" cmp -s "$work/after/usr/share/numbers" "$tree/usr/share/numbers"
finish
