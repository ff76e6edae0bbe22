#!/usr/bin/env python3
"""Makes THIRD_PARTY.md: what the program is built of that others wrote, and under which licences.

Run it from anywhere in the project; it needs Python 3.9 or newer and cargo, and no network:

    python3 .ci/third_party.py            writes THIRD_PARTY.md
    python3 .ci/third_party.py --check    writes nothing; fails where THIRD_PARTY.md is out of date

Crates come from `cargo metadata`: the normal and build dependencies of the workspace for one
target, and apart from them what only tests and benches use. Every licence expression must be met by
licences of the list below, else the script says which crate is in the way and fails. Fonts, data and
test data are read from the SOURCE files beside them; a folder of test data without one fails too.
Licence texts stand in the crates' own packages and are not copied here.
"""

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = "x86_64-unknown-linux-gnu"
OUTPUT = ROOT / "THIRD_PARTY.md"

# Licences that let a program under MIT OR Apache-2.0 be distributed with the work in it.
PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
}
# Licences that bind the files they cover and no others: allowed unmodified, and named with their terms.
FILE_COPYLEFT = {
    "MPL-2.0": "its source files stay under MPL-2.0; they are used unmodified, and their source is the "
    "published package of that version",
}


class Refused(Exception):
    """A reason to stop, in words for a person."""


def licences_of(expression):
    """The ways to meet an SPDX expression, each a frozenset of licences. `/` is an old `OR`."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    place = 0

    def peek():
        return tokens[place] if place < len(tokens) else None

    def take():
        nonlocal place
        place += 1
        return tokens[place - 1]

    def single():
        if peek() is None or peek() in ("AND", "OR", "WITH", ")"):
            raise Refused(f"can't read the licence expression '{expression}'")
        if peek() == "(":
            take()
            ways = either()
            if peek() != ")":
                raise Refused(f"can't read the licence expression '{expression}'")
            take()
            return ways
        name = take()
        if peek() == "WITH":
            take()
            name = f"{name} WITH {take()}" if peek() else name
        return {frozenset([name])}

    def both():
        ways = single()
        while peek() == "AND":
            take()
            right = single()
            ways = {a | b for a in ways for b in right}
        return ways

    def either():
        ways = both()
        while peek() == "OR":
            take()
            ways |= both()
        return ways

    ways = either()
    if peek() is not None:
        raise Refused(f"can't read the licence expression '{expression}'")
    return ways


def way_taken(expression):
    """The licences by which an expression is met: permissive ones where that is possible, else with
    file copyleft; none where neither is."""
    ways = sorted(licences_of(expression), key=lambda way: (len(way), sorted(way)))
    for allowed in (PERMISSIVE, PERMISSIVE | FILE_COPYLEFT.keys()):
        for way in ways:
            if way <= allowed:
                return way
    return None


def metadata():
    command = ["cargo", "metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", TARGET]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused("cargo metadata failed: " + done.stderr.strip())
    return json.loads(done.stdout)


def crates(found):
    """The packages that ship and those for tests alone, each by name and version."""
    packages = {package["id"]: package for package in found["packages"]}
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    own = set(found["workspace_members"])

    def reach(starts, kinds):
        seen, todo = set(), list(starts)
        while todo:
            crate = todo.pop()
            if crate in seen:
                continue
            seen.add(crate)
            # Development dependencies of a dependency are never built: only our own count.
            wanted = kinds if crate in own else {None, "build"}
            for link in nodes[crate]["deps"]:
                if any(kind["kind"] in wanted for kind in link["dep_kinds"]):
                    todo.append(link["pkg"])
        return seen

    shipped = reach(own, {None, "build"})
    tested = reach(own, {None, "build", "dev"}) - shipped

    def listed(ids):
        return sorted((packages[i] for i in ids - own), key=lambda p: (p["name"], version_key(p["version"])))

    return listed(shipped), listed(tested)


def version_key(version):
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"[.+-]", version)]


def refused(packages):
    """What stands in the way, one line a crate."""
    out = []
    for package in packages:
        name, expression = f"{package['name']} {package['version']}", package["license"]
        if not expression:
            out.append(f"{name} states no licence")
        elif way_taken(expression) is None:
            out.append(f"{name}: '{expression}' is not met by the licences allowed here")
    return out


def has_notice(package):
    folder = Path(package["manifest_path"]).parent
    return any(entry.name.upper().split(".")[0] == "NOTICE" for entry in folder.iterdir())


def crate_table(packages):
    rows = [f"| {p['name']} | {p['version']} | {p['license'].replace('|', '/')} |" for p in packages]
    return ["| crate | version | licence |", "| --- | --- | --- |", *rows]


def named(packages, choose):
    return ", ".join(f"{p['name']} {p['version']}" for p in packages if choose(p))


def crates_section(shipped, tested):
    copyleft = [p for p in shipped if way_taken(p["license"]) & FILE_COPYLEFT.keys()]
    apache_only = [p for p in shipped if all("Apache-2.0" in way for way in licences_of(p["license"]))]
    lines = [
        "## Crates that ship in the program",
        "",
        f"{len(shipped)} crates: the normal and build dependencies of the workspace for {TARGET}, with the",
        "licence expression that each states. Build dependencies and procedural macros run while the program",
        "is built and are listed with the rest. Where an expression gives a choice, any of its licences will do.",
        "",
        f"Apache-2.0 is the only choice, or a part of it, for {len(apache_only)} of them, so whoever passes on a built",
        "program passes on that licence and the notices of the crates that have a NOTICE file:",
        "",
        *textwrap.wrap(named(shipped, has_notice) + ".", 100, break_on_hyphens=False),
        "",
    ]
    for package in copyleft:
        for licence in sorted(way_taken(package["license"]) & FILE_COPYLEFT.keys()):
            said = f"Under {licence}: {package['name']} {package['version']}; {FILE_COPYLEFT[licence]}."
            lines += [*textwrap.wrap(said, 100), ""]
    lines += crate_table(shipped)
    lines += [
        "",
        "## Crates for tests and benches alone",
        "",
        f"{len(tested)} crates that are no part of the program.",
        "",
        *crate_table(tested),
        "",
    ]
    return lines


def text_of(path):
    if not path.is_file():
        raise Refused(f"{path.relative_to(ROOT)} is missing")
    return path.read_text(encoding="utf-8").strip()


def as_written(text):
    return ["```text", *text.splitlines(), "```"]


def other_sections():
    tables = [line for line in text_of(ROOT / "reference" / "SOURCES.md").splitlines() if line.startswith("|")]
    listed = {row.split("|")[1].strip() for row in tables[2:]}
    for path in sorted((ROOT / "reference").iterdir()):
        if path.is_file() and path.name != "SOURCES.md" and path.name not in listed:
            raise Refused(f"reference/{path.name} has no row in reference/SOURCES.md")
    lines = [
        "## Fonts",
        "",
        "reference/fonts, embedded in the program; the licence stands whole in reference/fonts/OFL.txt.",
        "",
        *as_written(text_of(ROOT / "reference" / "fonts" / "SOURCE.txt")),
        "",
        "## Data",
        "",
        "reference/, embedded in the program.",
        "",
        *tables,
        "",
        "The territories of `catchment simulate` and of data-samples/ are made: their people, practices and",
        "patients exist nowhere. Their places are those of the list above.",
        "",
        "## Test data",
        "",
        "Small copies of published cases, used by tests and no part of the program.",
        "",
    ]
    for source in sorted(sources_of_test_data()):
        lines += [f"### {source.parent.relative_to(ROOT).as_posix()}", "", *as_written(text_of(source)), ""]
    return lines


def sources_of_test_data():
    """The SOURCE.txt that covers each file below tests/*/data: its folder's, or one above it."""
    sources = set()
    for path in (ROOT / "tests").glob("*/data/**/*"):
        if not path.is_file() or path.name == "SOURCE.txt":
            continue
        top = path.relative_to(ROOT / "tests").parts[0]
        folder, end = path.parent, ROOT / "tests" / top
        while folder != end and not (folder / "SOURCE.txt").is_file():
            folder = folder.parent
        if folder == end:
            raise Refused(f"{path.relative_to(ROOT)} is covered by no SOURCE.txt")
        sources.add(folder / "SOURCE.txt")
    return sources


def document():
    shipped, tested = crates(metadata())
    reasons = refused(shipped + tested)
    if reasons:
        raise Refused("licences do not fit:\n  " + "\n  ".join(reasons))
    lines = [
        "# What others wrote",
        "",
        "Catchment itself is under MIT OR Apache-2.0 (LICENSE-MIT, LICENSE-APACHE). This page lists what it is",
        "built of and what it carries. It is made by `python3 .ci/third_party.py`, which fails where a licence",
        "does not fit; nothing here is written by hand.",
        "",
        *crates_section(shipped, tested),
        *other_sections(),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main(arguments):
    if arguments not in ([], ["--check"]):
        raise Refused("usage: python3 .ci/third_party.py [--check]")
    text = document()
    if arguments:
        if not OUTPUT.is_file() or OUTPUT.read_text(encoding="utf-8") != text:
            raise Refused("THIRD_PARTY.md is out of date: run 'python3 .ci/third_party.py'")
        print("THIRD_PARTY.md is up to date and every licence fits")
    else:
        OUTPUT.write_text(text, encoding="utf-8")
        print(f"wrote {OUTPUT.name}: every licence fits")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as reason:
        print(f"third_party.py: {reason}", file=sys.stderr)
        sys.exit(1)
