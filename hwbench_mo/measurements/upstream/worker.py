"""The process that reads untrusted files: ``worker BYTES SECONDS``. `Sandbox` starts it and talks to it.

A request is a line of JSON and the contents of files; an answer is lines of JSON and, after the last one, arrays.
"""

import io
import json
import os
import signal
import sys
from typing import Any, BinaryIO

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.measurements.upstream.checkpoint import predict_perplexity
from hwbench_mo.measurements.upstream.records import read_records
from hwbench_mo.spaces import get_space

OUT_OF_MEMORY = 3
"""Exit status."""
PREDICTIONS = "predictions"
"""The kind of a request for predictions of perplexity by a checkpoint; the others are those of `records.KINDS`."""


def main() -> int:
    """Answer requests until there are no more, within so many bytes, and seconds of CPU time for each file."""
    import resource  # Windows has none

    memory, seconds = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what libraries print is no answer
    try:
        while line := requests.readline():
            _answer(json.loads(line), requests, answers, seconds)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    return 0


def _answer(request: dict[str, Any], requests: BinaryIO, answers: BinaryIO, seconds: int) -> None:
    contents = [requests.read(size) for size in request["sizes"]]
    space = get_space(request["space"])
    arrays: dict[str, Any] = {}
    for i, (place, data) in enumerate(zip(request["places"], contents, strict=True)):
        _say(answers, reading=place)
        signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF ends the process
        try:
            if request["kind"] == PREDICTIONS:
                codes = np.array(request["codes"])
                arrays[f"{i}/perplexity"] = predict_perplexity(data, place, space, codes)
            else:
                table = read_records(data, place, space, request["kind"])
                found: dict[str, Any] = {"codes": table.codes, "n_trials": table.n_trials, **table.columns}
                arrays |= {f"{i}/{name}": array for name, array in found.items()}
        except InputError as error:
            _say(answers, error=str(error))
            return
    signal.setitimer(signal.ITIMER_PROF, 0)
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    _say(answers, size=packed.tell())
    answers.write(packed.getbuffer())
    answers.flush()


def _say(answers: BinaryIO, **what: object) -> None:
    answers.write(json.dumps(what).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())
