"""The unit and the container file start what is there, and the settings they name exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

OPERATE = Path(__file__).resolve().parent.parent / "docs" / "operate"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze (Debian package systemd)")
def test_systemd_accepts_the_unit(tmp_path: Path, p4c: str) -> None:
    unit = tmp_path / "p4c.service"
    unit.write_text((OPERATE / "p4c.service").read_text("utf-8").replace("/opt/p4c/bin/p4c", p4c))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    unit.write_text(unit.read_text().replace("NoNewPrivileges=yes", "NoNewPrivilege=yes"))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert "NoNewPrivilege" in done.stderr, "a wrong line is noticed"


@pytest.mark.parametrize("name", ["p4c.service", "Containerfile"])
def test_what_they_run_are_commands_with_their_options(name: str, p4c: str) -> None:
    found = re.findall(r"(?:bin/|\|\| |exec )p4c (\w+)([^;'\"\n]*)", (OPERATE / name).read_text("utf-8"))
    assert {command for command, _ in found} == {"build", "serve"}
    for command, arguments in found:
        told = subprocess.run([p4c, command, "--help"], capture_output=True, text=True, timeout=60).stdout
        assert all(option in told for option in re.findall(r"--\w+", arguments)), arguments


def test_the_health_check_of_the_container_file_is_a_program() -> None:
    text = re.search(r'CMD \["python", "-c", "(.+)"\]', (OPERATE / "Containerfile").read_text("utf-8"))
    assert text
    compile(text[1], "HEALTHCHECK", "exec")
