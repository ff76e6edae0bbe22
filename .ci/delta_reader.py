"""Opens every table of a workspace's lake with DuckDB's Delta reader, and compares the rows of the
referrals with those that the program itself sees.

Usage: delta_reader.py WORKSPACE PROGRAM
"""

import csv
import io
import pathlib
import subprocess
import sys

import duckdb
import duckdb_extension_delta


def extension() -> pathlib.Path:
    """The extension's file inside its Python package."""
    folder = pathlib.Path(duckdb_extension_delta.__file__).parent
    return next(folder.rglob("*.duckdb_extension"))


def main() -> None:
    workspace, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute(f"load '{extension()}'")
    counts = {}
    for table in sorted(p.name for p in (workspace / "lake").iterdir() if p.is_dir()):
        path = workspace / "lake" / table
        counts[table] = connection.execute(f"select count(*) from delta_scan('{path}')").fetchone()[0]
        print(f"{table}: {counts[table]} rows")
    sql = "select count(*) as n, count(distinct patient_id) as patients, max(updated_at) as last from {}"
    theirs = connection.execute(sql.format(f"delta_scan('{workspace / 'lake' / 'referrals'}')")).fetchone()
    answer = subprocess.run(
        [program, "-w", str(workspace), "query", sql.format("referral_versions"), "--format", "csv"],
        check=True, capture_output=True, text=True,
    ).stdout
    ours = next(csv.DictReader(io.StringIO(answer)))
    assert (str(theirs[0]), str(theirs[1])) == (ours["n"], ours["patients"]), (theirs, ours)
    assert str(theirs[2]).replace(" ", "T")[:19] == ours["last"].replace(" ", "T")[:19], (theirs, ours)
    loads = connection.execute(
        f"select sum(rows_read), sum(accepted + superseded + duplicate + quarantined + set_aside) "
        f"from delta_scan('{workspace / 'lake' / 'loads'}')"
    ).fetchone()
    assert loads[0] == loads[1], loads
    print(f"the same {theirs[0]} versions of referrals in both readers, every row accounted for")


if __name__ == "__main__":
    main()
