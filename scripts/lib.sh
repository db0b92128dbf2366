# shellcheck shell=bash
# Shared by the scripts: where the sources are, how things are said, --help. Sourced, never run.
set -euo pipefail

# shellcheck disable=SC2034  # Used by the scripts that source this file.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# The comment at the top of a script is its help.
help_if_asked() {
  local argument
  for argument; do
    case $argument in
      -h | --help)
        sed -n '2,/^$/ s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    esac
  done
}
