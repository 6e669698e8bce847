"""The documentation lists what exists: settings, checks, and no page that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
DOCS = PROJECT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *PROJECT.glob("*.md")])


def listed_in_env_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))


def first_cells(page: str) -> set[str]:
    """What stands in code in the first cell of the page's table rows."""
    return set(re.findall(r"^\| `([^`]+)` \|", (DOCS / page).read_text(), re.MULTILINE))


def test_every_variable_is_documented_and_no_other() -> None:
    documented = {name for name in first_cells("configuration.md") if name.isupper()}
    assert documented == listed_in_env_example()


def test_every_check_is_documented_and_no_other() -> None:
    ids = set(re.findall(r'id="(hark\.[EW]\d{3})"', (PROJECT / "config" / "checks.py").read_text()))
    assert ids
    assert {name for name in first_cells("configuration.md") if name.startswith("hark.")} == ids


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_and_commands_that_are_named_exist(page: Path) -> None:
    rules = re.findall(r"^([a-z][a-z ]*):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    commands = {path.stem for path in PROJECT.glob("*/management/commands/*.py")}
    assert set(re.findall(r"`make ([a-z]+)", page.read_text())) <= targets
    assert set(re.findall(r"manage\.py ([a-z]+_[a-z_]+)", page.read_text())) <= commands


def test_every_command_is_documented() -> None:
    commands = {path.stem for path in PROJECT.glob("*/management/commands/[!_]*.py")}
    listed = re.findall(r"^\| (`.+?`) \|", (DOCS / "operations.md").read_text(), re.MULTILINE)
    assert {name for cell in listed for name in re.findall(r"`([a-z_]+)`", cell)} >= commands


def test_every_setting_is_read_from_a_variable_that_is_listed() -> None:
    settings = (PROJECT / "config" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    assert "HARK_VAR" in read
    assert read <= listed_in_env_example()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_that_are_named_exist(page: Path) -> None:
    folders = "accounts|touchpoints|health|config|templates|static|tests|benchmarks|docs"
    named = re.findall(rf"`((?:{folders})/[\w./-]*)`", page.read_text())
    assert [path for path in named if not (PROJECT / path).exists()] == []
