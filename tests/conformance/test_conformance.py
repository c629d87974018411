"""The same programs on gradtrace.core and on PyTorch: what they print, warn about and fail with must be the same.

Numbers are compared with a tolerance, all other text exactly; memory addresses are masked. Two kinds of programs run: the samples
that come with gradtrace, and the snippets in ``snippets/``, named for the family of behaviour they look at.
"""

import importlib.util
import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest
from gradtrace.samples import SAMPLES

HERE = Path(__file__).parent
PROGRAMS = {path.stem: path for path in sorted((HERE / "snippets").glob("[!_]*.py"))} | {one.name: one.path for one in SAMPLES}
RELATIVE, ABSOLUTE = 1e-4, 2e-6

# A number with a fraction or an exponent is compared with tolerance; integers are text.
NUMBER = re.compile(r"([-+]?(?:\d+\.\d*(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\bnan\b|\binf\b))")
ADDRESS = re.compile(r"0x[0-9a-f]+")
INTERNAL = re.compile(r" \(Triggered internally at [^)]*\)")
MODULE_NAME = re.compile(r"\bgradtrace\.core\b")


def run_all(module):
    command = [sys.executable, str(HERE / "run_programs.py"), module, *map(str, PROGRAMS.values())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"the run on {module} ended with an error:\n{done.stderr[-3000:]}"
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def theirs():
    if importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed: nothing to compare with")
    return run_all("torch")


@pytest.fixture(scope="module")
def ours():
    return run_all("gradtrace.core")


def tokens(text):
    """Split a text into numbers (floats) and words, white space and addresses apart."""
    text = INTERNAL.sub("", MODULE_NAME.sub("torch", ADDRESS.sub("0xADDRESS", text)))
    result = []
    for position, part in enumerate(NUMBER.split(text)):
        result += [float(part)] if position % 2 else part.split()
    return result


def same_token(expected, got):
    if isinstance(expected, float) and isinstance(got, float):
        return (
            got == expected
            or math.isclose(expected, got, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
            or (expected != expected and got != got)
        )
    return expected == got


def assert_same_text(expected, got):
    """Compare two texts token by token; on a difference show both texts whole."""
    expected_tokens, got_tokens = tokens(expected), tokens(got)
    same = len(expected_tokens) == len(got_tokens) and all(map(same_token, expected_tokens, got_tokens))
    if not same:
        assert got == expected


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_as_pytorch(name, theirs, ours):
    expected, got = theirs[name], ours[name]
    if expected["error"] is None and got["error"] is not None:
        pytest.fail(f"{PROGRAMS[name]}:{got['line']} raised {got['error']}\nafter printing\n{got['printed']}")
    assert_same_text(expected["printed"], got["printed"])
    assert_same_text(expected["error"] or "", got["error"] or "")
    assert got["line"] == expected["line"]
    assert_same_text("\n".join(expected["warnings"]), "\n".join(got["warnings"]))
    assert got["tensors"].keys() == expected["tensors"].keys()
    for variable, facts in expected["tensors"].items():
        own = got["tensors"][variable]
        assert_same_text(facts.pop("grad", ""), own.pop("grad", ""))
        assert own == facts, variable


def test_samples_end_as_announced(ours):
    for sample in SAMPLES:
        error = ours[sample.name]["error"]
        assert (error or "").partition(":")[0] == sample.expected_error


def test_the_comparison_tells_differences():
    assert_same_text("tensor([1.0000, 2.0000]) at 0x7f01", "tensor([1.00001, 2.0000]) at 0x7f99")
    assert_same_text("tensor([1.,\n   nan])", "tensor([1., nan])")
    for expected, got in (("1.0 2", "1.0 3"), ("MulBackward0", "MulBackward1"), ("1.0", "1.01"), ("a b", "a"), ("nan", "1.0")):
        with pytest.raises(AssertionError):
            assert_same_text(expected, got)
