# shellcheck shell=bash disable=SC2154  # What scripts/bench has set; it sources this file.
# scripts/bench proof: what it takes to make one certificate, and to check a month of them with the ledger.

bench_proof() {
  local machines one longest page
  cmake --build --preset release --target proof_bench >&2
  for _ in $(seq "$rounds"); do
    rm -rf "$work/month"
    mkdir "$work/month"
    RELANCE_BENCH_FOLDER=$work/month "$root/build/release/tests/proof_bench" >"$work/output" || die "failed: $(cat "$work/output")"
    read -r machines one longest page < <(sed -n 's/^figures //p' "$work/output")
    note one "$one"
    note longest "$longest"
    timed "$program" check --root "$work/month/racine.pem" "$work/month/stick"
    note check "$seconds"
    note memory "$peak_kib"
  done
  say_machine medians
  say "| what | measured |"
  say "|---|---|"
  say "| one certificate: text, two signatures, page with QR, line in the ledger; in memory, median and longest of $machines | $(in_ms one) and $(in_ms longest) ms |"
  say "| its page, the largest | $((page / 1000)) kB |"
  say "| all of them and the ledger checked by \`relance check\`: $(find "$work/month/stick" -type f | wc -l) files, $(($(du -sb "$work/month/stick" | cut -f1) / 1000000)) MB | $(median check) s, $(($(median memory) / 1024)) MiB |"
}
in_ms() { awk -v seconds="$(median "$1")" 'BEGIN { printf "%.0f", seconds * 1000 }'; } # NAME
