#!/bin/bash
# deploy_again.sh PROGRAM
#
# An image of some hundred megabytes is deployed, and again onto the same drive: only what differs is written, as the kernel
# counts it, and the certificate says how much was there. Three damaged blocks are mended by three blocks. A deployment that
# was stopped and begun anew keeps what it had. And the memory that capture and deploy take at most.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_root
need_programs losetup mke2fs sfdisk python3
make_stick

mkdir "$work/tree" "$work/tree/etc"
head -c 260000000 /dev/urandom >"$work/tree/big"
truncate -s 400M "$work/root"
truncate -s 500M "$work/master" "$work/drive"
mke2fs -q -F -t ext4 -b 4096 -d "$work/tree" "$work/root"
rm -r "$work/tree"
printf 'label: gpt\nstart=2048,size=819200,type=L\n' | sfdisk -q "$work/master"
dd if="$work/root" of="$work/master" bs=1M seek=1 conv=notrunc,sparse status=none
rm "$work/root"

# measured MIB COMMAND…: runs it; fails too if it took more memory than that.
measured() {
  python3 - "$@" <<'PYTHON'
import resource, subprocess, sys
code = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"peak resident memory: {peak:.0f} MiB")
sys.exit(code or (1 if peak > float(sys.argv[1]) else 0))
PYTHON
}
peak() { sed -n 's/^peak resident memory: //p' "$work/output"; }

image=$work/stick/IMAGES/essai
check_exit "captured within 256 MiB" 0 \
  measured 256 "$program" capture "$work/master" "$image" --key "$work/workshop" --passphrase-file "$work/passphrase"
echo "        took $(peak)"
rm "$work/master"

new_loop "$work/drive" 512
word=${drive##*/}
deploy=("$program" deploy "$image" "$drive" --confirm "$word" "${stick[@]}")
written() { awk '{ print $7 }' "/sys/block/$word/stat"; } # Sectors of 512 bytes.
# The blocks that were there, of the newest certificate; nothing if it says nothing of the kind.
kept() {
  python3 - "$work/stick" <<'PYTHON'
import glob, json, os, sys
newest = max(glob.glob(sys.argv[1] + "/CERTIFICATS/*/*.json"), key=os.path.getmtime)
for statement in json.load(open(newest))["statements"]:
    if statement["name"] == "ImageWasThere":
        print(*statement["arguments"])
PYTHON
}
flip() { # OFFSET in the drive
  python3 - "$drive" "$1" <<'PYTHON'
import os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR)
byte = os.pread(descriptor, 1, int(sys.argv[2]))[0]
os.pwrite(descriptor, bytes([byte ^ 1]), int(sys.argv[2]))
os.fsync(descriptor)
PYTHON
}

check_exit "the drive is erased" 0 "$program" wipe "$drive" --method zero --confirm "$word" "${stick[@]}"
sleep 1.1 # A run's name counts seconds, and which one was the last is asked.
before=$(written)
check_exit "deployed within 64 MiB" 0 measured 64 "${deploy[@]}"
echo "        took $(peak)"
first=$(($(written) - before))
check "the first time all of it is written: $((first / 2048)) MiB" test "$first" -gt 500000
check "and nothing is said to have been there" test -z "$(kept)"

sleep 1.1
before=$(written)
check_exit "deployed again" 0 measured 64 "${deploy[@]}"
second=$(($(written) - before))
read -r was_there of <<<"$(kept)"
check "only what the finish had changed is written: $((second / 2)) KiB" test "$second" -lt $((first / 50))
check "the certificate says that $was_there of $of blocks were there" test "$was_there" -gt $((of * 49 / 50))
check_exit "the drive holds what the journal says" 0 "$program" verify "$drive" --content journal --stick "$work/stick"

# In the middle of the file: the image's own blocks, far from what a finish touches.
for offset in 60000000 150000003 240000511; do flip "$offset"; done
check_exit "three damaged blocks are found" 4 "$program" verify "$drive" --content journal --stick "$work/stick"
sleep 1.1
before=$(written)
check_exit "deployed a third time" 0 "${deploy[@]}"
third=$(($(written) - before))
read -r again of <<<"$(kept)"
check "three blocks fewer were there: $again" test "$again" = $((was_there - 3))
check "three sectors more are written: $third" test "$third" -ge "$second" -a "$third" -le $((second + 64))
check_exit "and none is damaged" 0 "$program" verify "$drive" --content journal --stick "$work/stick"

sleep 1.1

# Without the image: its manifest knows what the drive should hold, but for chunks that the finish has changed.
mkdir "$work/away"
mv "$image"/*.zst* "$work/away"
check_exit "the manifest alone proves all but what the finish has touched" 6 \
  "$program" verify "$drive" --content journal --stick "$work/stick"
flip 150000003
check_exit "and finds a flipped byte" 4 "$program" verify "$drive" --content journal --stick "$work/stick"
check "in its chunk" grep -q "Blocs qui diffèrent" "$work/output"
flip 150000003
mv "$work/away"/* "$image"

# Stopped in the middle of a first deployment, and not resumed but begun anew.
check_exit "erased once more" 0 "$program" wipe "$drive" --method zero --confirm "$word" "${stick[@]}"
sleep 1.1
before=$(written)
"${deploy[@]}" >"$work/output" 2>&1 &
for _ in $(seq 400); do
  [ $(($(written) - before)) -gt 100000 ] && break
  sleep 0.02
done
kill -TERM $!
status=0
wait $! || status=$?
check "stopped (exit code $status)" test "$status" = 5
sleep 1.1
check_refused "the drive is not bootable as if finished" sh -c "sfdisk --dump $drive 2>/dev/null | grep -q start="

# The image goes away in the middle.
frames=$(find "$image" -name '*ptcl-img.zst')
cp "$frames" "$work/frames"
before=$(written)
"${deploy[@]}" >"$work/output" 2>&1 &
for _ in $(seq 400); do
  [ "$(written)" = "$before" ] || break # The old tables are gone: it has begun.
  sleep 0.01
done
truncate -s 150M "$frames"
status=0
wait $! || status=$?
check "an image that goes away ends the deployment (exit code $status)" test "$status" = 4
check "with what to do" grep -q "STOP 34 – " "$work/output"
check_refused "and the drive is not bootable as if finished" sh -c "sfdisk --dump $drive 2>/dev/null | grep -q start="
cp "$work/frames" "$frames"
sleep 1.1
check_exit "deployed anew" 0 "${deploy[@]}"
read -r was_there of <<<"$(kept)"
check "what it had written was there: $was_there of $of blocks" test "$was_there" -gt 0
check_exit "all of it is right" 0 "$program" verify "$drive" --content journal --stick "$work/stick"
check_exit "the certificates hold, with reserve: the erase was another run's" 6 "$program" check --demo --root "$work/stick/VERIFIER/racine.pem" "$work/stick"
finish
