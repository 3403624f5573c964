"""How long the command takes to say its help, and to compile without verification: whole processes, medians of 5.

python benchmarks/startup.py
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

for arguments in (["--help"], ["compile", "k-hop", "--n", "100", "--k", "16", "--no-verify"]):
    seconds = []
    for _ in range(5):
        start = perf_counter()
        subprocess.run([sys.executable, "-m", "logdepth", *arguments], check=True, capture_output=True)
        seconds.append(perf_counter() - start)
    print(f"logdepth {' '.join(arguments)}: {median(seconds):.2f} s")
