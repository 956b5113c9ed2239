"""Makes `.venv` on a bare checkout and goes on inside it. Standard library only: nothing is installed yet."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = "hearth-stamp"
RUNTIME = ("requirements.txt",)
DEV = ("requirements.txt", "requirements-dev.txt")
DEV_COMMANDS = frozenset({"bootstrap", "test", "checks", "audit", "bench", "chaos"})
NO_PIP = "Hearth needs pip to install its packages: install python3-venv (apt install python3-venv) and start again."


def enter(argv: list[str]) -> None:
    """Return where the packages stand ready; else make the environment and start the same command inside it."""
    inside = Path(sys.prefix) == VENV
    if is_off(os.environ, inside=inside):
        return
    wanted = DEV if len(argv) > 1 and argv[1] in DEV_COMMANDS else RUNTIME
    try:
        if not is_fresh(VENV, wanted):
            with alone():
                # Somebody else may have built it while this one waited.
                if not is_fresh(VENV, wanted):
                    build(wanted)
    except PermissionError as refused:
        stop(f"Hearth cannot make its environment: no right to write {refused.filename or VENV}.")
    except KeyboardInterrupt:
        stop("Stopped before the packages were installed.")
    if not inside:
        os.execv(python_of(VENV), [str(python_of(VENV)), *argv])


def is_off(env: Mapping[str, str], *, inside: bool) -> bool:
    """True where somebody else made the environment: a container that says so, or an active venv that has Django."""
    if env.get("HEARTH_NO_BOOTSTRAP", "") not in ("", "0"):
        return True
    return not inside and sys.prefix != sys.base_prefix and find_spec("django") is not None


def fingerprint(names: tuple[str, ...], root: Path = ROOT) -> dict[str, str]:
    """A digest of each requirements file together with the Python it is installed for."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {name: f"{python}:{hashlib.sha256((root / name).read_bytes()).hexdigest()}" for name in names}


def read_stamp(venv: Path) -> dict[str, str]:
    try:
        lines = (venv / STAMP).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split(" ", 1) for line in lines if " " in line)


def write_stamp(venv: Path, entries: Mapping[str, str]) -> None:
    unfinished = venv / f"{STAMP}.new"
    unfinished.write_text("".join(f"{name} {digest}\n" for name, digest in entries.items()), encoding="utf-8")
    unfinished.replace(venv / STAMP)


def is_fresh(venv: Path, names: tuple[str, ...], root: Path = ROOT) -> bool:
    stamp = read_stamp(venv)
    return python_of(venv).exists() and all(stamp.get(name) == it for name, it in fingerprint(names, root).items())


def python_of(venv: Path) -> Path:
    return venv / "bin" / "python"


@contextmanager
def alone() -> Iterator[None]:
    """Two first commands at once (`make run` and `make test`) must not build the same folder."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def build(wanted: tuple[str, ...]) -> None:
    """Install what is wanted into `.venv`, keeping what an earlier command put there."""
    had = read_stamp(VENV)
    files = tuple(name for name in DEV if name in wanted or name in had)
    ways = installers()
    if not ways:
        stop(NO_PIP)
    say("Installing packages into .venv (once) ...")
    make = not works(VENV)
    for way in ways:
        if make:
            shutil.rmtree(VENV, ignore_errors=True)
        if all(run(command) for command in commands(way, files, make=make)):
            write_stamp(VENV, fingerprint(files))
            return
    stop("The packages could not be installed; the lines above say why.")


def works(venv: Path) -> bool:
    """False where there is no environment, or its Python went away or is another version than this one."""
    ask = [str(python_of(venv)), "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def installers() -> list[str]:
    """The ways to install that this machine has, best first."""
    ways = []
    if shutil.which("uv") and run(["uv", "--version"], quiet=True):
        ways.append("uv")
    if find_spec("venv") is not None:
        if has_bundled_pip():
            ways.append("venv")
        if find_spec("pip") is not None:
            ways.append("pip")
    return ways


def has_bundled_pip() -> bool:
    """Debian keeps the module venv but takes ensurepip, or only its wheels, out into a package of its own."""
    try:
        import ensurepip

        return bool(ensurepip.version())
    except (ImportError, AttributeError, OSError, LookupError, StopIteration):
        return False


def commands(way: str, files: tuple[str, ...], *, make: bool) -> list[list[str]]:
    """The command lines that make the environment, if it is to be made, and fill it."""
    wanted = [part for name in files for part in ("-r", name)]
    inner, venv = str(python_of(VENV)), str(VENV)
    # Compiled on first use instead: most of what is installed is never imported.
    quick = ["-q", "--disable-pip-version-check", "--no-input", "--no-compile"]
    # The files are complete locks: what they name is installed, nothing is looked up beside it.
    locked = ["--require-hashes", "--no-deps", *wanted]
    options = ["install", *quick, *locked]
    create, fill = {
        "uv": (
            ["uv", "venv", "-q", "--python", sys.executable, venv],
            ["uv", "pip", "install", "-q", "--python", inner, *locked],
        ),
        "venv": ([sys.executable, "-m", "venv", venv], [inner, "-m", "pip", *options]),
        "pip": (
            [sys.executable, "-m", "venv", "--without-pip", venv],
            [sys.executable, "-m", "pip", "--python", inner, *options],
        ),
    }[way]
    return [create, fill] if make else [fill]


def run(command: list[str], *, quiet: bool = False) -> bool:
    """Run one command with its output on standard error, so that `manage.py dumpdata > file` stays clean."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env["UV_PYTHON_DOWNLOADS"] = "never"
    out = subprocess.DEVNULL if quiet else sys.stderr.fileno()
    try:
        return subprocess.run(command, cwd=ROOT, env=env, stdout=out, stderr=out, check=False).returncode == 0
    except OSError:
        return False


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def stop(sentence: str) -> NoReturn:
    say(sentence)
    sys.exit(1)
