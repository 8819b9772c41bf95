"""Two persons at the command line: users, a proposal, a view, an approval, the audit of it and its proof elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from desktop.cli import app
from domain.access.users import add_user, change_passphrase
from domain.deciding import set_policy
from domain.decision_policy import DecisionPolicy, FourEyesRule
from domain.errors import AuditBroken, NotAllowed, WhyflagError
from domain.store import Store
from tests.reports import an_alert
from tests.stores import CHEAP, PASSPHRASE, new_store, payments, put


class Bench:
    """A store and the passphrase files of its users."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "cases.whyflag"

    def run(self, user: str | None, *arguments: str, expect: int = 0) -> str:
        file = self.folder / f"{user or 'owner'}.txt"
        file.write_text(user or PASSPHRASE)
        who = ("--user", user) if user else ()
        command = [*arguments, "--store", str(self.store), "--passphrase-file", str(file), *who]
        result = CliRunner().invoke(app, command)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == expect, result.output
        return result.stdout

    def json(self, user: str | None, *arguments: str) -> Any:
        return json.loads(self.run(user, *arguments, "--json"))

    def error(self, user: str | None, *arguments: str) -> WhyflagError:
        with pytest.raises(WhyflagError) as found:
            self.run(user, *arguments)
        return found.value


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    with new_store(tmp_path) as store:
        put(store, payments(3))
        store.alerts.replace_alerts([an_alert(f"T-{number}") for number in range(3)])
        set_policy(store, DecisionPolicy(four_eyes=(FourEyesRule(),)))
        for name, role in (("ana", "analyst"), ("bo", "approver")):
            add_user(store, name, [role], "first", now=1.0, cost=CHEAP)  # type: ignore[list-item]
    for name in ("ana", "bo"):
        with Store.open(store.path, "first", user=name) as again:
            change_passphrase(again, name, now=1.0, cost=CHEAP)
    return Bench(tmp_path)


def test_a_case_takes_two_persons_and_leaves_a_log_that_is_proved_elsewhere(bench: Bench) -> None:
    made = bench.run("ana", "decide", "A-T-1", "confirmed_fraud", "--reason", "CF-DENIED", "--note", "called")
    assert "ana proposed confirmed_fraud (CF-DENIED). called" in made
    assert isinstance(bench.error("ana", "approve", "A-T-1"), NotAllowed)
    assert "give your own view" in bench.run("bo", "proposal", "A-T-1")
    assert bench.json("bo", "view", "A-T-1", "confirmed_fraud")["approved_by"] == "bo"
    bench.run("ana", "contest", "A-T-1", "--note", "the customer objects")
    out = bench.folder / "log.jsonl"
    bench.run("bo", "audit", "export", "--out", str(out))
    runner = CliRunner()
    told = runner.invoke(app, ["audit", "verify", "--file", str(out), "--head", f"{bench.store}.head", "--json"])
    assert json.loads(told.stdout)["entries"] == bench.json(None, "audit", "verify")["entries"]
    actions = [json.loads(line).get("action") for line in out.read_text().splitlines()[1:-1]]
    assert actions[-5:] == ["propose", "view", "approve", "contest", "audit_export"]
    out.write_text("".join(out.read_text().splitlines(keepends=True)[:-2]))
    assert isinstance(runner.invoke(app, ["audit", "verify", "--file", str(out)]).exception, AuditBroken)


def test_a_user_is_added_listed_and_given_other_roles_by_command(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.access.users.KeyCost", lambda: CHEAP)
    secret = bench.folder / "new.txt"
    secret.write_text("carla's first")
    new = ("--new-passphrase-file", str(secret))
    assert isinstance(bench.error("ana", "user", "add", "carla", "--roles", "auditor", *new), NotAllowed)
    bench.run(None, "user", "add", "carla", "--roles", "auditor", "--person", "4711", *new)
    bench.run(None, "user", "role", "carla", "--roles", "approver")
    [carla] = [user for user in bench.json(None, "user", "list") if user["name"] == "carla"]
    assert (carla["roles"], carla["identity"], carla["temporary"]) == (["approver"], "4711", True)
    bench.run(None, "user", "disable", "carla")
    assert "carla" in bench.run(None, "user", "list") and "disabled" in bench.run(None, "user", "list")
    bench.run(None, "user", "frobnicate", expect=2)


def test_a_policy_is_shown_and_set_by_an_administrator(bench: Bench) -> None:
    assert isinstance(bench.error("bo", "policy", "set", "strict"), NotAllowed)
    bench.run(None, "policy", "set", "strict")
    assert json.loads(bench.run("bo", "policy", "show"))["lock_minutes"] == 5


def test_every_command_that_takes_a_passphrase_takes_a_user() -> None:
    import typer

    def walk(command: Any, path: str) -> list[str]:
        names = {parameter.name for parameter in command.params}
        found = [path] if "passphrase_file" in names and "user" not in names else []
        for name, inner in getattr(command, "commands", {}).items():
            found += walk(inner, f"{path} {name}")
        return found

    assert walk(typer.main.get_command(app), "whyflag") == []
