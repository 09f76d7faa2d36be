"""The files that Darkroom is deployed by agree with its code and with each other."""

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from consumers.worker.worker import GRACE_SECONDS
from project.env import ROOT, Env
from project.server.limits import Deadlines

KUBERNETES = ROOT / "deploy" / "kubernetes"
NAMES = {name.upper() for name in Env.model_fields}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: one for name, one in COMPOSE["services"].items() if "build" in one}
DEFAULTS = Env(_env_file=None)
NOT_OURS = {"LD_LIBRARY_PATH", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def objects() -> list[dict[str, Any]]:
    """Every object of Kubernetes that the folders hold."""
    files = [path for path in KUBERNETES.rglob("*.yaml") if path.name != "kustomization.yaml"]
    return [one for path in sorted(files) for one in yaml.safe_load_all(path.read_text())]


def pods() -> dict[str, dict[str, Any]]:
    """What a pod of each workload is."""
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in objects()
        if one["kind"] in {"Deployment", "Job"}
    }


def alerts() -> list[dict[str, Any]]:
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text())
    return [rule for group in rules["groups"] for rule in group["rules"]]


def test_settings_that_are_set_exist() -> None:
    of_image = set(re.findall(r"(?:ENV |[\w/.:] )([A-Z][A-Z0-9_]+)=", DOCKERFILE.split("FROM")[-1]))
    assert of_image - NOT_OURS <= NAMES
    assert {"DATA_DIR", "MEDIA_ROOT", "MODEL_REPOSITORY", "HOST", "GRPC_HOST"} <= of_image
    for service in OURS.values():
        assert set(service["environment"]) <= NAMES
    for one in objects():
        if one["kind"] == "ConfigMap":
            assert set(one["data"]) <= NAMES
    for pod in pods().values():
        for container in pod["containers"]:
            assert {each["name"] for each in container.get("env", [])} <= NAMES
    tls = {name for name in NAMES if name.startswith("OIP_TLS_")}
    assert set(re.findall(r"name: (OIP_TLS_[A-Z_]+),", _text("tls/kustomization.yaml"))) == tls
    assert tls == {name for one in OURS.values() for name in one["environment"] if name in tls}
    (comment,) = re.findall(r"# What is no secret\.((?:.*\n#)*.*)", _text("base/settings.yaml"))
    assert set(re.findall(r"[A-Z][A-Z0-9_]{4,}", comment)) <= NAMES


def _text(name: str) -> str:
    return (KUBERNETES / name).read_text()


def test_commands_that_are_started_exist() -> None:
    commands = get_commands()
    for name, service in OURS.items():
        assert service["command"][0] in commands, name
    for name, pod in pods().items():
        assert pod["containers"][0]["args"][0] in commands, name
    for module in re.findall(r'"?-m"?,? "?([\w.]+)', DOCKERFILE + _text("base/worker.yaml")):
        if module.startswith(("project.", "inference.")):
            path = ROOT / module.replace(".", "/")
            assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_ports_are_those_that_are_listened_on() -> None:
    ports = [DEFAULTS.port, DEFAULTS.grpc_port, DEFAULTS.metrics_port, DEFAULTS.oip_http_port]
    (exposed,) = re.findall(r"^EXPOSE (.*)$", DOCKERFILE, re.MULTILINE)
    assert [int(port) for port in exposed.split()] == ports
    named = {
        each["name"]: each["containerPort"]
        for pod in pods().values()
        for each in pod["containers"][0].get("ports", [])
    }
    assert list(named.values()) == ports
    assert f"server web:{DEFAULTS.port} resolve" in NGINX
    jobs = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    scraped = {one["job_name"]: one["dns_sd_configs"][0] for one in jobs["scrape_configs"]}
    assert scraped["darkroom-web"]["port"] == DEFAULTS.port
    assert scraped["darkroom-worker"]["port"] == DEFAULTS.metrics_port
    assert {scraped[job]["names"][0] for job in scraped} == {"web", "worker"} <= set(OURS)


def test_who_stops_a_process_waits_for_as_long_as_it_takes() -> None:
    needed = {"web": Deadlines().drain + 1, "worker": GRACE_SECONDS + 3}
    for name, seconds in needed.items():
        assert int(OURS[name]["stop_grace_period"].removesuffix("s")) > seconds + 5
        pod = pods()[name]
        hook = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("exec", {})
        asleep = int(hook["command"][1]) if hook else 0
        assert pod["terminationGracePeriodSeconds"] > asleep + seconds + 5


def test_systemd_waits_for_workers_and_leads_to_a_command() -> None:
    unit = (ROOT / "deploy" / "systemd" / "darkroom.service").read_text()
    told = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)
    assert told["ExecStart"].endswith("manage.py up")
    assert int(told["TimeoutStopSec"]) > GRACE_SECONDS + 10
    written = (ROOT / "docs" / "operate.md").read_text()
    (block,) = re.findall(r"darkroom\.env <<END\n(.*?)END", written, re.DOTALL)
    assert {line.split("=")[0] for line in block.splitlines()} <= NAMES


def test_uploads_come_through_as_large_as_they_are_accepted() -> None:
    largest = str(DEFAULTS.max_request_bytes)
    assert f"client_max_body_size {largest};" in NGINX
    assert f'proxy-body-size: "{largest}"' in _text("base/ingress.yaml")


def test_nobody_outside_is_led_to_the_metrics() -> None:
    assert re.search(r"location = /metrics \{\s+return 404;", NGINX)


def test_images_are_pinned() -> None:
    images = [one["image"] for one in COMPOSE["services"].values()]
    others = [image for image in images if not image.startswith("darkroom:")]
    assert len(others) >= 7
    for image in others:
        assert re.search(r":(RELEASE\.)?v?\d+\.\d+|:RELEASE\.\d{4}", image), image
    (python,) = re.findall(r"^ARG PYTHON=(.*)$", DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r"3\.11\.\d+-slim-bookworm", python)
    assert f"python{python.rpartition('.')[0]}/site-packages" in DOCKERFILE


def test_processes_are_not_root_and_change_no_file_but_theirs() -> None:
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    for pod in pods().values():
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["automountServiceAccountToken"] is False
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_secrets_are_required_and_written_nowhere() -> None:
    for name, value in OURS["setup"]["environment"].items():
        if re.search("KEY|PASSWORD|TOKEN|DATABASE", name):
            assert "?}" in value, name
    assert not [one for one in objects() if one["kind"] == "Secret"]


def test_the_image_has_what_it_runs_and_no_secret() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert all((ROOT / name).exists() for name in kept)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - kept == {"benchmarks", "quality", "tests", "training"}
    assert not kept & {".env", "var", "media", "models", ".git", ".venv", "deploy"}


@pytest.mark.parametrize("path", sorted(KUBERNETES.rglob("kustomization.yaml")), ids=str)
def test_kustomizations_name_all_of_their_files(path: Path) -> None:
    said = yaml.safe_load(path.read_text())
    named = [*said.get("resources", ()), *said.get("components", ())]
    assert all((path.parent / name).exists() for name in named)
    beside = {one.name for one in path.parent.glob("*.yaml")} - {"kustomization.yaml"}
    assert beside == {name for name in named if name.endswith(".yaml")}


def test_selectors_find_their_pods() -> None:
    labels = [
        one["spec"]["template"]["metadata"]["labels"]
        for one in objects()
        if one["kind"] in {"Deployment", "Job"}
    ]
    for one in objects():
        spec = one.get("spec", {})
        selector = spec.get("podSelector") or spec.get("selector") or {}
        if one["kind"] == "Service":
            selector = {"matchLabels": selector}
        if "matchLabels" in selector:
            assert selector["matchLabels"] in labels, one["metadata"]["name"]


def test_alerts_and_the_scaler_ask_for_metrics_that_there_are() -> None:
    told = (ROOT / "docs" / "metrics.md").read_text()
    known = set(re.findall(r"^\| `(\w+)`", told, re.MULTILINE))
    queries = [rule["expr"] for rule in alerts()] + [_text("autoscaling/worker.yaml")]
    asked = {name for query in queries for name in re.findall(r"\bdarkroom_\w+", query)}
    assert asked <= known
    for rule in alerts():
        assert {"summary", "action"} <= set(rule["annotations"])


def test_every_alert_is_tried_by_a_test_of_its_rule() -> None:
    tests = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.test.yml").read_text())
    firing = {
        each["alertname"]
        for test in tests["tests"]
        for each in test["alert_rule_test"]
        if each.get("exp_alerts")
    }
    assert {rule["alert"] for rule in alerts()} - firing == {"DarkroomNoWorkers"}


def test_grafana_finds_the_dashboard_and_its_data() -> None:
    folder = ROOT / "deploy" / "grafana" / "provisioning"
    (provider,) = yaml.safe_load((folder / "dashboards" / "darkroom.yaml").read_text())["providers"]
    mounted = [one.split(":")[1] for one in COMPOSE["services"]["grafana"]["volumes"]]
    assert any(fnmatch(path, f"{provider['options']['path']}/*.json") for path in mounted)
    (source,) = yaml.safe_load((folder / "datasources" / "prometheus.yaml").read_text())[
        "datasources"
    ]
    assert source["url"] == "http://prometheus:9090"
