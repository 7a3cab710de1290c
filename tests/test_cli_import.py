"""Files and catalogues from the command line: compared first, applied when told, and never a key moved."""

import json
import os
from pathlib import Path

import click
import pytest

from tests.commanding import Shell, everything_below
from tests.fault_server import Asked, FaultServer, Line, raw, says, says_json
from tests.import_files import catalogue_of, model_of, models_dev, price_list, written
from tests.registries import CANARY
from tui_registry.cli import importing
from tui_registry.intake import FORMATS

TWO = {"llama": {"limit": {"context": 131072}, "cost": {"input": 0.1, "output": 0.2}}, "qwen": {}}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


@pytest.fixture
def file(tmp_path: Path) -> str:
    return written(tmp_path / "api.json", catalogue_of(**TWO))


def ids(shell: Shell) -> list[str]:
    return [row["model_id"] for row in shell.json("model", "list")]


def test_every_kind_of_file_can_be_named() -> None:
    (option,) = [each for each in importing.importing.params if each.name == "kind"]
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == FORMATS


class TestComparing:
    def test_a_file_is_shown_and_changes_nothing_until_it_is_applied(self, shell: Shell, file: str) -> None:
        said = shell.done("import", file)
        for words in (
            "Groq (new, at https://api.groq.com/openai/v1): 2 new",
            "new      llama",
            "Nothing was changed.",
        ):
            assert words in said
        assert shell.json("provider", "list") == []
        applied = shell.json("import", file, "--apply")
        assert applied["applied"] is True
        assert ids(shell) == ["llama", "qwen"]
        assert shell.json("model", "show", "Groq", "llama")["max_input_tokens"] == 131072
        assert shell.json("pricing", "show", "Groq", "llama")["input_price_per_token"] == 1e-07

    def test_what_is_applied_is_what_was_shown(self, shell: Shell, file: str, tmp_path: Path) -> None:
        shell.done("import", file, "--apply")
        fresh = {
            "llama": {"limit": {"context": 200000}, "cost": {"input": 0.3, "output": 0.2}},
            "new": model_of(3),
        }
        other = written(tmp_path / "other.json", catalogue_of(**fresh))
        shown, done = shell.json("import", other), shell.json("import", other, "--apply")
        assert (shown.pop("applied"), done.pop("applied")) == (False, True)
        assert shown == done
        (groq,) = done["providers"]
        assert (groq["new"], groq["gone"], groq["unchanged"]) == (["new"], ["qwen"], 0)
        assert groq["changed"] == [
            {
                "model_id": "llama",
                "fields": {
                    "max_input_tokens": {"was": 131072, "now": 200000},
                    "input_price_per_token": {"was": 1e-07, "now": 3e-07},
                },
            }
        ]
        assert ids(shell) == ["llama", "new", "qwen"]

    @pytest.mark.parametrize("kind", ["models.dev", "litellm", "registry", "csv"])
    def test_a_second_import_changes_nothing_and_says_so(
        self, shell: Shell, tmp_path: Path, kind: str
    ) -> None:
        path = written(tmp_path / "file", models_dev(6, 30) if kind != "litellm" else price_list(**TWO))
        shell.done("import", path, "--apply")
        if kind in ("registry", "csv"):
            path = written(tmp_path / "own", exported(shell, kind))
        before = everything_below(shell.root)
        said = shell.done("import", path, "--apply")
        assert "Nothing to take in: all of it is here already." in said
        assert everything_below(shell.root) == before

    def test_standard_input_is_a_file_too(self, shell: Shell) -> None:
        shell.done("import", "-", "--apply", typed=json.dumps(catalogue_of(**TWO)))
        assert ids(shell) == ["llama", "qwen"]

    def test_a_registry_that_may_only_be_read_can_be_compared_but_not_filled(
        self, shell: Shell, file: str
    ) -> None:
        shell.done("import", file, "--apply")
        assert "Nothing to take in" in shell.done("--read-only", "import", file)

    def test_a_large_import_is_preceded_by_a_backup(self, shell: Shell, tmp_path: Path) -> None:
        shell.done("provider", "add", "Groq")
        shell.done("import", written(tmp_path / "large.json", models_dev(8, 80)), "--apply")
        assert len(list((shell.root / "data" / "backups").glob("registry-import-*.db"))) == 1

    def test_unknown_providers_are_named_and_taken_in_only_by_name(
        self, shell: Shell, tmp_path: Path
    ) -> None:
        path = written(tmp_path / "api.json", models_dev(8, 40))
        assert "unheard-of-0: " in shell.done("import", path, "--apply")
        assert "Unheard Of 0" not in shell.done("provider", "list")
        found = shell.json("import", path, "--apply", "--custom", "unheard-of-0")
        assert found["known"] == ["Unheard Of 0"]
        row = shell.json("provider", "show", "Unheard Of 0")
        assert (row["endpoint"], row["is_active"]) == ("https://api.unheard-of-0.example/v1", False)
        known = {row["name"]: row for row in shell.json("catalog", "list")}
        assert known["Unheard Of 0"]["env_vars"] == []
        assert "unheard-of-0" not in {each["id"] for each in shell.json("import", path)["unknown"]}


def exported(shell: Shell, kind: str) -> str:
    from tui_registry.export.registry_csv import registry_csv
    from tui_registry.export.registry_json import registry_json

    with shell.home.open(create=False, read_only=True) as store:
        return (registry_csv if kind == "csv" else registry_json)(store.reads)


class TestPrecedence:
    def test_what_a_person_set_stays_and_is_said_to_stay(self, shell: Shell, file: str) -> None:
        shell.done("import", file, "--apply")
        shell.done("pricing", "set", "Groq", "llama", "--input", "7", "--output", "8")
        shell.done("model", "edit", "Groq", "llama", "--max-input-tokens", "1000")
        said = shell.done("import", file, "--apply")
        assert "kept     llama: max input tokens 1,000 stays, not 131,072" in said
        assert "input price 7.00 stays, not 0.10" in said
        assert shell.json("pricing", "show", "Groq", "llama")["input_price_per_token"] == 7e-06
        assert shell.json("model", "show", "Groq", "llama")["max_input_tokens"] == 1000

    def test_a_catalogue_that_says_less_takes_nothing_away(
        self, shell: Shell, file: str, tmp_path: Path
    ) -> None:
        shell.done("import", file, "--apply")
        less = written(tmp_path / "less.json", price_list(llama={"max_output_tokens": 8192}))
        assert shell.json("import", less, "--apply")["counts"]["models_changed"] == 1
        model = shell.json("model", "show", "Groq", "llama")
        assert (model["max_input_tokens"], model["max_output_tokens"]) == (131072, 8192)
        assert shell.json("pricing", "show", "Groq", "llama")["input_price_per_token"] == 1e-07

    def test_another_registry_moves_no_endpoint_that_was_set_or_holds_a_key(
        self, shell: Shell, tmp_path: Path
    ) -> None:
        shell.done("provider", "add", "Groq")
        shell.done("provider", "add", "OpenAI")
        shell.done("provider", "edit", "OpenAI", "--endpoint", "https://mine.example/v1")
        shell.done("key", "set", "Groq", typed=CANARY)
        sealed = sealed_keys(shell)
        evil = {"endpoint": "https://evil.example/v1", "models": []}
        document = {"format": "tui-registry", "version": 1, "providers": [
            {"name": "Groq", **evil}, {"name": "OpenAI", **evil},
        ]}  # fmt: skip
        said = shell.done("import", written(tmp_path / "own.json", document), "--apply")
        for kept in ("https://api.groq.com/openai/v1", "https://mine.example/v1"):
            assert f"kept     the provider: endpoint {kept} stays, not https://evil.example/v1" in said
        assert [row["endpoint"] for row in shell.json("provider", "list")] == [
            "https://api.groq.com/openai/v1", "https://mine.example/v1",
        ]  # fmt: skip
        assert sealed_keys(shell) == sealed

    def test_another_registry_gives_an_untouched_provider_without_a_key_its_endpoint(
        self, shell: Shell, tmp_path: Path
    ) -> None:
        shell.done("provider", "add", "Groq")
        document = {"format": "tui-registry", "version": 1, "providers": [
            {"name": "groq", "endpoint": "https://proxy.example/v1", "description": "ours"},
        ]}  # fmt: skip
        path = written(tmp_path / "own.json", document)
        assert "endpoint was https://api.groq.com/openai/v1, is https://proxy.example/v1" in shell.done(
            "import", path
        )
        shell.done("import", path, "--apply")
        row = shell.json("provider", "show", "Groq")
        assert (row["endpoint"], row["description"]) == ("https://proxy.example/v1", "ours")


def sealed_keys(shell: Shell) -> list[tuple[str, str | None]]:
    with shell.home.open(create=False, read_only=True) as store:
        return [(row.name, row.api_key_encrypted) for row in store.reads.providers()]


class TestBadEntries:
    BAD = catalogue_of(good={}, bad={"limit": {"context": -1}})

    def test_a_bad_entry_stops_an_import_and_is_named(self, shell: Shell, tmp_path: Path) -> None:
        path = written(tmp_path / "bad.json", self.BAD)
        result = shell.run("import", path, "--apply")
        assert result.exit_code == importing.BLOCKED
        assert "groq.models.bad.limit.context: Expected a number from 1" in result.stdout
        assert "Nothing was taken in: the file has a bad entry. --skip-bad" in result.stderr
        assert shell.json("provider", "list") == []
        assert "Taken in" in shell.done("import", path, "--apply", "--skip-bad")
        assert ids(shell) == ["good"]

    def test_scripts_are_told_as_well(self, shell: Shell, tmp_path: Path) -> None:
        result = shell.run("import", written(tmp_path / "bad.json", self.BAD), "--apply", "--json")
        assert result.exit_code == importing.BLOCKED
        record = json.loads(result.stdout)
        assert record["applied"] is False
        assert [each["path"] for each in record["problems"]] == ["groq.models.bad.limit.context"]

    def test_a_registry_of_another_form_is_read_as_data_alone(self, shell: Shell, tmp_path: Path) -> None:
        model = {"model_id": "m", "source": "user", "verification_state": "verified", "exec": "$(id)"}
        provider: dict[str, object] = {"name": "Groq", "endpoint": "https://api.groq.com/openai/v1"}
        provider |= {
            "models": [model],
            "api_key": CANARY,
            "is_active": True,
            "include": "../../../etc/passwd",
        }
        document = {"format": "tui-registry", "version": 1, "providers": [provider]}
        said = shell.done("import", written(tmp_path / "own.json", document), "--apply")
        assert "1 field called 'api_key': not part of the form, left out." in said
        assert CANARY not in said
        row = shell.json("provider", "show", "Groq")
        assert (row["is_active"], row["key"]) == (False, "none")
        assert shell.json("model", "show", "Groq", "m")["verification_state"] == "unverified"
        assert all(CANARY.encode() not in data for data in everything_below(shell.root).values())

    def test_hostile_text_acts_on_no_terminal(self, shell: Shell, tmp_path: Path) -> None:
        evil = "\x1b]0;x\x07\x9b31m\u202e[red]x[/red]"
        document = {
            evil: {"models": {evil: {"name": evil}}},
            "groq": {"models": {"m": {"name": evil}, evil: 1}},
        }
        result = shell.run("import", written(tmp_path / "evil.json", document), "--apply", "--skip-bad")
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(result.output)
        assert shell.json("model", "list")[0]["name"].endswith("[red]x[/red]")

    @pytest.mark.parametrize("name", ["a pipe", "nothing", "a directory"])
    def test_what_is_no_file_is_refused(self, shell: Shell, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        if name == "a pipe":
            os.mkfifo(path)
        elif name == "a directory":
            path.mkdir()
        assert len(shell.refused("import", str(path)).splitlines()) == 1


class TestDotEnv:
    TEXT = f"GROQ_API_KEY={CANARY}\nOTHER=1\nDASHSCOPE_API_KEY=sk-shared-by-several-1\n"

    def test_providers_and_hosts_are_named_and_nothing_is_sealed(self, shell: Shell, tmp_path: Path) -> None:
        path = written(tmp_path / ".env", self.TEXT)
        said = shell.done("import", path)
        assert "Groq: $GROQ_API_KEY (line 1), for api.groq.com, which is added" in said
        assert "DASHSCOPE_API_KEY (line 3) stays out. 1 other provider may use this variable." in said
        assert "Other variables, not looked at: 1." in said
        assert "Nothing was sealed." in said
        assert CANARY not in said
        assert shell.json("provider", "list") == []

    def test_keys_are_sealed_when_told_to(self, shell: Shell, tmp_path: Path) -> None:
        record = shell.json("import", written(tmp_path / ".env", self.TEXT), "--apply")
        assert record["applied"] is True
        assert CANARY not in json.dumps(record)
        with shell.home.open(create=False, read_only=True) as store:
            row = store.reads.provider("Groq")
            assert store.open_key(row).reveal() == CANARY
            assert row.is_active is False
        assert all(CANARY.encode() not in data for data in everything_below(shell.root).values())

    def test_a_key_that_is_there_and_an_endpoint_elsewhere_are_left_alone(
        self, shell: Shell, tmp_path: Path
    ) -> None:
        shell.done("provider", "add", "Groq")
        shell.done("provider", "add", "OpenAI")
        shell.done("provider", "edit", "OpenAI", "--endpoint", "https://proxy.example/v1")
        shell.done("key", "set", "Groq", typed="gsk_the-one-that-was-there")
        before = sealed_keys(shell)
        text = f"GROQ_API_KEY={CANARY}\nOPENAI_API_KEY={CANARY}\nAZURE_API_KEY={CANARY}\n"
        said = shell.done("import", written(tmp_path / ".env", text), "--apply")
        assert "Groq has a key already, which stays." in said
        assert "Its endpoint here is proxy.example, not api.openai.com" in said
        assert "stands for a host of your own" in said
        assert sealed_keys(shell) == before

    def test_a_value_that_a_shell_would_compute_stops_the_import(self, shell: Shell, tmp_path: Path) -> None:
        path = written(
            tmp_path / ".env", f"GROQ_API_KEY=$(touch {tmp_path}/ran)12345678\nXAI_API_KEY={CANARY}\n"
        )
        result = shell.run("import", path, "--apply")
        assert (result.exit_code, list(tmp_path.glob("ran"))) == (importing.BLOCKED, [])
        assert shell.json("provider", "list") == []
        shell.done("import", path, "--apply", "--skip-bad")
        assert [row["name"] for row in shell.json("provider", "list")] == ["xAI"]


class TestRefreshing:
    def test_the_catalogue_is_fetched_without_a_key_and_taken_in_when_told(self, shell: Shell) -> None:
        with FaultServer(says_json(catalogue_of(**TWO))) as server:
            url = f"{server.url}/api.json"
            said = shell.done("catalog", "refresh", "--url", url)
            assert f"catalog refresh --url {url} --apply" in said
            assert shell.json("provider", "list") == []
            shell.done("catalog", "refresh", "--url", url, "--apply")
        assert ids(shell) == ["llama", "qwen"]
        assert not {"authorization", "x-api-key", "cookie"} & server.asked[0].headers.keys()
        assert server.asked[0].path == "/v1/api.json"

    def test_it_can_be_a_file(self, shell: Shell, file: str) -> None:
        shell.done("catalog", "refresh", "--from", file, "--apply")
        assert ids(shell) == ["llama", "qwen"]
        assert "not both" in shell.refused("catalog", "refresh", "--from", file, "--url", "https://a.example")

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (says("", 302, location="https://evil.example/api.json"), "names evil.example"),
            (says("gone", 404), "HTTP 404"),
            (says_json({"error": "no"}, 500), "HTTP 500"),
            (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"), "middle of the answer"),
        ],
    )
    def test_what_does_not_come_is_said_with_its_own_code(
        self, shell: Shell, answer: "object", said: str
    ) -> None:
        with FaultServer(answer) as server:  # type: ignore[arg-type]
            sentence = shell.refused("catalog", "refresh", "--url", f"{server.url}/api.json", code=4)
        assert said in sentence
        assert "nothing was changed" in sentence
        assert "provider" not in sentence.lower()

    def test_nobody_there_is_a_sentence(self, shell: Shell) -> None:
        assert "cannot be reached" in shell.refused(
            "catalog", "refresh", "--url", "http://127.0.0.1:1/a", code=4
        )

    @pytest.mark.parametrize(
        "url", ["http://example.com/api.json", "file:///etc/passwd", "models.dev", "https://a@b/"]
    )
    def test_an_address_that_is_none_or_not_safe_is_refused(self, shell: Shell, url: str) -> None:
        assert len(shell.refused("catalog", "refresh", "--url", url).splitlines()) == 1

    def test_an_endless_answer_is_given_up(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        from tui_registry.intake import refreshing

        monkeypatch.setattr(refreshing, "MOST", 1 << 16)

        def endless(asked: Asked, line: Line) -> None:
            line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while line.send(b"1000\r\n" + b" " * 4096 + b"\r\n"):
                pass

        with FaultServer(endless) as server:
            assert "larger than" in shell.refused("catalog", "refresh", "--url", server.url, code=4)
