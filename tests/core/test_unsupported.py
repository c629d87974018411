"""Names of PyTorch that are not there answer with what to do instead; NumPy's warnings are silenced in core alone."""

import subprocess
import sys
import threading
import warnings

import gradtrace.core as torch
import numpy as np
import pytest
from gradtrace.core import unsupported


@pytest.mark.parametrize("name", unsupported.FUNCTIONS)
def test_functions_say_what_to_do(name):
    with pytest.raises(NotImplementedError, match=f"^torch.{name} is not part of gradtrace.core: ") as caught:
        getattr(torch, name)(1)
    assert unsupported.FUNCTIONS[name] in str(caught.value)


@pytest.mark.parametrize("name", unsupported.NAMESPACES)
def test_modules_say_what_to_do(name):
    with pytest.raises(NotImplementedError, match=f"^torch.{name}.anything is not part of"):
        getattr(torch, name).anything()
    assert not hasattr(getattr(torch, name), "anything")


@pytest.mark.parametrize("name", unsupported.DTYPES)
def test_dtypes_say_what_to_do(name):
    assert not hasattr(torch, name)
    with pytest.raises(NotImplementedError, match="is not part of"):
        getattr(torch, name)


@pytest.mark.parametrize("name", unsupported.TENSOR_METHODS)
def test_methods_say_what_to_do(name):
    with pytest.raises(NotImplementedError, match="is not part of"):
        getattr(torch.ones(1), name)()


def test_no_device_is_there():
    assert not torch.cuda.is_available()
    assert torch.cuda.device_count() == 0
    torch.cuda.manual_seed_all(0)
    with pytest.raises(NotImplementedError):
        torch.cuda.Stream()
    assert not torch.ones(1).is_cuda
    with pytest.raises(NotImplementedError):
        torch.ones(1).to("cuda")


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'tensro'"):
        torch.tensro  # noqa: B018


def test_forward_mode_is_refused():
    with pytest.raises(NotImplementedError, match="reverse mode only"):
        torch.autograd.forward_ad.dual_level()
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    with pytest.raises(NotImplementedError, match="reverse mode only"):
        torch.autograd.functional.jacobian(torch.exp, x, strategy="forward-mode")
    with pytest.raises(NotImplementedError, match="vmap"):
        torch.autograd.grad(x.sum(), x, is_grads_batched=True)
    with pytest.raises(NotImplementedError, match="forward-mode"):
        torch.autograd.gradcheck(torch.exp, x, check_forward_ad=True)


def provoke_warnings():
    """What core and NumPy warn about in this thread."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        x = torch.zeros(2, requires_grad=True)
        (x.log() / x).sum().backward()
        assert not caught
        np.log(np.zeros(1))
        np.zeros(1) / np.zeros(1)
    return [str(one.message) for one in caught], {one.filename for one in caught}


def test_numpy_still_warns_in_user_code():
    expected = ["divide by zero encountered in log", "invalid value encountered in divide"]
    assert provoke_warnings() == (expected, {__file__})
    found = []
    thread = threading.Thread(target=lambda: found.append(provoke_warnings()))
    thread.start()
    thread.join()
    assert found == [(expected, {__file__})]


def test_mode_before_import_is_respected():
    program = (
        "import numpy as np; np.seterr(divide='raise', invalid='ignore')\n"
        "import gradtrace.core as torch\n"
        "print(torch.zeros(1).log())\n"
        "np.zeros(1) / np.zeros(1)\n"
        "try: np.log(np.zeros(1))\n"
        "except FloatingPointError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "tensor([-inf])\ndivide by zero encountered in log\n"
