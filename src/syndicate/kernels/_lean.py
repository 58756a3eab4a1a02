"""Machine code of kernels without the code that it was made of.

With each kernel that numba loads it keeps the intermediate code in memory, for other kernels to
be compiled with it: several times as much as the machine code, and as a rule never asked for.
"""

# ruff: noqa: SLF001 - numba has no other way

from __future__ import annotations

from typing import Any

from llvmlite import binding


def lean(compiled: Any, cache: Any, signature: object, target: Any) -> None:  # noqa: ANN401 - numba's
    """Let go of the intermediate code of a kernel; where it is asked for, it is read again.

    Parameters
    ----------
    compiled
        The kernel as its cache gave it, or None.
    cache, signature, target
        Where it came from.
    """
    library: Any = getattr(compiled, "library", None)
    if getattr(library, "_shared_module", None) is None:
        return

    def module() -> Any:  # noqa: ANN401 - llvmlite's
        if library._shared_module is None:
            stored = cache._cache_file.load(cache._index_key(signature, target.codegen()))
            if stored is None:
                message = f"the cached code of {library.name} is gone; start the process again"
                raise RuntimeError(message)
            _, _, (_, code) = stored[0]
            library._shared_module = binding.parse_bitcode(code)
        return library._shared_module

    library._get_module_for_linking = module
    library._shared_module = None
