"""`manage.py up` for real: its own port, its own data folder, its own processes, all gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings
from django.db import connection

from config.bootstrap import ROOT
from config.processes import free_port

MAIL = "first@house.example"


class House:
    """One data folder and the starts in it; the settings of the tests themselves do not reach it."""

    def __init__(self, data: Path, database: str) -> None:
        self.port = free_port()
        foreign = ("STRIPE_API_KEY", "REDIS_URL", "HEARTH_MODE", "HEARTH_LEG", "SECRET_KEY", "HEARTH_HOST")
        self.env = {name: value for name, value in os.environ.items() if name not in foreign}
        self.env |= {"HEARTH_DATA": str(data), "PORT": str(self.port), "DATABASE_URL": database, "WEB_THREADS": "2"}
        self.started: list[subprocess.Popen[str]] = []

    def command(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.env | env, capture_output=True, text=True, timeout=300, check=False
        )

    def up(self) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", "up"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.started.append(process)
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == f"Ready on http://127.0.0.1:{self.port}\n":
                return process
        raise AssertionError("".join(lines) + self.complaint(process))

    @staticmethod
    def complaint(process: subprocess.Popen[str]) -> str:
        assert process.stderr is not None
        return process.stderr.read()

    def get(self, path: str, host: str = "127.0.0.1") -> int:
        with urllib.request.urlopen(f"http://{host}:{self.port}{path}", timeout=10) as response:
            return int(response.status)


def on_postgres(statement: str, name: str) -> str:
    """Runs it beside the database of the tests, and says the address of `name` there."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
    at = settings.DATABASES["default"]
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{name}"


@pytest.fixture(scope="module")
def migrated(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[str, Path]]:
    """The name of a database that was brought up to date once, on PostgreSQL, and the folder of one, on SQLite."""
    data, name, url = tmp_path_factory.mktemp("migrated"), f"house_{uuid.uuid4().hex}", ""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            url = on_postgres(f"CREATE DATABASE {name}", name)
        assert House(data, url).command("migrate", "--verbosity", "0").returncode == 0
        yield name, data
        if url:
            on_postgres(f"DROP DATABASE {name} WITH (FORCE)", name)


@pytest.fixture
def empty(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """Nothing was ever started here."""
    with django_db_blocker.unblock():
        yield from a_house(tmp_path, None)


@pytest.fixture
def house(tmp_path: Path, migrated: tuple[str, Path], django_db_blocker: Any) -> Iterator[House]:
    """Its database is up to date; on the PostgreSQL leg it has one of its own there."""
    with django_db_blocker.unblock():
        yield from a_house(tmp_path, migrated)


def a_house(folder: Path, migrated: tuple[str, Path] | None) -> Iterator[House]:
    data, name, url = folder / "data", f"house_{uuid.uuid4().hex}", ""
    if connection.vendor == "postgresql":
        url = on_postgres(f"CREATE DATABASE {name}" + (f" TEMPLATE {migrated[0]}" if migrated else ""), name)
    elif migrated:
        shutil.copytree(migrated[1], data)
    house = House(data, url)
    yield house
    for process in house.started:
        process.kill()
        process.communicate()
    if url:
        on_postgres(f"DROP DATABASE {name} WITH (FORCE)", name)


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    members = psutil.Process(process.pid).children(recursive=True)
    assert len(members) >= 3, "Valkey, the web and the worker"
    return members


def left(members: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Who still runs after that time; a zombie that nobody collects in a container runs no more."""
    _gone, alive = psutil.wait_procs(members, timeout=seconds)
    return [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_a_house_serves_ends_and_keeps_what_it_had(empty: House) -> None:
    house = empty
    first = house.up()
    assert [house.get("/healthz"), house.get("/readyz"), house.get("/healthz", "localhost")] == [200, 200, 200]
    made = house.command(
        "shell",
        "-c",
        f"from communities.people.models import User; User.objects.create(email='{MAIL}', handle='first')",
    )
    assert made.returncode == 0, made.stderr
    members = family(first)
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=10) == 0
    assert left(members, 0) == []

    second = house.up()
    kept = house.command("shell", "-c", "from communities.people.models import User; print(User.objects.get().email)")
    assert kept.stdout.splitlines()[-1] == MAIL
    members = family(second)
    second.kill()
    second.wait()
    assert left(members, 15) == [], "nothing outlives a supervisor that was killed"


@pytest.mark.once
def test_when_one_part_dies_the_others_end_and_it_is_named(house: House) -> None:
    process = house.up()
    members = family(process)
    web = next(one for one in members if "config.web" in one.cmdline())
    web.kill()
    assert process.wait(timeout=10) == 1
    assert House.complaint(process).startswith("The web part ended with -9, so all were stopped;")
    assert left(members, 0) == []


@pytest.mark.once
def test_a_demo_has_its_stand_in_for_stripe_one_port_up_and_looks_for_what_it_missed(house: House) -> None:
    house.env["HEARTH_MODE"] = "demo"
    first = "from communities.people.models import User; User.objects.create(email='a@demo.example', handle='a')"
    assert house.command("shell", "-c", first).returncode == 0, "somebody is there, so nothing is seeded"
    process = house.up()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://localhost:{house.port + 1}/v1/account", timeout=10)
    looked = (
        "import time\nfrom memberships.billing.models import Look\nuntil = time.monotonic() + 60\n"
        "while not Look.objects.filter(kind='messages', error='', ended_at__isnull=False).exists():\n"
        "    assert time.monotonic() < until\n    time.sleep(0.1)"
    )
    assert house.command("shell", "-c", looked).returncode == 0, "what was missed is looked for as it starts"
    members = family(process)
    next(one for one in members if "memberships.standin" in one.cmdline()).kill()
    assert process.wait(timeout=10) == 1
    assert House.complaint(process).startswith("The standin part ended with -9, so all were stopped;")
    assert left(members, 0) == []


def refused(house: House, **env: str) -> str:
    done = house.command("up", **env)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


@pytest.mark.once
def test_a_taken_port_is_one_sentence_and_starts_nothing(house: House) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", house.port))
        other.listen()
        assert refused(house) == f"Port {house.port} is taken; stop what uses it or set PORT to another one."


@pytest.mark.once
def test_a_taken_port_for_the_stand_in_is_one_sentence_too(house: House) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", house.port + 1))
        other.listen()
        assert f"Port {house.port + 1} is taken" in refused(house, HEARTH_MODE="demo")


@pytest.mark.once
@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"STRIPE_API_KEY": "rk_live_x"}, "STRIPE_WEBHOOK_SECRET is missing"),
        ({"HEARTH_MODE": "demo", "STRIPE_API_KEY": "rk_live_x"}, "does not start with a live"),
        ({"HEARTH_MODE": "demo", "PORT": "65535"}, "PORT leaves no room"),
    ],
)
def test_money_that_is_set_up_wrongly_is_one_sentence(house: House, env: dict[str, str], sentence: str) -> None:
    assert sentence in refused(house, **env)


@pytest.mark.once
def test_a_folder_that_cannot_be_written_is_one_sentence(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written: Not a directory." in refused(house, HEARTH_DATA=str(tmp_path / "file" / "data"))


@pytest.mark.once
def test_another_mode_than_the_remembered_one_is_one_sentence(house: House, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "mode").write_text("live\n")
    assert "was made in live mode and cannot start in demo mode" in refused(house, HEARTH_MODE="demo")


@pytest.mark.once
@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7"])
def test_demo_mode_refuses_an_address_that_others_reach(house: House, host: str) -> None:
    assert "serves this machine only" in refused(house, HEARTH_MODE="demo", HEARTH_HOST=host)


@pytest.mark.once
def test_a_database_ahead_of_the_code_is_one_sentence_and_stays_as_it_is(house: House) -> None:
    plant = "from django.db import connection; from django.db.migrations.recorder import MigrationRecorder as R;"
    planted = house.command("shell", "-c", plant + "R(connection).record_applied('posts', '0999_from_tomorrow')")
    assert planted.returncode == 0, planted.stderr
    assert "does not know (posts.0999_from_tomorrow)" in refused(house)
