"""``python -m bench [NAMES…]``: every measurement, or those named; prints the tables and keeps them in RESULTS.md.

``make bench`` runs all of them on the real size, which takes most of an hour on two quiet cores.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

MEASUREMENTS = {
    "real": "matching, building and serving the real data",
    "matching": "matching among 100,000 practices, in the process and over HTTP",
    "questions": "the question library, each within its budget",
    "endpoint": "the SPARQL endpoint beside others",
    "crowd": "two hundred clients at once, one of them deadly",
    "shacl": "validation beside others",
    "ranking": "ranking practices for a region, beside one SPARQL query elsewhere",
    "load": "building and serving ten million statements",
}
RESULTS = Path(__file__).parent / "RESULTS.md"
_HEAD = """# Results

What `make bench` measured last; `python -m bench NAME…` measures one part again. Every section names the command, the
day, the machine and the versions. Peers run on the same machine, in the same run, on the same statements.

"""
_SECTION = re.compile(r"<!-- (\w+) -->\n(.*?)(?=<!-- \w+ -->\n|\Z)", re.DOTALL)


def measured(name: str) -> tuple[str, bool]:
    """What a measurement prints, which is shown as it comes, and whether it went well."""
    command = [sys.executable, "-m", f"bench.{name}"]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=RESULTS.parent.parent) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return "".join(lines), process.returncode == 0


def keep(name: str, text: str, results: Path = RESULTS) -> None:
    """Puts a section in its place among those kept."""
    before = results.read_text("utf-8") if results.exists() else ""
    sections = dict(_SECTION.findall(before)) | {name: text.strip() + "\n\n"}
    kept = "".join(f"<!-- {of} -->\n{sections[of]}" for of in MEASUREMENTS if of in sections)
    results.write_text(_HEAD + kept.rstrip() + "\n", "utf-8")


def main() -> int:
    """Measures, prints, keeps; 1 where a measurement did not end well, of which what it printed is not kept."""
    told = "\n".join(f"  {name:<10} {what}" for name, what in MEASUREMENTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, epilog=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*MEASUREMENTS, []], help="default: all", metavar="NAME")
    failed = []
    for name in parser.parse_args().names or MEASUREMENTS:
        text, well = measured(name)
        if well:
            keep(name, text)
        else:
            failed.append(name)
    if failed:
        print(f"Did not end well: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
