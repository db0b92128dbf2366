# shellcheck shell=bash
# What scripts/demo says, in French or English, and how it counts: claims, each with its twin that must disagree.
# Sourced after lib.sh and lib-disk.sh, never run.

out='' # The script's folder of results; last.log in it is what the last command said.
claims=()
failed_claims=0

speak() { # fr|en
  [[ $1 =~ ^(fr|en)$ ]] || stop 2 "--language is fr or en"
  language=$1
}
in_words() { # FRENCH ENGLISH
  if [ "$language" = fr ]; then printf '%s' "$1"; else printf '%s' "$2"; fi
}
clock() { printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60)); }

chapter() { # FRENCH ENGLISH
  printf '\n== %s  %s\n' "$(clock)" "$(in_words "$@")"
}

show() { # COMMAND…: the command and what it says
  printf '$ %s\n' "$(as_typed "$@")"
  "$@" 2>&1 | sed 's/^/  /'
}

step() { # COMMAND…: must work; what it says is seen, and kept for the case that it does not
  printf '$ %s\n' "$(as_typed "$@")"
  quietly "$@" || {
    cat "$out/last.log" >&2
    stop_with_summary
  }
  tail -n 3 "$out/last.log" | sed 's/^/  /'
}

quietly() { "$@" >"$out/last.log" 2>&1; }

# Shorter to read: paths of the result's folder and of the sources are relative.
as_typed() {
  local words="$*"
  words=${words//"$out/"/}
  printf '%s' "${words//"$root/"/}"
}

claim() { # FRENCH ENGLISH COMMAND…: the command agrees
  local sentence
  sentence=$(in_words "$1" "$2")
  shift 2
  if quietly "$@"; then keep_claim OK "$sentence"; else keep_claim NON "$sentence"; fi
}

must_refuse() { # FRENCH ENGLISH COMMAND…: the twin of a claim, where the command must not agree
  local sentence
  sentence=$(in_words "$1" "$2")
  shift 2
  if quietly "$@"; then keep_claim NON "$sentence"; else keep_claim OK "$sentence"; fi
}

ends_with() { # EXIT_CODE COMMAND…
  local wanted=$1 code=0
  shift
  "$@" || code=$?
  [ "$code" = "$wanted" ] || {
    echo "exit code $code instead of $wanted"
    return 1
  }
}

keep_claim() { # OK|NON SENTENCE
  claims+=("$1  $2")
  printf '  [%s] %s\n' "$1" "$2"
  [ "$1" = OK ] || {
    failed_claims=$((failed_claims + 1))
    tail -n 15 "$out/last.log" | sed 's/^/        /'
  }
}

summarise() {
  {
    printf '\n%s\n' "$(in_words "== Bilan, après $(clock)" "== Summary, after $(clock)")"
    printf '  %s\n' "${claims[@]}"
    printf '%s\n' "$(in_words "${#claims[@]} vérifications, $failed_claims en désaccord. Tout est dans $out" \
      "${#claims[@]} checks, $failed_claims disagree. Everything is in $out")"
  } | tee "$out/summary.txt"
  [ "$failed_claims" = 0 ] || exit 1
  exit 0
}

stop_with_summary() {
  (summarise) || true
  stop 4 "$(in_words "une étape a échoué ; rien de plus n'est montré" "a step failed; nothing more is shown")"
}

stop_job() { # PID of a script of ours that may still run
  jobs -pr | grep -qx "$1" && kill "$1" && wait "$1"
}

# Its own inverse.
flip_byte() { # FILE OFFSET
  local byte
  byte=$(od -An -tu1 -j "$2" -N1 "$1")
  # shellcheck disable=SC2059  # The format is the escape.
  printf "$(printf '\\x%02x' $((byte ^ 0x20)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
