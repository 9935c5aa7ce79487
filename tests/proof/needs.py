# SPDX-License-Identifier: MIT
"""What the prover needs: to be imported first.  Where something is missing, that is said, and all ends."""
import sys

try:
    import z3  # noqa: F401
    import llvm  # noqa: F401
except (ImportError, OSError) as missing:
    print(f"SKIPPED: the prover needs python3-z3, clang-14 and libllvm14 (make prove-deps): {missing}")
    sys.exit(77)
