"""``torch.autograd.forward_ad``: forward mode, which gradtrace.core does not have. Its names exist to say so."""

from __future__ import annotations

from typing import Any, NoReturn


def _unavailable(name: str) -> Any:
    def function(*args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(
            f"torch.autograd.forward_ad.{name} is forward-mode differentiation; gradtrace.core differentiates in reverse mode "
            "only. torch.autograd.functional.jvp gives the same products by two backward passes."
        )

    function.__name__ = function.__qualname__ = name
    return function


dual_level = _unavailable("dual_level")
enter_dual_level = _unavailable("enter_dual_level")
exit_dual_level = _unavailable("exit_dual_level")
make_dual = _unavailable("make_dual")
unpack_dual = _unavailable("unpack_dual")
