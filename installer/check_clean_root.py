#!/usr/bin/env python3
"""Installs a release into a clean Debian 12 without network or Python, uses it, takes it off again, and says what held.

installer/check-clean-root FOLDER [--work FOLDER] [--key FINGERPRINT]

FOLDER is what `./installer/build` made. Needs root, debootstrap and Xvfb, and the network once: for the base system and
the packages that whyflag depends on, which are kept in the work folder. Whatever is tried then runs in an empty network
namespace, in a folder with a whole Debian in it, as an ordinary user. Pictures of the window and all output are left in
the work folder. Exit code 1 where a check does not hold.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, Python looks in installer/ alone

from installer.virtual_screen import png, screen, settled

MIRROR = "http://deb.debian.org/debian"
USER = "ann"
HOME = f"/home/{USER}"
DISPLAY = ":97"
MOST_INSTALLED, MOST_PACKAGE, MOST_START, MOST_SELF_TEST = 1.6e9, 500e6, 2.5, 60.0
# What an installation of anything writes: dpkg's own books, caches that are made of what is there, logs
BOOKS = frozenset((
    "proc", "sys", "dev", "tmp", "run", "home", "var/lib/dpkg", "var/lib/apt", "var/cache", "var/log",
    "etc/ld.so.cache", "usr/share/mime", "usr/share/applications/mimeinfo.cache",
    "usr/share/icons/hicolor/icon-theme.cache",
))  # fmt: skip
SHARED = (
    "applications/whyflag.desktop", "man/man1/whyflag.1.gz", "mime/packages/whyflag.xml", "metainfo/*whyflag*.xml",
    "icons/hicolor/*/apps/whyflag.*", "doc/whyflag/copyright",
)  # fmt: skip
STORE = ("--store", f"{HOME}/demo.duckdb", "--passphrase-file", f"{HOME}/pass")
FORMATS = "pdf,html,xlsx,csv,json"
WALK = (  # what a person does first
    ("doctor", "--self-test"),
    ("demo", *STORE),
    ("explain", "first", *STORE),
    ("report", *STORE, "--out", f"{HOME}/report", "--format", FORMATS, "--limit", "5"),
    ("report", "verify", f"{HOME}/report"),
    ("audit", "verify", *STORE),
)


@dataclass
class Told:
    """The checks so far, each printed as it is made."""

    failed: int = 0

    def check(self, what: str, held: bool, detail: str = "") -> None:
        self.failed += not held
        print(f"{'ok ' if held else 'NO '} {what}{f': {detail}' if detail else ''}", flush=True)


@dataclass(frozen=True)
class Root:
    """A folder with a Debian in it."""

    path: Path
    logs: Path

    def command(self, *words: str, user: str = "") -> list[str]:
        """As root, or as `user` with a fresh environment."""
        own = (f"HOME=/home/{user}", f"USER={user}", f"LOGNAME={user}") if user else ("HOME=/root",)
        become = ("setpriv", "--reuid", user, "--regid", user, "--clear-groups") if user else ()
        path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
        plain = ("env", "-i", path, "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", f"DISPLAY={DISPLAY}", *own)
        return ["chroot", str(self.path), *plain, *become, *words]

    def run(self, *words: str, user: str = "", log: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(*words, user=user), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if log:
            (self.logs / f"{log}.txt").write_text(done.stdout)
        return done

    def files(self) -> set[str]:
        """Every path that is not among the system's own books."""
        found = set()
        for where, folders, files in os.walk(self.path):
            inside = Path(where).relative_to(self.path)
            folders[:] = [name for name in folders if (inside / name).as_posix() not in BOOKS]
            found |= {(inside / name).as_posix() for name in (*folders, *files)}
        return found - BOOKS

    def size_of(self, *places: str) -> int:
        """Bytes on disk."""
        there = [str(self.path / place) for place in places if (self.path / place).exists()]
        told = subprocess.run(["du", "-sxB1", "-c", *there], capture_output=True, text=True, check=True).stdout
        return int(told.splitlines()[-1].split()[0])


def prepare(work: Path, packages: Sequence[Path]) -> None:
    """The base system and the folder of what the packages depend on; needs the network where one is not there yet."""
    base, folder = work / "base", work / "depends"
    if not (work / "base.made").exists():
        shutil.rmtree(base, ignore_errors=True)
        run("debootstrap", "--variant=minbase", "bookworm", str(base), MIRROR)
        (work / "base.made").touch()
    told = [run("dpkg-deb", "--field", str(package), "Depends").strip() for package in packages]
    if (folder / "for.txt").exists() and (folder / "for.txt").read_text() == repr(told):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy("/etc/resolv.conf", base / "etc/resolv.conf")
    archives = base / "var/cache/apt/archives"
    for package in packages:
        shutil.copy(package, base / "tmp")
    asked = [f"/tmp/{package.name}" for package in packages]
    apt = ["chroot", str(base), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    run(*apt, "update")
    run(*apt, "clean")
    run(*apt, "install", "--yes", "--no-install-recommends", "--download-only", *asked)
    for package in packages:
        (base / "tmp" / package.name).unlink()
    for archive in archives.glob("*.deb"):
        if not any(archive.name == package.name for package in packages):
            shutil.move(archive, folder)
    (folder / "for.txt").write_text(repr(told))


def run(*words: str) -> str:
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}")
    return done.stdout


def checks(root: Root, packages: Sequence[Path], depends: Path, told: Told) -> None:
    """Everything, in the order in which an administrator and a user would meet it."""
    links = [line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()[2:]]
    told.check("no network", links == ["lo"], f"interfaces: {', '.join(links)}")
    for deb in sorted(depends.glob("*.deb")):
        shutil.copy(deb, root.path / "tmp")
    root.run("sh", "-c", "dpkg --install /tmp/*.deb && rm /tmp/*.deb", log="depends")
    pythons = [name for name in root.files() if Path(name).name.startswith("python3")]
    told.check("no Python is there", not pythons, ", ".join(pythons[:3]))
    root.run("useradd", "--create-home", "--shell", "/bin/sh", USER)
    before = root.files()
    install(root, packages, told)
    use(root, told)
    look(root, told)
    remove(root, before, packages, told)


def install(root: Root, packages: Sequence[Path], told: Told) -> None:
    for package in packages:
        shutil.copy(package, root.path / "tmp")
        size = package.stat().st_size
        told.check(
            f"{package.name} is within {MOST_PACKAGE / 1e6:.0f} MB", size <= MOST_PACKAGE, f"{size / 1e6:.0f} MB"
        )
    names = [f"/tmp/{package.name}" for package in packages]
    done = root.run("dpkg", "--install", *names, log="install")
    told.check("dpkg --install of both", done.returncode == 0, last(done.stdout) if done.returncode else "")
    size = root.size_of("opt/whyflag", "usr/share/whyflag")
    told.check(f"installed within {MOST_INSTALLED / 1e9} GB", size <= MOST_INSTALLED, f"{size / 1e9:.2f} GB")
    missing = [pattern for pattern in SHARED if not any(root.path.glob(f"usr/share/{pattern}"))]
    told.check("desktop entry, man page, MIME type, metadata, icon, copyright", not missing, ", ".join(missing))
    for name in names:
        root.run("rm", name)


def use(root: Root, told: Told) -> None:
    (root.path / HOME[1:] / "pass").write_text("a passphrase of several words\n")
    root.run("chown", "-R", f"{USER}:", HOME)
    for words in WALK:
        started = time.monotonic()
        done = root.run(
            "whyflag", *words, user=USER, log=f"{words[0]} {words[1]}" if words[1] == "verify" else words[0]
        )
        took = time.monotonic() - started
        told.check(f"whyflag {' '.join(words[:2])}", done.returncode == 0, f"{took:.1f} s; {last(done.stdout)}")
        if words[0] == "doctor":
            print(done.stdout)
            held = done.returncode == 0 and took <= MOST_SELF_TEST
            told.check(f"the self-test takes at most {MOST_SELF_TEST:.0f} s", held, f"{took:.1f} s")
        if words[0] == "explain":
            told.check("the explanation is the language model's", "  \u2713 " in done.stdout)


def strays(home: Path) -> list[str]:
    """What lies outside the XDG folders' whyflag, and was not asked for."""
    asked = ("demo.duckdb", "pass", "report", ".local", ".config", ".cache", ".bash", ".profile")
    found = [path for path in home.iterdir() if not path.name.startswith(asked)]
    for folder in (".config", ".local", ".local/share", ".local/state"):
        there = (home / folder).iterdir() if (home / folder).exists() else ()
        found += [path for path in there if path.name not in ("whyflag", "share", "state")]
    return [path.relative_to(home).as_posix() for path in found]


def look(root: Root, told: Told) -> None:
    """The window, twice: the second start is the warm one."""
    words = ("whyflag", *STORE)
    for what in ("first-start", "second-start"):
        with screen(DISPLAY, root.logs) as picture:
            started = time.monotonic()
            window = subprocess.Popen(
                root.command(*words, user=USER), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            took = settled(picture, window, started)
            (root.logs / f"{what}.png").write_bytes(png(picture()))
            alive = window.poll() is None
            window.terminate()
            errors = window.communicate()[1].decode(errors="replace")
        told.check(f"the window opens ({what})", alive and took is not None, f"{took or 0:.1f} s {last(errors)}")
    told.check(
        f"warm start within {MOST_START} s", alive and took is not None and took <= MOST_START, f"{took or 0:.1f} s"
    )
    # What has ended and only waits for the system's first process to take note of it runs no more.
    running = run("ps", "-eo", "stat,user,comm,args").splitlines()
    left = [line for line in running if "whyflag" in line and "check" not in line and not line.startswith("Z")]
    told.check("no process is left", not left, "; ".join(left))
    told.check(
        "what it keeps for a user is in the XDG folders", not (found := strays(root.path / HOME[1:])), str(found)
    )
    mine = [path.name for path in (root.path / "tmp").iterdir() if path.stat().st_uid]
    told.check("nothing is left in /tmp", not mine, ", ".join(mine))


def remove(root: Root, before: set[str], packages: Sequence[Path], told: Told) -> None:
    names = [run("dpkg-deb", "--field", str(package), "Package").strip() for package in packages]
    users = {path.relative_to(root.path).as_posix() for path in (root.path / HOME[1:]).rglob("*")}
    done = root.run("dpkg", "--remove", *names, log="remove")
    told.check("dpkg --remove", done.returncode == 0, last(done.stdout) if done.returncode else "")
    told.check("it says where stores stay", "tores" in done.stdout)
    told.check(
        "nothing of the program is left",
        not any((root.path / one).exists() for one in ("opt/whyflag", "usr/bin/whyflag")),
    )
    done = root.run("dpkg", "--purge", *names, log="purge")
    left = sorted(root.files() - before)
    told.check("after purge nothing is left but what users own", not left, ", ".join(left[:5]))
    gone = users - {path.relative_to(root.path).as_posix() for path in (root.path / HOME[1:]).rglob("*")}
    told.check("stores and settings of users are where they were", not gone, ", ".join(sorted(gone)[:5]))
    lost = sorted(before - root.files() - {"opt"})  # dpkg takes a folder along that it leaves empty
    told.check("nothing else went with it", not lost, ", ".join(lost[:5]))


def last(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][:160]


def inside(root: Root, packages: Sequence[Path], depends: Path) -> int:
    """In namespaces of its own: the mounts go with this process."""
    for kind in ("proc", "sysfs", "tmpfs"):
        target = {"proc": "proc", "sysfs": "sys", "tmpfs": "tmp"}[kind]
        run("mount", "-t", kind, kind, str(root.path / target))
    run("mount", "--rbind", "/dev", str(root.path / "dev"))
    Path("/tmp/.X11-unix").mkdir(mode=0o1777, exist_ok=True)
    (root.path / "tmp/.X11-unix").mkdir(mode=0o1777)
    run("chmod", "1777", str(root.path / "tmp"))
    run("mount", "--bind", "/tmp/.X11-unix", str(root.path / "tmp/.X11-unix"))
    told = Told()
    checks(root, packages, depends, told)
    print(f"{told.failed} checks do not hold; see {root.logs}" if told.failed else f"All held; see {root.logs}")
    return int(bool(told.failed))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, default=Path("/var/tmp/whyflag-clean-root"))
    parser.add_argument("--key", help="fingerprint of who has to have signed the release")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    work = given.work.absolute()
    packages = sorted(given.folder.absolute().glob("whyflag*.deb"))
    missing = [tool for tool in ("debootstrap", "Xvfb", "unshare", "dpkg-deb") if shutil.which(tool) is None]
    if missing or os.getuid() or len(packages) != 2:
        parser.error(f"needs root, {', '.join(missing) or 'its tools'}, and two packages in {given.folder}.")
    root = Root(work / "root", work / "logs")
    if given.inside:
        return inside(root, packages, work / "depends")
    work.mkdir(parents=True, exist_ok=True)
    verify = [sys.executable, str(Path(__file__).with_name("verify.py")), str(given.folder)]
    if subprocess.run([*verify, *(["--key", given.key] if given.key else [])], check=False).returncode:
        return 1
    prepare(work, packages)
    for folder in (root.path, root.logs):
        shutil.rmtree(folder, ignore_errors=True)
    root.logs.mkdir()
    run("cp", "-a", str(work / "base"), str(root.path))
    again = [sys.executable, __file__, str(given.folder), "--work", str(work), "--inside"]
    return subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", *again], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
