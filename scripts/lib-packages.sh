# shellcheck shell=bash
# Shared by the scripts that build on Debian's packages without installing them: lists of package=version and SHA-256, a
# cache, unpacking. Sourced after lib.sh and lib-disk.sh, never run.

package_cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/relance/packages

listed() { sed -n '/^[^#]/p' "$1"; } # FILE: its lines without comments

# apt with a state of its own, so that this machine's architectures and settings stay as they are. i386 comes from main only:
# the security archive's i386 index has been seen broken for days.
start_apt() { # ARCHITECTURE
  local mirror security signed='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
  mirror=$(known_mirror 'Origin: Debian' 'Codename: bookworm' | head -1)
  security=$(known_mirror 'Origin: Debian' 'Codename: bookworm-security' | head -1)
  apt_architecture=$1
  [ -n "${apt_state:-}" ] || scratch_folder apt_state
  mkdir -p "$apt_state/$1"/{lists/partial,cache/archives/partial,etc/preferences.d,packages}
  : >"$apt_state/$1/status"
  {
    echo "deb $signed ${mirror:-http://deb.debian.org/debian} bookworm main non-free-firmware"
    [ "$1" = i386 ] || echo "deb $signed ${security:-http://deb.debian.org/debian-security} bookworm-security main"
  } >"$apt_state/$1/etc/sources.list"
  own_apt update
}

known_mirror() { apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' "$@" 2>/dev/null | sort -u; }

own_apt() {
  local state=$apt_state/$apt_architecture
  (cd "$state/packages" && apt-get -qq -o "Dir::State=$state" -o "Dir::State::lists=$state/lists" \
    -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache" -o "Dir::Etc=$state/etc" \
    -o "APT::Architecture=$apt_architecture" -o "APT::Architectures=$apt_architecture" \
    -o Acquire::Languages=none -o APT::Sandbox::User=root "$@")
}

sha256_of() { sha256sum <"$1" | cut -c 1-64; }

# Leaves each listed package in the cache, under its own hash.
fetch_packages() { # ARCHITECTURE LIST
  local package sha256 deb wanted=()
  while read -r package sha256; do
    [ -f "$package_cache/$sha256.deb" ] || wanted+=("$package")
  done < <(listed "$2")
  [ "${#wanted[@]}" -gt 0 ] || return 0
  say "downloading ${#wanted[@]} packages ($1)"
  start_apt "$1"
  own_apt download "${wanted[@]}" ||
    stop 1 "Debian no longer offers a version in ${2##*/}: run with --update, look at the difference, commit it"
  mkdir -p "$package_cache"
  for deb in "$apt_state/$1"/packages/*.deb; do
    mv "$deb" "$package_cache/$(sha256_of "$deb").deb"
  done
}

# The listed packages whose names do not match LEFT_OUT, and match ONLY.
unpack_packages() { # LIST FOLDER [LEFT_OUT [ONLY]]
  local package sha256
  mkdir -p "$2"
  while read -r package sha256; do
    if [ -n "${3:-}" ] && [[ $package =~ $3 ]]; then continue; fi
    if [ -n "${4:-}" ] && ! [[ $package =~ $4 ]]; then continue; fi
    [ -f "$package_cache/$sha256.deb" ] || stop 1 "$package: what Debian sent is not what the list says; refused"
    [ "$(sha256_of "$package_cache/$sha256.deb")" = "$sha256" ] ||
      stop 1 "$package: the cached copy is damaged; delete $package_cache/$sha256.deb"
    dpkg-deb --extract "$package_cache/$sha256.deb" "$2"
  done < <(listed "$1")
}

# The list again, with the versions and hashes of today; comments stay.
update_package_list() { # ARCHITECTURE LIST
  local line name deb
  start_apt "$1"
  while read -r line; do
    case $line in
      '' | '#'*) printf '%s\n' "$line" ;;
      *)
        name=${line%%=*}
        own_apt download "$name" || stop 1 "Debian has no package $name: choose another in ${2##*/}"
        deb=$(find "$apt_state/$1/packages" -name '*.deb')
        printf '%s=%s %s\n' "$name" "$(dpkg-deb --field "$deb" Version)" "$(sha256_of "$deb")"
        mkdir -p "$package_cache"
        mv "$deb" "$package_cache/$(sha256_of "$deb").deb"
        ;;
    esac
  done <"$2" >"$apt_state/new-list"
  mv "$apt_state/new-list" "$2"
  say "wrote ${2#"$root/"}; look at the difference and commit it"
}
