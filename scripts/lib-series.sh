# shellcheck shell=bash
# A series of sticks, each written as soon as it is plugged: what scripts/write-stick --count does. Sourced by it, never run.
# Stick N of the series (from 0) has its entry in each of the arrays here, in `targets`, `plugs` and `writers`, and a folder in
# $scratch.

readonly settle_s=3                      # A desktop takes that long to mount what was plugged.
readonly largest_unasked=$((256 << 30))  # Bytes. A larger drive is somebody's disk.

declare -A seen=()  # What was plugged before, or was decided upon; by the word of its plugging.
declare -A owned=() # The serials of what was plugged before: pulled and plugged again it is still none of ours.
declare -A since=() # When each was seen first.
declare -A told=()
makers=() models=() bytes=() serials=() ports=() results=()
taken=0 is_over=no secret=''

make_series() {
  local named=("${targets[@]}") each plug serial
  targets=()
  ask_passphrases
  list=${list:-sticks-$(date +%Y%m%d-%H%M%S).csv}
  : >>"$list" || stop 3 "the list $list cannot be written"
  while IFS='|' read -r plug _ _ _ _ serial _; do
    seen[$plug]=yes
    [ -z "$serial" ] || owned[$serial]=yes
  done < <(plugged)

  prepare 0
  for each in "${named[@]}"; do
    if [ -b "$each" ]; then
      plugged "$each" >"$scratch/here"
    else
      printf '|%s||%s|%s|||\n' "$each" "$(tr -d '|;"' <<<"${each##*/}")" "$(bytes_of "$size")" >"$scratch/here"
    fi
    IFS='|' read -ra found <"$scratch/here"
    consider_named
  done
  until is_over; do
    look_around
    look_at_writers
    sleep 1
  done
  tell_which_is_which
  [ "$taken" = "$count" ] && is_all_good || exit 1
}

is_over() { [ "${#writers[@]}" = 0 ] && { [ "$taken" = "$count" ] || [ "$is_over" = yes ]; }; }

# ---- What is plugged -------------------------------------------------------------------------------------------------

# Each in `found`: PLUG DRIVE MAKER MODEL BYTES SERIAL PORT MOUNTED.
look_around() {
  local here line n
  here=$(plugged 2>/dev/null) || return 0 # Something was pulled while it was looked at.
  for n in "${!results[@]}"; do
    [ -n "${plugs[n]}" ] && ! grep -qF "${plugs[n]}|" <<<"$here" || continue
    tell_once "pulled $n" "The stick that you pulled is $(name_of "$n")." "La clé que vous avez retirée est la $(name_of "$n")."
  done
  while read -r -u 3 line; do
    [ "$taken" -lt "$count" ] && [ "$is_over" = no ] || break
    tell_once "ask $taken" "Stick $((taken + 1)) of $count, to be called $(name_of "$taken"): plug it in." \
      "Clé $((taken + 1)) sur $count, la $(name_of "$taken") : branchez-la."
    [ -n "$line" ] || continue
    IFS='|' read -ra found <<<"$line|"
    consider
  done 3<<<"$here"
}

# ---- Is it one to write? ---------------------------------------------------------------------------------------------

consider() {
  local plug=${found[0]} what
  [ -z "${seen[$plug]:-}" ] || return 0
  since[$plug]=${since[$plug]:-$SECONDS}
  ((SECONDS - since[$plug] >= settle_s)) || return 0
  what=$(describe)
  if [ -n "${found[7]:-}" ]; then
    tell_once "mounted $plug" "$what is mounted on ${found[7]}: unmount it, and leave it in." \
      "$what est montée sur ${found[7]} : démontez-la, sans la retirer."
    return 0
  fi
  seen[$plug]=yes
  say
  say "$what"
  may_be_taken || return 0
  # It may have been pulled, or mounted, while the question stood there.
  if [ "$(plugged "${found[1]}" 2>/dev/null)" != "$(IFS='|' && echo "${found[*]:0:7}")|" ]; then
    unset "seen[$plug]"
    return 0
  fi
  take
}

# What was named as TARGET, which was looked at already.
consider_named() {
  say
  say "$(describe)"
  if [ -n "${found[0]}" ]; then
    seen[${found[0]}]=yes
    is_confirmed || return 0
  fi
  take
}

describe() {
  local words
  words=$(squeezed "${found[2]} ${found[3]}")
  words="${words:-${found[1]}}, $(size_in_words "${found[4]}")"
  [ -z "${found[5]:-}" ] || words+=", n° ${found[5]}"
  [ -z "${found[6]:-}" ] || words+=", ${found[6]}"
  say "$words"
}

may_be_taken() {
  local drive=${found[1]} serial=${found[5]} reason n
  reason=$(refuse_unless_stick "$drive" 2>&1) || {
    say "$reason"
    return 1
  }
  if n=$(made_here "$drive"); then
    if [ "${results[n]}" = good ]; then
      either "This is $(name_of "$n"), made already: it stays as it is." "C'est la $(name_of "$n"), déjà faite : elle reste ainsi."
    else
      either "This is $(name_of "$n"), which failed: put it aside." "C'est la $(name_of "$n"), qui est ratée : mettez-la de côté."
    fi
    return 1
  fi
  if n=$(with_serial "$serial"); then
    either "It has the serial of $(name_of "$n"), but not its content: a batch with one serial, or a card reader?" \
      "Elle a le numéro de série de la $(name_of "$n"), mais pas son contenu : un lot au même numéro, ou un lecteur de cartes ?"
    [ "$yes" = no ] || return 1
  fi
  if [ -n "$serial" ] && [ -n "${owned[$serial]:-}" ]; then
    either "It was here when the series began." "Elle était là au début de la série."
    [ "$yes" = no ] || return 1
  fi
  if [ "$yes" = yes ] && ((found[4] > largest_unasked)); then
    either "Too large to be taken with --yes: name it." "Trop grande pour --yes : nommez-la."
    return 1
  fi
  is_confirmed
}

# The stick of this series whose identity the drive holds.
made_here() { # DRIVE
  local id n
  id=$(timeout 10 od -An -tx4 -j440 -N4 "$1" 2>/dev/null | tr -d ' ') || return 1
  for ((n = 0; n < taken; ++n)); do
    [ "$id" != "$(cat "$scratch/$n/identity")" ] || { echo "$n" && return 0; }
  done
  return 1
}

with_serial() { # SERIAL
  local n
  for ((n = 0; n < taken; ++n)); do
    [ -z "$1" ] || [ "${serials[n]}" != "$1" ] || { echo "$n" && return 0; }
  done
  return 1
}

is_confirmed() {
  local typed called
  [ "$yes" = no ] || return 0
  called=$(name_of "$taken")
  either "Everything on it will be lost. To make it $called, type $called:" \
    "Tout ce qu'elle contient sera perdu. Pour en faire la $called, tapez $called :"
  if ! read -r typed; then
    say "nobody answers: give --yes"
    is_over=yes
    return 1
  fi
  [ "$typed" != "$called" ] || return 0
  either "It stays as it is." "Elle reste comme elle est."
  return 1
}

# ---- Making it -------------------------------------------------------------------------------------------------------

take() {
  local n=$taken code=0
  taken=$((taken + 1))
  plugs[n]=${found[0]} targets[n]=${found[1]} makers[n]=${found[2]} models[n]=${found[3]}
  bytes[n]=${found[4]} serials[n]=${found[5]:-} ports[n]=${found[6]:-}
  start_writer "$n" >"$scratch/$n/log" 2>&1
  either "$(name_of "$n") is being written." "La $(name_of "$n") s'écrit."
  [ "$taken" -lt "$count" ] || return 0
  # The next one's key, ahead. Without it the series ends, but not what is being written.
  set +e
  (
    set -e
    prepare "$taken"
  )
  code=$?
  set -e
  [ "$code" = 0 ] || is_over=yes
}

look_at_writers() {
  local n
  for n in "${!writers[@]}"; do
    ! kill -0 "${writers[n]}" 2>/dev/null || continue
    if wait "${writers[n]}"; then
      results[n]=good
      either "$(name_of "$n") is ready, written and read back: pull it (${ports[n]:-${targets[n]}}) and label it $(name_of "$n")." \
        "La $(name_of "$n") est prête, écrite et relue : retirez-la (${ports[n]:-${targets[n]}}) et collez l'étiquette $(name_of "$n")."
    else
      results[n]=$(tail -n 1 "$scratch/$n/log" | sed 's/^write-stick: //' | tr -d ';"')
      either "$(name_of "$n") FAILED, do not use it (${ports[n]:-${targets[n]}}): ${results[n]}" \
        "La $(name_of "$n") est RATÉE, ne l'utilisez pas (${ports[n]:-${targets[n]}}) : ${results[n]}"
    fi
    unset "writers[n]"
    keep_row "$n"
  done
}

# Of several in a hub nobody can see which is which; the one that is pulled can be named.
tell_which_is_which() {
  local n left
  [ "$yes" = no ] || return 0
  while :; do
    look_around
    left=0
    for n in "${!results[@]}"; do
      [ -z "${plugs[n]}" ] || [ -n "${told["pulled $n"]:-}" ] || left=$((left + 1))
    done
    [ "$left" -gt 1 ] || return 0
    tell_once "pull" "Pull them one by one: each is named." "Retirez-les une par une : chacune est nommée."
    sleep 1
  done
}

is_all_good() {
  local each
  for each in "${results[@]}"; do [ "$each" = good ] || return 1; done
}

# ---- The table -------------------------------------------------------------------------------------------------------

result_in_words() { # N
  case ${results[$1]} in
    good) either good bonne ;;
    interrupted) either interrupted interrompue ;;
    *) either "FAILED: ${results[$1]}" "RATÉE : ${results[$1]}" ;;
  esac
}

keep_row() { # N
  local n=$1
  [ -s "$list" ] || either 'name;maker;model;bytes;serial;identity;result;at' \
    'nom;fabricant;modèle;octets;n° de série;identité;résultat;quand' >>"$list"
  printf '%s;%s;%s;%s;%s;%s;%s;%s\n' "$(name_of "$n")" "${makers[n]}" "${models[n]}" "${bytes[n]}" "${serials[n]}" \
    "$(cat "$scratch/$n/identity")" "$(result_in_words "$n")" "$(date +%Y-%m-%dT%H:%M:%S%z)" >>"$list"
}

# However it ends: what was begun and not finished is a row, too.
conclude_series() {
  local n
  [ "$taken" -gt 0 ] || {
    [ -z "$list" ] || [ -s "$list" ] || rm -f "$list"
    return 0
  }
  for ((n = 0; n < taken; ++n)); do
    [ -z "${results[n]:-}" ] || continue
    results[n]=interrupted
    keep_row "$n"
  done
  say
  for ((n = 0; n < taken; ++n)); do
    printf '%-8s %-28s %8s  %-24s %s\n' "$(name_of "$n")" "$(squeezed "${makers[n]} ${models[n]}")" \
      "$(size_in_words "${bytes[n]}")" "${serials[n]}" "$(result_in_words "$n")"
  done
  either "The same is in $list." "La même liste est dans $list."
}

# ---- Words -----------------------------------------------------------------------------------------------------------

# In the language of the program's screens.
either() { # ENGLISH FRENCH
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    en*) say "$1" ;;
    *) say "$2" ;;
  esac
}

tell_once() { # WHAT ENGLISH FRENCH
  [ -n "${told[$1]:-}" ] || either "$2" "$3"
  told[$1]=yes
}

# Once for all sticks, and only in memory.
ask_passphrases() {
  local root_words stick_words again
  [ -n "$workshop" ] && [ -z "$passphrase" ] || return 0
  scratch_folder secret /dev/shm
  read -rsp "$(either 'Passphrase of the workshop key: ' 'Phrase secrète de la clé de l'\''atelier : ')" root_words && say
  read -rsp "$(either 'Passphrase of the new sticks: ' 'Phrase secrète des nouvelles clés : ')" stick_words && say
  read -rsp "$(either 'Once more: ' 'Encore une fois : ')" again && say
  [ "$stick_words" = "$again" ] || stop 3 "the two passphrases differ"
  passphrase=$secret/workshop new_passphrase=$secret/sticks
  printf '%s\n' "$root_words" >"$passphrase"
  printf '%s\n' "$stick_words" >"$new_passphrase"
}
