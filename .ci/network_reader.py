"""Opens the exported network with other readers, networkx for GraphML and GEXF and DuckDB for Parquet
and CSV, and compares numbers of nodes and edges, sums and single cells with the tables of the run.

Usage: network_reader.py WORKSPACE QUARTER PROGRAM
"""

import csv
import math
import pathlib
import subprocess
import sys
import tempfile

import duckdb
import networkx


def rows(path: pathlib.Path) -> list[dict[str, str]]:
    """The rows of a table of the run."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def same(cell: str, value: object) -> bool:
    """Whether a reader's value is that of a cell; an empty cell is no value at all."""
    if cell == "":
        return value is None or value == ""
    if isinstance(value, bool):
        return cell == str(value).lower()
    if isinstance(value, (int, float)):
        return math.isclose(float(cell), value, rel_tol=1e-12, abs_tol=0.0)
    return cell == str(value)


def of_weight(tie: dict[str, str]) -> float:
    return float(tie["referrals"] or tie["patients"])


def compare_graph(graph: networkx.DiGraph, nodes: list[dict], ties: list[dict], name: str) -> None:
    assert graph.is_directed(), name
    assert graph.number_of_nodes() == len(nodes), (name, graph.number_of_nodes(), len(nodes))
    assert graph.number_of_edges() == len(ties), (name, graph.number_of_edges(), len(ties))
    for node in nodes:
        found = graph.nodes[node["npi"]]
        assert found["label"] == node["name"], (name, node, found)
        for column in set(node) - {"npi", "name"}:
            assert same(node[column], found.get(column)), (name, column, node, found)
    for tie in ties:
        found = graph.edges[tie["npi_from"], tie["npi_to"]]
        assert found["weight"] == of_weight(tie), (name, tie, found)
        for column in set(tie) - {"npi_from", "npi_to", "name_from", "name_to"}:
            assert same(tie[column], found.get(column)), (name, column, tie, found)
    weight = sum(of_weight(tie) for tie in ties)
    assert graph.size(weight="weight") == weight, (name, graph.size(weight="weight"), weight)
    print(f"{name}: {len(nodes)} nodes, {len(ties)} edges of weight {weight:.0f}, as the tables have them")


def compare_tables(folder: pathlib.Path, ending: str, nodes: list[dict], ties: list[dict]) -> None:
    connection = duckdb.connect()
    asked = f"select count(*), sum(weight), sum(patients) from '{folder}/edges.{ending}'"
    edges = connection.execute(asked).fetchone()
    weight = sum(of_weight(tie) for tie in ties)
    patients = sum(int(tie["patients"]) for tie in ties)
    assert edges == (len(ties), weight, patients), (ending, edges)
    asked = f"select count(*), count(distinct id), sum(pagerank) from '{folder}/nodes.{ending}'"
    found = connection.execute(asked).fetchone()
    assert found[:2] == (len(nodes), len(nodes)), (ending, found)
    assert math.isclose(found[2], 1.0, rel_tol=1e-6), (ending, found)
    print(f"{ending}: {found[0]} nodes, {edges[0]} edges, as the tables have them")


def main() -> None:
    workspace, quarter, program = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    tables = workspace / "out" / quarter / "tables"
    nodes, ties = rows(tables / "network_nodes.csv"), rows(tables / "network_ties.csv")
    assert nodes and ties
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for out, more in [
            ("network.graphml", []),
            ("network.gexf", []),
            ("parquet", ["--format", "parquet"]),
            ("csv", ["--format", "csv"]),
        ]:
            asked = [program, "-w", str(workspace), "network", "export", "--quarter", quarter]
            subprocess.run([*asked, "--out", str(folder / out), *more], check=True, capture_output=True)
        compare_graph(networkx.read_graphml(folder / "network.graphml"), nodes, ties, "GraphML")
        compare_graph(networkx.read_gexf(folder / "network.gexf"), nodes, ties, "GEXF")
        for ending in ["parquet", "csv"]:
            compare_tables(folder / ending, ending, nodes, ties)


if __name__ == "__main__":
    main()
