# shellcheck shell=bash
# Which accelerator QEMU takes for a PC that a person watches. A /dev/kvm that opens says little: on some hosts a guest comes
# as far as its firmware, or its kernel's first instructions, and stands still there. So a guest is started: the stick's own
# kernel and first archive, until they say on the serial port that they live. Sourced after lib-disk.sh, never run.

readonly kvm_patience_s=10 # It needs two where KVM works.

# Says kvm, or tcg: the emulated CPU, slower, the same.
accelerator_for() { # STICK
  if [ -r /dev/kvm ] && [ -w /dev/kvm ] && boots_under kvm "$1" "$kvm_patience_s"; then echo kvm; else echo tcg; fi
}

boots_under() ( # kvm|tcg STICK SECONDS
  exec 2>/dev/null # A QEMU that aborts is an answer.
  folder=$(mktemp -d)
  trap 'rm -rf -- "$folder"' EXIT
  mcopy -n -i "$2@@$(($(partition_first "$2" 2) * 512))" ::/boot/vmlinuz-amd64 ::/boot/base.img "$folder/" || exit 1
  timeout -k 1 "$3" qemu-system-x86_64 -accel "$1" -machine q35 -cpu max -m 256 -nodefaults -display none -no-reboot \
    -kernel "$folder/vmlinuz-amd64" -initrd "$folder/base.img" -append "console=ttyS0 quiet rootfstype=ramfs no_timer_check" \
    -serial "file:$folder/serial" >/dev/null &
  while sleep 0.2 && kill -0 $!; do
    if grep -qa '^relance: started' "$folder/serial"; then
      kill $!
      exit 0
    fi
  done
  exit 1
)
