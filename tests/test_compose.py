"""docker-compose.yml describes a whole, guarded production set-up, and .env.example every variable that is read."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
HARK_SERVICES = ("migrate", "web", "worker", "beat")
LONG_RUNNING = ("postgres", "redis", "web", "worker", "beat")
SECRETS = ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "HARK_SECRET_KEY", "HARK_ALLOWED_HOSTS")


@pytest.fixture(scope="module")
def text() -> str:
    return (PROJECT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def services(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)["services"]


def settings_variables() -> set[str]:
    source = (PROJECT / "config" / "settings.py").read_text()
    return set(re.findall(r"""env\.\w+\(\s*["']([A-Z][A-Z_]+)["']""", source))


def test_every_part_is_there(services: dict[str, Any]) -> None:
    assert set(services) == {*HARK_SERVICES, "postgres", "redis"}


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_every_long_running_service_has_a_health_check_and_restarts(services: dict[str, Any], name: str) -> None:
    assert services[name]["healthcheck"]["test"]
    assert services[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", HARK_SERVICES)
def test_hark_runs_without_privileges_on_a_read_only_root(services: dict[str, Any], name: str) -> None:
    assert services[name]["cap_drop"] == ["ALL"]
    assert services[name]["read_only"] is True
    assert "files:/data" in services[name]["volumes"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_serves_before_the_database_is_migrated(services: dict[str, Any], name: str) -> None:
    assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_migration_runs_once(services: dict[str, Any]) -> None:
    assert services["migrate"]["restart"] == "no"
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_data_lies_in_volumes_and_no_database_port_is_published(services: dict[str, Any], name: str) -> None:
    assert services[name]["volumes"]
    assert "ports" not in services[name]


def test_web_is_published_on_this_machine_only_unless_told_otherwise(services: dict[str, Any]) -> None:
    assert services["web"]["ports"] == ["${HARK_BIND:-127.0.0.1:8000}:8000"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_missing_secret_stops_the_start_with_words(text: str, secret: str) -> None:
    uses = re.findall(rf"\$\{{{secret}([^}}]*)}}", text)

    assert uses
    assert all(use.startswith(f":?Set {secret} in .env") for use in uses)


def test_every_setting_reaches_the_containers(services: dict[str, Any]) -> None:
    left_out = {"HARK_VAR", "HARK_FILES", "HARK_DEMO", "HARK_DEBUG"}  # fixed by the image, or not for production

    assert settings_variables() - left_out == set(services["web"]["environment"])


def test_the_image_does_not_run_as_root() -> None:
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    last_stage = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]

    assert "USER hark" in last_stage


def test_env_example_lists_exactly_the_variables_that_are_read(text: str) -> None:
    listed = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    of_compose = set(re.findall(r"\$\{([A-Z_]+)", text))

    assert settings_variables()
    assert listed == settings_variables() | of_compose | {"PORT"}
