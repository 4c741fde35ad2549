"""The peer's end of src/bench/peer.ts: loads by a job, then answers requests, a line of JSON each, with the time they took."""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Callable

import torch


def serve(load: Callable[[dict], Callable[..., dict]]) -> None:
    """`load` takes the job and returns what answers a request's fields, which may say itself how many seconds count."""
    job = json.loads(Path(sys.argv[1]).read_text())
    torch.set_num_threads(job["threads"])
    answering = load(job)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        began = time.perf_counter()
        result = answering(**request)
        seconds = time.perf_counter() - began
        print(json.dumps({"seconds": seconds, "peakMib": peak_mib()} | result), flush=True)


def peak_mib() -> int | None:
    """Largest resident memory of this process so far; Linux counts it in KiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024) if sys.platform == "linux" else None
