# shellcheck shell=bash disable=SC2154  # Names, layout and $scratch are set by who sources it.
# GRUB in a master, put there by its own grub-install: in an emulated PC that runs the master's own kernel with one script
# instead of an init, since grub-install wants mounted partitions of a real disk and the building machine may have no loop
# partitions and no VFAT. Nothing starts in the master itself. Sourced by scripts/build-master, never run.
#
# install_grub TREE: leaves /boot/grub, and the EFI partition's files in /boot/efi.

readonly grub_timeout_s=900

install_grub() {
  local tree=$1 kept
  kept=$cache/grub-$(grub_hash "$tree").tar.zst
  mkdir -p "$tree/boot/efi"
  [ -f "$kept" ] || run_grub_install "$tree" "$kept"
  touch "$kept"
  rm -rf "$tree/boot/grub"
  # The archive was written to a disk, whose zeros lie behind its end: all are read, or zstd dies of a closed pipe.
  zstd -q -dc "$kept" | tar -C "$tree" --ignore-zeros -xf -
}

# The name of what grub-install leaves: all that it looks at. Our other files may change without waiting for it again.
grub_hash() { # TREE
  {
    declare -f run_grub_install write_guest_script run_guest
    cat "$masters/names"
    cd "$1" && find boot -maxdepth 1 -name 'vmlinuz-*' -o -maxdepth 1 -name 'initrd.img-*' | sort
    # Not every system has all of them.
    { find etc/default/grub* etc/grub.d etc/lsb-release etc/os-release usr/lib/relance/refresh-efi usr/lib/grub usr/lib/shim \
      usr/sbin/grub-install -type f 2>/dev/null || true; } | sort | tr '\n' '\0' | xargs -0 sha256sum
  } | sha256sum | cut -c1-16
}

run_grub_install() { # TREE RESULT
  local tree=$1 disk=$scratch/grub-disk.img seconds=$SECONDS
  say "installing GRUB in an emulated PC (a minute or two)"
  mkdir -p "$tree/boot/grub"
  for platform in $(efi_platforms); do
    mkdir -p "$tree/boot/grub/$platform"
    : >"$tree/boot/grub/$platform/core.efi" # What refresh-efi goes by; grub-install puts the real one there.
  done
  write_guest_script "$tree/relance-grub"
  # shellcheck disable=SC2034  # For source_layout.
  (layout_name=debian && source_layout && compose_disk "$tree" "$disk" "$disk_bytes")
  rm "$tree/relance-grub"
  run_guest "$tree" "$disk"
  # By name, not by grep -q, which leaves at the first match: tar then dies of a closed pipe, now and then.
  tar -tf "$scratch/grub.tar" boot/grub/grub.cfg >/dev/null 2>&1 || stop 4 "GRUB's menu is missing after its installation"
  zstd -q -3 "$scratch/grub.tar" -o "$scratch/grub.tar.zst"
  mv "$scratch/grub.tar.zst" "$2"
  rm "$disk" "$scratch/grub.tar" "$scratch/other.img"
  say "GRUB is installed ($((SECONDS - seconds)) s)"
}

efi_platforms() { # As the packages bring them.
  local folder
  for folder in "$tree"/usr/lib/grub/{x86_64,i386}-efi; do
    [ ! -e "$folder/kernel.img" ] || echo "${folder##*/}"
  done
}

# The core image for BIOS is asked for on another disk than root's: only then grub-install lets it search the root by its
# UUID instead of naming "partition 3 of this disk". With both partition maps it starts from GPT and from MBR disks, wherever
# the image is deployed. Debian's GRUB in EFI/BOOT finds its menu by its own folder, which grub-install leaves without one.
write_guest_script() { # FILE
  cat >"$1" <<'GUEST'
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
give_up() {
  echo "relance-grub: failed: $1"
  sync
  echo o >/proc/sysrq-trigger
  sleep 60
}
disk() { readlink -f "/dev/disk/by-id/ata-QEMU_HARDDISK_$1"; }

mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
mountpoint -q /run || mount -t tmpfs tmpfs /run
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
ln -sf /proc/self/fd /dev/fd
mount -o remount,rw / || give_up "root stays read-only"
modprobe -q vfat
modprobe -q nls_ascii
modprobe -q nls_cp437
mount -t vfat "$(disk ROOT)2" /boot/efi || give_up "no EFI partition"

grub-install --target=i386-pc --modules="part_gpt part_msdos ext2 search_fs_uuid" "$(disk OTHER)" || give_up "grub-install, BIOS"
if [ -x /usr/lib/relance/refresh-efi ]; then
  /usr/lib/relance/refresh-efi || give_up "grub-install, EFI"
fi
update-grub || give_up "update-grub"
for loader in /boot/efi/EFI/BOOT/grub*.efi; do
  [ ! -e "$loader" ] || cp /boot/efi/EFI/debian/grub.cfg /boot/efi/EFI/BOOT/grub.cfg 2>/dev/null ||
    cp /boot/efi/EFI/ubuntu/grub.cfg /boot/efi/EFI/BOOT/grub.cfg || give_up "EFI/BOOT/grub.cfg"
done
[ -e /var/lib/relance/efi-sums ] && sums=var/lib/relance/efi-sums
tar -C / -cf "$(disk RESULT)" boot/grub boot/efi $sums || give_up "tar"
sync
echo "relance-grub: done"
echo o >/proc/sysrq-trigger
sleep 60
GUEST
  chmod 755 "$1"
}

run_guest() { # TREE DISK
  local code=0
  truncate -s 64M "$scratch/other.img" # Somewhere for boot code that nobody starts.
  sgdisk --new=1:0:+1M --typecode=1:ef02 "$scratch/other.img" >/dev/null
  truncate -s 256M "$scratch/grub.tar"
  timeout "$grub_timeout_s" nice qemu-system-x86_64 -accel tcg,thread=multi -machine q35 -m 1024 -smp 2 -nodefaults -display none \
    -no-reboot -serial "file:$scratch/grub.log" -kernel "$(guest_file "$1" vmlinuz)" -initrd "$(guest_file "$1" initrd.img)" \
    -append "root=UUID=$ROOT_UUID rw quiet cryptomgr.notests console=ttyS0,115200 panic=-1 init=/relance-grub" \
    -device ahci,id=a -drive "if=none,id=d0,format=raw,file=$2" -device ide-hd,bus=a.0,drive=d0,serial=ROOT \
    -drive "if=none,id=d1,format=raw,file=$scratch/other.img" -device ide-hd,bus=a.1,drive=d1,serial=OTHER \
    -drive "if=none,id=d2,format=raw,file=$scratch/grub.tar" -device ide-hd,bus=a.2,drive=d2,serial=RESULT || code=$?
  if [ "$code" != 0 ] || ! grep -aq '^relance-grub: done' "$scratch/grub.log"; then
    tail -n 40 "$scratch/grub.log" >&2
    stop 4 "GRUB could not be installed in the emulated PC (its words are above)"
  fi
}

guest_file() { # TREE NAME: the newest kernel's
  find "$1/boot" -maxdepth 1 -name "${2%.img}*-*" | sort -V | tail -n 1
}
