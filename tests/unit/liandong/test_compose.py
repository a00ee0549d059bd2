"""The rules that matter of `compose.yaml` and of the files it mounts."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from liandong.settings import load_settings

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]

#: A tag with its full version, so that the same file gives the same program tomorrow.
PINNED = re.compile(r"[a-z0-9/.-]+:\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?")


def test_compose_runs_liandong_on_what_grows() -> None:
    assert SERVICES.keys() == {"liandong", "mosquitto", "influxdb", "postgres"}


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_service_is_pinned_watched_and_started_again(service: dict[str, Any]) -> None:
    assert PINNED.fullmatch(service["image"])
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_port_is_published_on_loopback_only(service: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_data_is_in_a_volume_and_files_are_read_only(service: dict[str, Any]) -> None:
    volumes = [volume.split(":", 1) for volume in service["volumes"]]

    assert any(source in COMPOSE["volumes"] for source, _ in volumes)
    assert all(target.endswith(":ro") for source, target in volumes if source not in COMPOSE["volumes"])


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_no_secret_stands_in_the_environment(service: dict[str, Any]) -> None:
    secret = re.compile("password|token|secret|key", re.IGNORECASE)

    for name, value in service.get("environment", {}).items():
        assert not secret.search(name) or (name.endswith("_FILE") and value.startswith("/run/secrets/"))


def test_every_secret_is_a_file_that_the_repository_never_holds() -> None:
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    files = [secret["file"] for secret in COMPOSE["secrets"].values()]

    assert used == COMPOSE["secrets"].keys()
    assert all(file.startswith("./deploy/secrets/") for file in files)
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().split()
    assert "deploy/secrets" in (ROOT / ".dockerignore").read_text().split()


def test_liandong_waits_until_the_others_are_healthy() -> None:
    waits = SERVICES["liandong"]["depends_on"]

    assert waits == {name: {"condition": "service_healthy"} for name in SERVICES if name != "liandong"}


def test_base_image_is_pinned_and_not_root() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    images = [line.split()[1] for line in lines if line.startswith("FROM ")]

    assert all(PINNED.fullmatch(image) for image in images)
    assert "USER liandong" in lines


def test_settings_fit_the_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for secret in ("mqtt_password", "influxdb_token", "database_url"):
        (tmp_path / secret).write_text(f"the {secret}\n")
    text = (DEPLOY / "liandong.toml").read_text().replace("/run/secrets/", f"{tmp_path}/")
    (tmp_path / "liandong.toml").write_text(text)

    settings = load_settings()

    assert settings.mqtt.url == "mqtt://mosquitto:1883"
    assert settings.mqtt.password is not None
    assert settings.mqtt.password.get_secret_value() == "the mqtt_password"
    environment = SERVICES["influxdb"]["environment"]
    org, bucket = environment["DOCKER_INFLUXDB_INIT_ORG"], environment["DOCKER_INFLUXDB_INIT_BUCKET"]
    assert settings.history.url == f"influxdb://influxdb:8086/{org}/{bucket}"
    assert f"max_inflight_messages {settings.mqtt.inflight_window}\n" in (DEPLOY / "mosquitto.conf").read_text()


def test_script_is_plain_shell() -> None:
    subprocess.run(["sh", "-n", str(DEPLOY / "secrets.sh")], check=True)
