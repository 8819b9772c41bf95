# The steps of installer/build. Sourced, never run; `root`, `work`, `venv`, `python` and `version` are the caller's.

# An environment of its own: what the program runs with, and PyInstaller.
install_build_packages() {
  begin_step "Packages (every hash checked)"
  local app="$root/installer/locks/app.txt" tools="$root/installer/locks/build.txt" key
  key="$(hash_of "$app" "$tools")"
  mkdir -p -- "$data/setup"
  if [ "$(cat "$venv/.whyflag-installed" 2>/dev/null)" = "$key" ]; then
    say "      in place"
    return
  fi
  make_venv
  install_torch "$app"
  pip_install "$(cat "$app" "$tools" | grep -c '^[a-z].*==')" -r "$app" -r "$tools" || {
    tail -n 12 "$data/setup/pip.log" >&2
    fail "a package could not be installed." "The whole log: $data/setup/pip.log."
  }
  printf '%s' "$key" | write_file "$venv/.whyflag-installed"
}

take_sources() {
  mkdir -p -- "$work/source"
  git -C "$root" archive HEAD | tar -x -C "$work/source"
}

make_wheel() {
  begin_step "whyflag's own wheel"
  (cd "$work/source" && "$python" -m hatchling build -t wheel -d "$work/wheel" >&2)
  "$python" -m pip install --quiet --no-deps --no-index --force-reinstall "$work"/wheel/*.whl >&2
}

freeze() {
  begin_step "The program, frozen (minutes)"
  "$venv/bin/pyinstaller" --noconfirm --log-level WARN --distpath "$work/frozen" --workpath "$work/pyinstaller" \
    "$work/source/installer/freeze/whyflag.spec" >"$data/setup/pyinstaller.log" 2>&1 || {
    tail -n 12 "$data/setup/pyinstaller.log" >&2
    fail "PyInstaller stopped." "The whole log: $data/setup/pyinstaller.log."
  }
}

# $1 with its place holders filled in.
filled() {
  sed -e "s/@VERSION@/$version/g" -e "s/@DATE@/$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)/g" \
    -e "s/@SIZE@/${size:-}/g" -e "s/@DEPENDS@/${depends:-}/g" "$work/source/installer/deb/$1"
}

# Makes $2/$1_VERSION_$3.deb of the folder $work/tree/$1; the rest says how dpkg-deb packs it.
make_deb() {
  local name="$1" tree="$work/tree/$1" out="$2" file size depends
  file="$out/${1}_${version}_$3.deb"
  shift 3
  depends="libc6 (>= 2.34), fonts-dejavu-core, $(for pair in $qt_libraries; do printf '%s, ' "${pair#*=}"; done | sed 's/, $//')"
  size="$(du -k --apparent-size -s "$tree" | cut -f1)"
  mkdir -p -- "$tree/DEBIAN"
  filled "$name.control" >"$tree/DEBIAN/control"
  (cd "$tree" && find . -path ./DEBIAN -prune -o -type f -print0 | sort -z | xargs -0 md5sum | sed 's|  \./|  |') \
    >"$tree/DEBIAN/md5sums"
  find "$tree" -type d -exec chmod 755 {} +
  find "$tree" -type f -perm /111 -exec chmod 755 {} +
  find "$tree" -type f ! -perm /111 -exec chmod 644 {} +
  dpkg-deb --root-owner-group "$@" --build "$tree" "$file" >&2
}

# $1 goes to $2 as it is; with folders.
put() { install -D -m 644 -- "$1" "$2"; }

pack_program() {
  begin_step "Package of the program"
  local tree="$work/tree/whyflag" deb="$work/source/installer/deb" share
  share="$tree/usr/share"
  mkdir -p -- "$tree/opt" "$tree/usr/bin"
  cp -a -- "$work/frozen/whyflag" "$tree/opt/whyflag"
  ln -s /opt/whyflag/whyflag "$tree/usr/bin/whyflag"
  put "$deb/whyflag.desktop" "$share/applications/whyflag.desktop"
  put "$deb/whyflag-store.desktop" "$share/applications/whyflag-store.desktop"
  put "$deb/whyflag.mime.xml" "$share/mime/packages/whyflag.xml"
  put "$work/source/resources/icons/whyflag.svg" "$share/icons/hicolor/scalable/apps/whyflag.svg"
  mkdir -p -- "$share/metainfo" "$share/man/man1"
  filled whyflag.metainfo.xml >"$share/metainfo/org.whyflag.whyflag.metainfo.xml"
  filled whyflag.1 | gzip -9n >"$share/man/man1/whyflag.1.gz"
  put "$work/source/LICENSE" "$share/doc/whyflag/copyright"
  put "$work/source/THIRD_PARTY_NOTICES.md" "$share/doc/whyflag/THIRD_PARTY_NOTICES.md"
  put "$work/source/installer/release/SOURCE-OFFER.md" "$share/doc/whyflag/SOURCE-OFFER.md"
  gzip -9n <"$work/source/CHANGELOG.md" >"$share/doc/whyflag/changelog.gz"
  install -D -m 755 -- "$deb/postrm" "$tree/DEBIAN/postrm"
  make_deb whyflag "$1" amd64 -Zzstd -z12 --threads-max=2 # a gigabyte: xz takes ten times as long, also to install
}

pack_model() {
  begin_step "Package of the language model"
  local tree="$work/tree/whyflag-model-smollm2"
  "$python" "$work/source/installer/release/model_pack.py" "$data/models/base-nf4" "$tree/usr/share/whyflag/models"
  put "$work/source/LICENSE" "$tree/usr/share/doc/whyflag-model-smollm2/copyright"
  make_deb whyflag-model-smollm2 "$1" all -Zxz -z6 --threads-max=1 # install-offline.sh unpacks it, by Python alone
}

# Wheels of all that the program runs with; what its makers give as source alone is built here.
pack_wheelhouse() {
  begin_step "Wheelhouse"
  local house="$1/wheelhouse" wheel name
  mkdir -p -- "$house" "$work/downloads"
  # As in install_torch: PyTorch's own index is asked for torch alone, and only where nobody else has it.
  locked_torch "$root/installer/locks/app.txt" | write_file "$work/torch.txt"
  download -r "$work/torch.txt" ||
    download --extra-index-url "${WHYFLAG_TORCH_INDEX:-https://download.pytorch.org/whl/cpu}" -r "$work/torch.txt" ||
    fail "torch could not be fetched."
  download -r "$root/installer/locks/app.txt" || fail "a package could not be fetched."
  locked_files "$root/installer/locks/app.txt" "$work/downloads" | while IFS= read -r wheel; do
    case "$wheel" in
      *.whl) cp -- "$wheel" "$house/" ;;
      *) "$python" -m pip wheel --quiet --no-deps --no-index --no-build-isolation --wheel-dir "$house" "$wheel" >&2 ;;
    esac
  done
  cp -- "$work"/wheel/*.whl "$house/"
  for wheel in "$house"/*.whl; do
    name="$(basename "$wheel")"
    printf '%s==%s --hash=sha256:%s\n' "${name%%-*}" "$(printf '%s' "$name" | cut -d- -f2)" "$(hash_of "$wheel")"
  done >"$house/requirements.txt"
}

download() {
  "$python" -m pip download --quiet --no-deps --require-hashes --dest "$work/downloads" \
    --find-links "$work/downloads" "$@" >&2
}

# The files in folder $2 whose hash the lock $1 names: what an earlier lock left there stays out.
locked_files() {
  local file
  for file in "$2"/*; do
    ! grep -q -- "sha256:$(sha256sum -- "$file" | cut -c1-64)" "$1" || printf '%s\n' "$file"
  done
}

# Bill of materials, licences, notes, and what checks and installs the release where there is no Debian.
add_papers() {
  begin_step "Bill of materials, licences, notes"
  local source="$work/source" file
  "$python" "$source/installer/sbom.py" app >"$1/sbom.json"
  "$python" "$source/installer/release/licences.py" "$1/licences"
  for file in LGPL-3 GPL-3; do put "/usr/share/common-licenses/$file" "$1/licences/$file.txt"; done
  put "$source/installer/release/SOURCE-OFFER.md" "$1/licences/SOURCE-OFFER.md"
  put "$source/LICENSE" "$1/licences/whyflag.txt"
  put "$source/THIRD_PARTY_NOTICES.md" "$1/licences/THIRD_PARTY_NOTICES.md"
  put "$source/installer/release/CUDA.md" "$1/CUDA.md"
  put "$source/installer/deb/whyflag.desktop" "$1/whyflag.desktop" # install-offline.sh puts it into the menu
  install -m 755 -- "$source/installer/verify.py" "$1/verify" # one file: nothing of the repository lies beside it there
  for file in "$source"/installer/offline/*; do
    [ ! -f "$file" ] || install -m 755 -- "$file" "$1/"
  done
}

write_sums() {
  begin_step "Sums"
  (cd "$1" && find . -type f ! -name 'SHA256SUMS*' -printf '%P\0' | sort -z | xargs -0 sha256sum >SHA256SUMS)
}

megabytes() { awk -v bytes="$1" 'BEGIN { printf "%.0f MB", bytes / 1e6 }'; }

tell_sizes() {
  local package
  say
  for package in "$1"/*.deb; do
    say "$(basename "$package"): $(megabytes "$(stat -c %s "$package")"), installed $(megabytes "$(($(dpkg-deb -f "$package" Installed-Size) * 1024))")"
  done
  say "wheelhouse: $(megabytes "$(du -sb "$1/wheelhouse" | cut -f1)")"
  "$python" "$root/installer/release/start_time.py" "$work/frozen/whyflag/whyflag" "$work/start" >&2 ||
    fail "the frozen program does not do its work (above)."
  say
  (cd "$1" && sha256sum ./*.deb SHA256SUMS) >&2
}
