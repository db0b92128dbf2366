#!/bin/bash
# stick_series.sh PROGRAM
#
# scripts/write-stick --count on a recorded PC into which loop devices are plugged: a stick that was there before and comes
# again, one that is made already, one that is too small, two at once, an internal drive, one that is mounted, one that is too
# large to be a stick; a person who types another number; a series that is interrupted.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_root
need_programs losetup sfdisk mkfs.fat mcopy mmd fsck.exfat openssl python3 blockdev lsblk
sources=$(cd "$(dirname "$0")/../.." && pwd)

# A stick image with nothing but what write-stick needs of one.
image=$work/relance.img
truncate -s 20M "$image"
printf 'label: dos\nlabel-id: 0x52454c41\n1 : start=6144, size=32768, type=7, bootable\n2 : start=2048, size=4096, type=ef\n' |
  sfdisk -q "$image"
truncate -s 2M "$work/boot"
mkfs.fat "$work/boot" >/dev/null
printf 'set stick=52454c41\n' >"$work/stick.cfg"
mmd -i "$work/boot" ::/boot
mcopy -i "$work/boot" "$work/stick.cfg" ::/boot/
dd if="$work/boot" of="$image" bs=1M seek=1 conv=notrunc status=none

echo "cinq mots pour le test" >"$work/passphrase"
"$program" key workshop "$work/workshop" --passphrase-file "$work/passphrase" >/dev/null

# ---- The PC ----------------------------------------------------------------------------------------------------------

tree=$work/tree
mkdir -p "$tree/sys/class/block" "$tree/dev" "$tree/proc/self"
: >"$tree/proc/self/mountinfo"

new_stick() { # NAME MIB: random content, so that any write shows; its node in $drive
  dd if=/dev/urandom of="$work/$1" bs=1M count="$2" status=none
  new_loop "$work/$1" 512
}

plug() { # NAME NODE DISKSEQ SERIAL [PATH [BYTES]]
  local folder=$tree/sys/devices/${5:-pci0/usb1/1-$3}/host block
  block=$folder/block/$1
  mkdir -p "$block"
  printf 'SanDisk \n' >"$folder/vendor"
  printf "Cruzer's Blade   \n" >"$folder/model"
  echo "$4" >"$folder/../serial"
  cat "/sys/class/block/${2##*/}/dev" >"$block/dev"
  echo $((${6:-$(blockdev --getsize64 "$2")} / 512)) >"$block/size"
  echo "$3" >"$block/diskseq"
  ln -s ../.. "$block/device"
  ln -sfn "$2" "$tree/dev/$1"
  ln -s "$block" "$tree/sys/class/block/$1"
}
unplug() { rm "$tree/sys/class/block/$1"; } # NAME

is_mounted_on() { # NODE PLACE
  printf '36 35 %s / %s rw shared:1 - vfat %s rw\n' "$(cat "/sys/class/block/${1##*/}/dev")" "$2" "$1" >"$tree/proc/self/mountinfo"
}

# ---- The series ------------------------------------------------------------------------------------------------------

said=$work/said
series=(env -u LC_ALL -u LC_MESSAGES LANG=en "$sources/scripts/write-stick" --from "$image" --system "$tree" --workshop "$work/workshop"
  --passphrase-file "$work/passphrase" --program "$program")

start_series() { # OPTION…; its standard input is the fifo $work/typed
  : >"$said"
  "${series[@]}" "$@" <"$work/typed" >"$said" 2>&1 &
  running=$!
}
says() { # TEXT: within a minute
  local i
  for ((i = 0; i < 600; ++i)); do
    if grep -qF -- "$1" "$said"; then
      ok "it says « $1 »"
      return
    fi
    sleep 0.1
  done
  not_ok "it does not say « $1 »"
  cat "$said"
}
ends_with() { # EXIT
  local code=0
  wait "$running" || code=$?
  check "the series ends with $1 ($code)" [ "$code" = "$1" ]
}
mkfifo "$work/typed"
exec 9<>"$work/typed" # Somebody is there to type.

declare -A was=()
remember() { was[$1]=$(sha256sum <"$work/$1"); } # FILE
check_untouched() {                               # FILE SENTENCE
  check "$2 is as it was" [ "$(sha256sum <"$work/$1")" = "${was[$1]}" ]
}

is_stick() { # NODE NAME
  local id first
  id=$(sed -n "s/^$2;.*;\([0-9a-f]\{8\}\);good;.*$/\1/p" "$work/list.csv")
  sfdisk --dump "$1" | grep -qx "label-id: 0x$id" || return 1
  first=$(sfdisk --dump "$1" | sed -nE 's|^.*[^0-9]1 : start= *([0-9]+),.*|\1|p')
  rm -rf "$work/unpacked"
  python3 "$sources/image-build/stick/exfat.py" unpack "$1" "$first" "$work/unpacked" || return 1
  dd if="$1" of="$work/exfat" bs=512 skip="$first" status=none
  fsck.exfat -n "$work/exfat" >/dev/null || return 1
  [ "$(tr -d '\r' <"$work/unpacked/RELANCE.ID")" = "Relance $id" ] || return 1
  openssl x509 -in "$work/unpacked/CLE/certificat.pem" -noout -subject | grep -q "stick-$2@"
}

new_stick internal 24 && internal=$drive
new_stick before 24 && before=$drive
new_stick eight 24 && eight=$drive
new_stick small 8 && small=$drive
new_stick ten 24 && ten=$drive
new_stick mounted 24 && mounted=$drive
new_stick large 24 && large=$drive
for each in internal before mounted large; do remember "$each"; done

plug sda "$before" 1 BEFORE-1
start_series --count 3 --name 08 --yes --list "$work/list.csv"
says "Stick 1 of 3, to be called 08: plug it in."
plug sdb "$internal" 2 INTERNAL-1 pci0/ata1
is_mounted_on "$mounted" /media/usb
plug sdc "$mounted" 3 MOUNTED-1
plug sdd "$large" 4 LARGE-1 "" $((500 << 30))
plug sde "$eight" 5 EIGHT-1
says "SanDisk Cruzer's Blade, 26MB, n° MOUNTED-1, USB 1-3 is mounted on /media/usb: unmount it"
says "Too large to be taken with --yes"
says "08 is ready, written and read back"
unplug sda
plug sda "$before" 20 BEFORE-1
says "It was here when the series began."
unplug sde
says "The stick that you pulled is 08."
plug sde "$eight" 6 EIGHT-1
says "This is 08, made already"
says "Stick 2 of 3, to be called 09: plug it in."
plug sdf "$small" 7 SMALL-1
plug sdg "$ten" 8 TEN-1
says "09 FAILED, do not use it (USB 1-7)"
says "10 is ready, written and read back: pull it (USB 1-8) and label it 10."
ends_with 1
check_untouched before "the stick that was there before"
check_untouched internal "the internal drive"
check_untouched mounted "the mounted drive"
check_untouched large "the large drive"
check "08 is a stick" is_stick "$eight" 08
check "10 is a stick" is_stick "$ten" 10
printf '%s\n' "08;SanDisk;Cruzer's Blade;25165824;EIGHT-1;good" \
  "09;SanDisk;Cruzer's Blade;8388608;SMALL-1;FAILED: $tree/dev/sdf is too small: 8 MiB, and 19 are needed" \
  "10;SanDisk;Cruzer's Blade;25165824;TEN-1;good" >"$work/wanted"
check "the list says which is which" diff "$work/wanted" <(sed 1d "$work/list.csv" | sort | cut -d';' -f1-5,7)
check "so does the table" grep -Eq "^08 +SanDisk Cruzer's Blade +26MB +EIGHT-1 +good$" "$said"

# A person: another number than the stick's, then the number, for a stick that was named although it was there before.
remember ten
start_series "$tree/dev/sdg" --count 1 --name 11 --list "$work/list.csv"
says "To make it 11, type 11:"
echo 10 >&9
says "It stays as it is."
check_untouched ten "the stick that was not confirmed"
unplug sdg
plug sdg "$ten" 9 TEN-1
says "SanDisk Cruzer's Blade, 26MB, n° TEN-1, USB 1-9"
echo 11 >&9
says "11 is ready"
ends_with 0
check "it is a stick now" is_stick "$ten" 11
check "the list has grown by one" [ "$(wc -l <"$work/list.csv")" = 5 ]

# Interrupted while it writes: an image that never comes to its end keeps it there.
mkfifo "$work/endless"
scratch=$work/scratch
mkdir "$scratch"
TMPDIR=$scratch start_series "$tree/dev/sdg" --count 2 --name 12 --yes --image "$work/endless" --list "$work/list.csv"
says "Stick 2 of 2, to be called 13: plug it in."
is_writing() { grep -q "[e]xfat.py make $tree/dev/sdg" <(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' '); }
for _ in $(seq 100); do
  ! is_writing || break
  sleep 0.1
done
check "it writes" is_writing
kill -TERM "$running"
ends_with 143
check_refused "nothing writes any more" is_writing
check "nothing of it is left in the scratch folder" [ -z "$(ls "$scratch")" ]
check "the list says so" grep -q "^12;.*;interrupted;" "$work/list.csv"

# Without a series: what does not fit fails, and the drive's name decides nothing.
dd if=/dev/zero of="$work/much" bs=1M count=30 status=none
check_exit "files that do not fit" 1 "${series[@]}" "$tree/dev/sdg" --name 14 --image "$work/much" --yes
check "and it says so" grep -q "FAILED: do not use it" "$work/output"
check_exit "an internal drive is refused" 3 "${series[@]}" "$tree/dev/sdb" --name 14 --yes
check_untouched internal "the internal drive"
check_exit "a series without a name" 2 "${series[@]}" --count 2

# Recorded PCs.
"$sources/scripts/list-sticks" --root "$sources/tests/machines/ata-laptop" | cut -d'|' -f3- >"$work/output"
printf '%s\n' "SD|SU08G|7948206080|1a2b3c4d|mmcblk0|" \
  "SanDisk|Cruzer Blade|15376318464|4C530001230817101234|USB 3-2|/run/relance/stick" >"$work/wanted"
check "on a laptop: the card and the stick, which is mounted" diff "$work/wanted" "$work/output"
finish
