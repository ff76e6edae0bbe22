#!/usr/bin/env python3
"""Fits of repeat buying beside the PyPI package lifetimes: the same made histories, in the same run.

    python -m venv venv && venv/bin/pip install lifetimes==0.11.3
    cargo build --release -p catchment-stats --example repeat_buying
    venv/bin/python benches/peers/repeat_buying.py target/release/examples/repeat_buying [REFERRERS]

Histories are of MBG/NBD in whole days over two years. Prints one line a model: seconds of both from
histories in memory to the fit, ln of the likelihood of both at their own parameters, reckoned by one
formula (lifetimes' own), and the difference. Fails where lifetimes' optimum is better than ours by more
than 1e-3.
"""

import subprocess
import sys
import time

import numpy as np
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter


def made_histories(referrers, seed=20260331):
    """x, t_x and t in days: rates Gamma(1.5, 120 days), dropout Beta(0.8, 4).

    No faster, because lifetimes' Pareto/NBD underflows from about a hundred repeats on.
    """
    random = np.random.default_rng(seed)
    rates = random.gamma(1.5, 1 / 120.0, referrers)
    dropout = random.beta(0.8, 4.0, referrers)
    ends = random.integers(180, 730, referrers).astype(float)
    x, t_x = np.zeros(referrers), np.zeros(referrers)
    now = np.zeros(referrers)
    active = random.random(referrers) >= dropout
    while active.any():
        who = np.flatnonzero(active)
        now[who] += random.exponential(1 / rates[who])
        seen = who[now[who] <= ends[who]]
        active[who[now[who] > ends[who]]] = False
        day = np.floor(now[seen])
        fresh = day > t_x[seen]
        x[seen[fresh]] += 1
        t_x[seen[fresh]] = day[fresh]
        active[seen[random.random(len(seen)) < dropout[seen]]] = False
    return x, t_x, ends


def main():
    program = sys.argv[1]
    referrers = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    x, t_x, t = made_histories(referrers)
    lines = ["x,t_x,t"] + [f"{int(a)},{b:g},{c:g}" for a, b, c in zip(x, t_x, t)]
    told = subprocess.run([program], input="\n".join(lines), capture_output=True, text=True, check=True)
    print(told.stderr.strip(), f"(numpy {np.__version__})")
    ours = {}
    for line in told.stdout.splitlines():
        name, seconds, likelihood, identified, *parameters = line.split(",")
        ours[name] = float(seconds), float(likelihood), [float(p) for p in parameters]
    weights = np.ones(referrers)
    worse = False
    for name, fitter in [
        ("mbg_nbd", ModifiedBetaGeoFitter()),
        ("bg_nbd", BetaGeoFitter()),
        ("pareto_nbd", ParetoNBDFitter()),
    ]:
        began = time.perf_counter()
        try:
            fitter.fit(x, t_x, t)
        except Exception as error:
            print(f"{name}: lifetimes failed after {time.perf_counter() - began:.1f} s: {error}")
            continue
        seconds = time.perf_counter() - began
        # Its Pareto/NBD takes the parameters themselves and sums, the others take their logarithms
        # and give the mean.
        pareto = name == "pareto_nbd"
        scale, many = (lambda p: p, 1) if pareto else (np.log, referrers)
        arguments = (x, t_x, t, weights, 0.0)
        of = lambda p: -fitter._negative_log_likelihood(scale(np.array(p)), *arguments) * many
        theirs, mine = of(list(fitter.params_)), of(ours[name][2])
        print(
            f"{name:11} lifetimes {seconds:8.2f} s  ours {ours[name][0]:6.2f} s  "
            f"lnL lifetimes {theirs:.4f}  ours {mine:.4f}  by our own formula {ours[name][1]:.4f}"
        )
        if theirs > mine + 1e-3 or abs(mine - ours[name][1]) > 1e-3:
            print(f"{name}: the likelihoods differ by more than 1e-3")
            worse = True
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
