"""The registry of samples, and what every sample file must look like."""

import ast

import pytest
from gradtrace import samples

NAMES = {
    "accumulate_twice",
    "allow_unused",
    "chain_add_mul",
    "create_graph",
    "data_inplace_silent",
    "detach_inplace_error",
    "first_nan",
    "freed_buffers",
    "grad_of_nonleaf_and_hook",
    "hook_changes_gradient",
    "integer_leaf",
    "linear_sgd",
    "loss_accumulation_memory",
    "matmul_sum",
    "mlp_cross_entropy",
    "nonleaf_grad",
    "polynomial_fit",
    "vector_backward",
}


def test_names_are_kept():
    assert {sample.name for sample in samples.SAMPLES} == NAMES


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_explains_itself(sample):
    assert 10 < len(sample.title) < 110
    assert "In the window:" in sample.description
    assert "Ends with" not in sample.description
    text = sample.path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 62
    assert text.isascii()
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert "import gradtrace.core as torch" in map(ast.unparse, imports)


@pytest.mark.parametrize("sample", samples.PYTORCH_SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_for_pytorch_explains_itself(sample):
    assert 10 < len(sample.title) < 110
    assert "In the window:" in sample.description
    text = sample.path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 66
    assert text.isascii()
    assert "gradtrace" not in text
    assert sample.needs == "torch"


def test_names_say_which_sample():
    names = [sample.name for sample in (*samples.SAMPLES, *samples.PYTORCH_SAMPLES)]
    assert len(set(names)) == len(names)
    assert samples.find("gan-detach").path.parent.name == "pytorch"


def test_how_a_sample_ends():
    assert samples.find("freed_buffers").expected_error == "RuntimeError"
    assert samples.find("freed_buffers").expected_exit == 1
    assert samples.find("matmul_sum").expected_exit == 0


def test_find_forgives_spelling():
    assert samples.find("chain-add-mul.py") is samples.find("chain_add_mul")


def test_find_helps_with_an_unknown_name():
    with pytest.raises(samples.UnknownSampleError, match=r"no sample 'first_nam'; did you mean first_nan"):
        samples.find("first_nam")
    with pytest.raises(samples.UnknownSampleError, match=r"the samples are: accumulate_twice, allow_unused"):
        samples.find("xyz")


def test_a_file_without_docstring_is_refused(tmp_path):
    path = tmp_path / "bare.py"
    path.write_text("print(1)\n", encoding="utf-8")
    with pytest.raises(ValueError, match="needs a docstring"):
        samples._read(path)
