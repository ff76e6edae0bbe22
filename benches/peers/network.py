"""The network room against python-igraph, on the same ties in the same run.

In a virtual environment of its own:

    python3 -m venv peers && peers/bin/pip install igraph numpy
    cargo build --profile dist -p catchment-network --example peer_network
    peers/bin/python benches/peers/network.py target/dist/examples/peer_network NODES TIES SOURCES

Prints a table of seconds: igraph's over ours is how many times as fast we are.
Beside the clock's stand the processor's seconds, over all of our threads, which
tell more where the machine has other work. Every result is compared, and the
greatest difference stands in the last column.

What is fair: ties are distinct, and given to igraph as the array of 64-bit
integers that it reads fastest. Its graph is directed, as ours. Measures that
leave direction aside get an undirected copy in which each pair is tied once;
the time to make it stands apart, as do our lists of neighbours. igraph takes
weights as a list of Python numbers, which costs time that is not PageRank's, so
PageRank is compared without weights too. Communities are sought once, with two
iterations, on one core by both; of these the difference is that of modularity. Its PageRank is PRPACK, which is exact
to about 1e-10, as ours is in the sum of absolute differences.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import igraph
import numpy as np

SEED = 1


def make(program, nodes, ties, folder):
    """Draws ties and sources; gives ends and weights as igraph wants them."""
    file = folder / "ties"
    command = [program, "make", str(nodes), str(ties), str(SEED), str(file)]
    count = int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    ends = np.fromfile(file, dtype="<u4", count=2 * count).reshape(2, count)
    weights = np.fromfile(file, dtype="<f8", offset=8 * count)
    return np.ascontiguousarray(ends.T.astype(np.int64)), weights


def draw_sources(nodes, wanted, folder):
    rng = np.random.default_rng(SEED)
    sources = np.sort(rng.choice(nodes, size=wanted, replace=False)).astype("<u4")
    sources.tofile(folder / "sources")
    return sources.tolist()


class Clock:
    """Seconds, seconds of processor time, and results of each step."""

    def __init__(self):
        self.seconds = {}
        self.results = {}

    def time(self, name, work):
        started, before = time.perf_counter(), time.process_time()
        result = work()
        self.seconds[name] = time.perf_counter() - started, time.process_time() - before
        return result


def measure(nodes, ends, weights, sources):
    """What the Rust program measures, in igraph."""
    clock = Clock()
    graph = clock.time("build", lambda: igraph.Graph(n=nodes, edges=ends, directed=True))
    weights = weights.tolist()
    graph.es["weight"] = weights
    clock.results["pagerank"] = clock.time("pagerank", lambda: graph.pagerank(weights=weights))
    del weights
    clock.results["pagerank, unweighted"] = clock.time("pagerank, unweighted", graph.pagerank)
    found = clock.time("components", lambda: graph.connected_components(mode="weak").membership)
    clock.results["components"] = by_size(found)
    share = clock.time("reciprocity", lambda: graph.reciprocity(mode="default"))
    clock.results["reciprocity"] = [share]
    undirected = clock.time("undirected view", lambda: graph.as_undirected(mode="collapse"))
    clock.results["undirected view"] = [undirected.ecount()]
    # Communities are of weights, those of both directions added.
    weighted = graph.as_undirected(mode="collapse", combine_edges={"weight": "sum"})
    del graph
    clock.results["clustering"] = clock.time(
        "clustering", lambda: undirected.transitivity_local_undirected(mode="zero")
    )
    between = clock.time(
        "betweenness", lambda: undirected.betweenness(directed=False, sources=sources)
    )
    # igraph halves the sum, because every pair may have been met twice.
    clock.results["betweenness"] = 2 * np.array(between)
    del undirected
    igraph.set_random_number_generator(random.Random(SEED))
    found = clock.time(
        "communities",
        lambda: weighted.community_leiden("modularity", weights="weight", n_iterations=2),
    )
    clock.results["communities"] = [weighted.modularity(found, weights="weight")]
    return clock


def by_size(membership):
    """Component numbers as ours: from 1, the largest first, then by least node."""
    membership = np.array(membership)
    sizes = np.bincount(membership)
    first = np.full(len(sizes), len(membership))
    np.minimum.at(first, membership, np.arange(len(membership)))
    number = np.empty(len(sizes))
    number[np.lexsort((first, -sizes))] = np.arange(1, len(sizes) + 1)
    return number[membership]


def difference(name, theirs, ours):
    """The sum of absolute differences of ranks; the greatest of anything else,
    in proportion where values are large."""
    theirs = np.array(theirs, dtype=float)
    gaps = np.abs(theirs - ours)
    if name.startswith("pagerank"):
        return gaps.sum()
    return (gaps / np.maximum(1.0, np.abs(theirs))).max()


def main():
    program = sys.argv[1]
    nodes, ties, wanted = (int(word) for word in sys.argv[2:5])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ends, weights = make(program, nodes, ties, folder)
        sources = draw_sources(nodes, wanted, folder)
        print(f"{nodes:,} nodes, {len(ends):,} ties, {wanted} sources, igraph {igraph.__version__}")
        files = [str(folder / "ties"), str(folder / "sources"), name]
        run = subprocess.run(
            [program, "measure", str(nodes), *files], check=True, stdout=subprocess.PIPE
        )
        ours = json.loads(run.stdout)
        theirs = measure(nodes, ends, weights, sources)
        print(f"{'':22} {'seconds':^28} {'processor seconds':^28}")
        print(f"{'':22} {2 * HEAD} {'difference':>12}")
        for step, seconds in theirs.seconds.items():
            gap = ""
            if step in theirs.results:
                values = np.fromfile(folder / step, dtype="<f8")
                gap = f"{difference(step, theirs.results[step], values):.1e}"
            print(f"{step:22} {columns(seconds, ours[step])} {gap:>12}")
        # A run ranks once, by weight.
        steps = [step for step in ours if step != "pagerank, unweighted"]
        total = [
            [sum(of[step][kind] for step in steps) for kind in (0, 1)]
            for of in (theirs.seconds, ours)
        ]
        print(f"{'all but unweighted':22} {columns(*total)}")


HEAD = f"{'igraph':>10} {'ours':>10} {'times':>6} "


def columns(theirs, ours):
    """Their seconds, ours and the ratio: by the clock, then by the processor."""
    pairs = zip(theirs, ours)
    return "".join(f"{t:10.3f} {o:10.3f} {t / max(o, 0.001):6.1f} " for t, o in pairs)


if __name__ == "__main__":
    main()
