#!/usr/bin/env python3
"""Takes every file below a folder into a fresh workspace, and prints what became of each as Markdown.

usage: all.py FOLDER CATCHMENT

The workspace gets the mappings of this folder. Each file is taken in by itself, so that one that fails
leaves the others. Every report is held to the identity of rows; the exit code is 1 where one does not add
up or the program ends otherwise than it says it does. Nothing is written beside the files.
"""

import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

FATES = ["accepted", "superseded", "duplicate", "quarantined", "set_aside", "joined"]
COLUMNS = ["file", "mapping", "read", *FATES[:3], "quarantined", "set aside", "joined", "skipped", "emptied", "left out", "seconds", "fate"]


def take(program, workspace, path):
    """The reports of one file, what was said, the exit code and the seconds."""
    begun = time.monotonic()
    done = subprocess.run(
        [program, "-w", workspace, "ingest", "--json", path], capture_output=True, text=True, timeout=900
    )
    reports = json.loads(done.stdout) if done.stdout else []
    return reports, done.stderr, done.returncode, time.monotonic() - begun


def row(name, report, seconds, wrong):
    """One line of the table."""
    if "rows_read" not in report:
        said = report.get("message", "")
        if report["fate"] == "failed":
            said = said.split(": ", 1)[-1]
        fate = report["fate"].replace("_", " ") + (f": {said}" if said else "")
        return [name, *[""] * 12, f"{seconds:.1f}", fate]
    if report["rows_read"] != sum(report[fate] for fate in FATES):
        wrong.append(f"{name}: rows do not add up")
    reasons = ", ".join(f"{reason} {n}" for reason, n in sorted(report["quarantined_by_reason"].items()))
    aside = report["set_aside_by"]
    left_out = [c for c in report["unknown_columns"].split(", ") if report["unknown_columns"]]
    sheet = report["file"].partition("#")[2]
    return [
        name + (f" #{sheet}" if sheet else ""),
        report["mapping"],
        report["rows_read"],
        *[report[fate] for fate in FATES[:3]],
        f"{report['quarantined']} ({reasons})" if reasons else 0,
        aside or 0,
        report["joined"],
        report["skipped_lines"],
        report["fields_emptied"],
        len(left_out),
        f"{seconds:.1f}",
        report["fate"] + (f"; {report['form']}" if report["form"] else ""),
    ]


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    wrong, fates = [], collections.Counter()
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + " --- |" * len(COLUMNS))
    with tempfile.TemporaryDirectory() as place:
        workspace = str(pathlib.Path(place) / "workspace")
        subprocess.run([program, "init", workspace], check=True, capture_output=True)
        own = pathlib.Path(__file__).parent / "mappings"
        shutil.copytree(own, pathlib.Path(workspace) / "mappings", dirs_exist_ok=True)
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = str(path.relative_to(folder))
            reports, said, code, seconds = take(program, workspace, str(path))
            failed = any(r["fate"] == "failed" for r in reports)
            if "panicked" in said or code not in (0, 1) or (code == 1) != failed or not reports:
                wrong.append(f"{name}: exit code {code}: {said.strip()[-300:]}")
            for report in reports:
                fates[report["fate"]] += 1
                print("| " + " | ".join(str(cell) for cell in row(name, report, seconds, wrong)) + " |")
    print()
    print(", ".join(f"{n} {fate.replace('_', ' ')}" for fate, n in sorted(fates.items())))
    for line in wrong:
        print("WRONG " + line)
    sys.exit(1 if wrong else 0)


main()
