"""Run programs on PyTorch, alone and recorded, and print which ones did anything else when recorded, as JSON.

python run_recorded.py FOLDER-OF-run_programs.py PROGRAM.py ...
"""

import contextlib
import importlib
import io
import json
import re
import sys
import tempfile
from pathlib import Path

import gradtrace
import torch

ADDRESS = re.compile(r"0x[0-9a-f]+")


def facts(programs, path):
    """What the program did, without addresses."""
    found = programs.run(path, "torch", torch)
    return json.loads(ADDRESS.sub("0x", json.dumps(found)))


def main(folder, paths):
    sys.path.insert(0, folder)
    programs = importlib.import_module("run_programs")
    torch.set_warn_always(True)
    torch.set_num_threads(1)
    differences = {}
    with tempfile.TemporaryDirectory() as traces:
        for path in map(Path, paths):
            alone = facts(programs, path)
            said = io.StringIO()
            with contextlib.redirect_stderr(said), gradtrace.record(Path(traces) / "run.gtrace") as recording:
                recorded = facts(programs, path)
            different = {key: (alone[key], recorded[key]) for key in alone if alone[key] != recorded[key]}
            if different or said.getvalue() or recording.failure:
                differences[path.stem] = [different, said.getvalue(), recording.failure]
    json.dump(differences, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
