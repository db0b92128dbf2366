# shellcheck shell=bash disable=SC2154  # Names, layout and $scratch are set by who sources it.
# The disk of a master, from an unpacked system: table, EFI partition, root, swap, boot code. Only files are written, no
# partition is mounted. Sourced by scripts/build-master, never run.
#
# compose_disk TREE DISK BYTES; the layout's and names' variables are set, $scratch is a folder. EFI files come from
# TREE/boot/efi, which is left out of the root.

compose_disk() {
  local tree=$1 disk=$2 bytes=$3
  new_disk_file "$disk" "$bytes"
  make_table "$disk" "$bytes"
  make_esp "$tree" "$disk"
  dress_root "$tree"
  make_root "$tree" "$disk"
  make_swap "$disk"
  [ ! -e "$tree/boot/grub/i386-pc/core.img" ] || place_bios_boot_code "$tree" "$disk"
}

make_table() { # DISK BYTES
  local root_end=0 swap=()
  if ((SWAP_MIB > 0)); then
    local swap_first=$((($2 / mib - 1 - SWAP_MIB) * 2048)) # The last MiB is the backup table's.
    root_end=$((swap_first - 1))
    swap=(--new="4:$swap_first:+${SWAP_MIB}M" --typecode=4:8200 --partition-guid=4:"$SWAP_GUID")
  fi
  sgdisk --disk-guid="$DISK_GUID" \
    --new="1:0:+${BIOS_BOOT_MIB}M" --typecode=1:ef02 --partition-guid=1:"$BIOS_BOOT_GUID" \
    --new="2:0:+${ESP_MIB}M" --typecode=2:ef00 --partition-guid=2:"$ESP_GUID" \
    --new="3:0:$root_end" --typecode=3:8300 --partition-guid=3:"$ROOT_GUID" "${swap[@]}" "$1" >/dev/null
}

# ---- The EFI partition -----------------------------------------------------------------------------------------------

make_esp() { # TREE DISK
  local esp=$scratch/esp.img
  rm -rf "$esp" "$scratch/esp"
  mkdir -p "$scratch/esp"
  if [ -d "$1/boot/efi/EFI" ]; then
    cp -R --no-preserve=ownership "$1/boot/efi/EFI" "$scratch/esp/"
    [ "$BOOTLOADER_ID" != ubuntu ] || dress_esp_as_ubuntu "$1" "$scratch/esp/EFI"
    find "$scratch/esp" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  fi
  truncate -s "${ESP_MIB}M" "$esp"
  # --invariant sets a serial, too, so it comes before -i.
  mkfs.fat --invariant -i "${ESP_SERIAL/-/}" -F 32 -n ESP "$esp" >/dev/null
  put_folder_in_esp "$esp" "$scratch/esp"
  put_at "$2" $(($(partition_first "$2" 2) * 512)) <"$esp"
}

# One by one in the order of the alphabet, so that two builds agree; mcopy -s takes them as the folder has them.
put_folder_in_esp() { # ESP FOLDER
  local name
  while read -r name; do
    if [ -d "$2/$name" ]; then mmd -i "$1" "::$name"; else mcopy -m -i "$1" "$2/$name" "::$name"; fi
  done < <(cd "$2" && find . -mindepth 1 -printf '%P\n' | LC_ALL=C sort)
}

# Ubuntu's own GRUB reads EFI/ubuntu; Debian's, which stands in for it, reads what lies beside it. EFI/BOOT has no GRUB: the
# fallback program there starts what BOOTX64.CSV names.
dress_esp_as_ubuntu() { # TREE EFI
  local firmware upper
  [ ! -d "$2/debian" ] || mv "$2/debian" "$2/ubuntu"
  rm -f "$2/BOOT/grub.cfg" "$2"/BOOT/grub*.efi
  for firmware in x64 ia32; do
    upper=${firmware^^}
    [ -e "$2/ubuntu/shim$firmware.efi" ] || continue
    cp "$1/usr/lib/shim/fb$firmware.efi.signed" "$2/BOOT/fb$firmware.efi"
    printf 'shim%s.efi,ubuntu,,This is the boot entry for ubuntu\n' "$firmware" | iconv -f UTF-8 -t UTF-16 >"$2/ubuntu/BOOT$upper.CSV"
  done
}

# ---- Root and swap ---------------------------------------------------------------------------------------------------

# What the layout says about itself inside the system.
dress_root() { # TREE
  local layout=$masters/layouts/$layout_name
  sed "s/@ROOT_UUID@/$ROOT_UUID/; s/@ESP_SERIAL@/$ESP_SERIAL/; s/@SWAP_UUID@/$SWAP_UUID/" "$layout/fstab" >"$1/etc/fstab"
  [ ! -d "$layout/overlay" ] || cp -R --no-preserve=ownership --preserve=mode "$layout/overlay/." "$1/"
  if ((SWAP_FILE_MIB > 0)); then make_swap_file "$1/swap.img"; fi
}

# Blocks that are full: a swap file must have no holes, and a master's holds what its memory held.
make_swap_file() { # FILE
  yes 'MEMOIRE-DU-MAITRE' | head -c $((SWAP_FILE_MIB * mib)) >"$1" || true # yes ends by SIGPIPE.
  chmod 600 "$1"
  mkswap -q -U "$SWAP_UUID" "$1" 2>/dev/null
}

make_root() { # TREE DISK
  local offset options=() efi_files=$scratch/boot-efi
  offset=$(($(partition_first "$2" 3) * 512))
  [ -z "$ROOT_FEATURES" ] || options+=(-O "none,$ROOT_FEATURES")
  [ -z "$ROOT_LABEL" ] || options+=(-L "$ROOT_LABEL")
  rm -rf "$efi_files"
  mkdir -p "$efi_files"
  find "$1/boot/efi" -mindepth 1 -maxdepth 1 -exec mv -t "$efi_files" {} + # A mount point is empty.
  E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -t ext4 -b 4096 "${options[@]}" -U "$ROOT_UUID" -M / -d "$1" \
    -E "hash_seed=$ROOT_UUID,root_owner=0:0,offset=$offset" \
    "$2" $(($(partition_sectors "$2" 3) / 2))k 2>&1 | { grep -v 'contains a gpt partition table' || true; }
  find "$efi_files" -mindepth 1 -maxdepth 1 -exec mv -t "$1/boot/efi" {} +
  settle_times "$2?offset=$offset" "$SOURCE_DATE_EPOCH"
}

make_swap() { # DISK
  ((SWAP_MIB > 0)) || return 0
  truncate -s "${SWAP_MIB}M" "$scratch/swap.img"
  mkswap -q -L echange -U "$SWAP_UUID" "$scratch/swap.img"
  put_at "$1" $(($(partition_first "$1" 4) * 512)) <"$scratch/swap.img"
  rm "$scratch/swap.img"
}

# ---- Boot code -------------------------------------------------------------------------------------------------------

# What grub-bios-setup writes: the core in the BIOS-boot partition, boot.img before the table in LBA 0, and two
# addresses. boot.img 0x5c: LBA of the core; 0x66: two NOPs for firmware that passes a wrong drive number.
# Core 0x1f4: LBA of its second sector.
place_bios_boot_code() { # TREE DISK
  local grub=$1/boot/grub/i386-pc core_lba
  core_lba=$(partition_first "$2" 1)
  (($(stat -c %s "$grub/core.img") <= BIOS_BOOT_MIB * mib)) || stop 4 "GRUB's core does not fit its partition"

  put_at "$2" $((core_lba * 512)) <"$grub/core.img"
  put_little_endian "$2" $((core_lba * 512 + 0x1f4)) 8 $((core_lba + 1))
  head -c 440 "$grub/boot.img" | put_at "$2" 0
  put_little_endian "$2" $((0x5c)) 8 "$core_lba"
  put_little_endian "$2" $((0x66)) 2 $((0x9090))
}
