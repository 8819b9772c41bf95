#!/usr/bin/env bash
# Installs whyflag from a release's folder, on Linuxes without Debian's packages: no network, no compiler, Python 3.11.
set -euo pipefail
umask 022
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"

usage() {
  cat <<'TEXT'
bash install-offline.sh [--key FINGERPRINT] [--prefix FOLDER] [--uninstall]

  Checks signature and every file of the folder it lies in, makes a Python environment from wheelhouse/ (no network,
  every hash checked), unpacks the language model, links the command `whyflag` and its entry in the menu, and runs its self-test.
  As root it installs for all users, else for this one. Run again, it replaces what it installed.

  --key        who has to have signed the release; have the fingerprint told by another way than this stick
  --prefix     where to (default: /usr/local/lib/whyflag for root, else ~/.local/lib/whyflag)
  --uninstall  removes what was installed; stores and settings of users stay

  PYTHON       which Python 3.11
TEXT
}

say() { printf '%s\n' "$*"; }

fail() {
  say "Not installed: $1" >&2
  shift
  for line in "$@"; do say "  $line" >&2; done
  exit 1
}

key=
prefix=
uninstall=
while [ $# -gt 0 ]; do
  case "$1" in
    --key) key="${2:?--key needs a fingerprint}"; shift ;;
    --prefix) prefix="${2:?--prefix needs a folder}"; shift ;;
    --uninstall) uninstall=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

data="${WHYFLAG_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/whyflag}"
if [ "$(id -u)" = 0 ]; then
  prefix="${prefix:-/usr/local/lib/whyflag}"
  command=/usr/local/bin/whyflag
  entry=/usr/local/share/applications/whyflag.desktop
  models=/usr/share/whyflag/models # where whyflag looks for a model of the machine
else
  prefix="${prefix:-$HOME/.local/lib/whyflag}"
  command="$HOME/.local/bin/whyflag"
  entry="${XDG_DATA_HOME:-$HOME/.local/share}/applications/whyflag.desktop"
  models="$data/models/base-nf4"
fi

# Whether $1 is a link into the prefix: what others put there is left alone.
is_ours() { [ -L "$1" ] && case "$(readlink "$1")" in "$prefix"/*) true ;; *) false ;; esac; }

link() {
  [ ! -e "$2" ] && [ ! -L "$2" ] || is_ours "$2" || fail "$2 is there already, and not from here." "Move it away, and run this again."
  mkdir -p -- "$(dirname "$2")"
  ln -sfn -- "$1" "$2"
}

if [ -n "$uninstall" ]; then
  for one in "$command" "$entry" "$models"; do is_ours "$one" && rm -- "$one"; done
  rm -rf -- "$prefix"
  [ "$models" != /usr/share/whyflag/models ] || rmdir -- /usr/share/whyflag 2>/dev/null || true
  say "whyflag is removed from $prefix. Stores, backups and settings stay where users made them, by default in"
  say "$data: remove them by hand where nobody needs them any more."
  exit 0
fi

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "this is $(uname -s) on $(uname -m); the wheels are for Linux on x86_64."
python=
for candidate in "${PYTHON:-}" python3.11 python3; do
  if [ -n "$candidate" ] && "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
    python="$candidate"
    break
  fi
done
[ -n "$python" ] || fail "no Python 3.11 with venv was found." "Name one with PYTHON=/path/to/python3.11."

say "[1/5] Signature and files of $here"
installed=()
if [ -e "$prefix/installed" ]; then # a release that is older than what runs here is named
  was="$(cat "$prefix/installed")"
  installed=(--installed "whyflag=$was" --installed "whyflag-model-smollm2=$was")
fi
"$python" -I "$here/verify" "$here" ${key:+--key "$key"} "${installed[@]}" || fail "the release is not as it was signed (above)."

package="$(ls "$here"/whyflag-model-smollm2_*_all.deb)"
version="$(basename "$package" | cut -d_ -f2)"
place="$prefix/$version"
say "[2/5] Python packages into $place, from wheelhouse/ alone"
rm -rf -- "$place" # half of an installation that was stopped, or the same one again
mkdir -p -- "$place"
"$python" -m venv "$place/venv"
"$place/venv/bin/python" -m pip --isolated install --quiet --disable-pip-version-check --no-index --require-hashes \
  --only-binary :all: --find-links "$here/wheelhouse" -r "$here/wheelhouse/requirements.txt" ||
  fail "a package could not be installed (above)."

say "[3/5] Language model"
"$python" -I "$here/unpack_deb.py" "$package" usr/share/whyflag/models "$place/models" || fail "$package could not be unpacked."

say "[4/5] The command $command, and its entry in the menu"
link "$place/venv/bin/whyflag" "$command"
icon="$("$place/venv/bin/python" -Ic 'from importlib.resources import files; print(files("resources") / "icons" / "whyflag.svg")')"
sed -e "s|^Exec=.*|Exec=\"$command\"|" -e "s|^Icon=.*|Icon=$icon|" "$here/whyflag.desktop" >"$place/whyflag.desktop"
link "$place/whyflag.desktop" "$entry"
if [ "$(id -u)" = 0 ]; then link "$place/models" "$models"; else link "$place/models/base-nf4" "$models"; fi
printf '%s' "$version" >"$prefix/installed"
for other in "$prefix"/*/; do [ "$other" = "$place/" ] || rm -rf -- "$other"; done

say "[5/5] Self-test"
"$command" doctor --self-test || {
  say "whyflag is installed, but does not pass its self-test: the table says what to do." >&2
  exit 1
}
say "Installed. Start it with: $command"
