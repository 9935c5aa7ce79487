# SPDX-License-Identifier: MIT
"""The seeded bugs of tests/mutants/, for the prover: which there are, and the sources with one of them."""
import glob
import os
import sys

import build

sys.path.append(os.path.join(build.ROOT, "tests/mutants"))
from run import Broken, apply, copy_sources, copy_tree, header, mutant  # noqa: E402,F401  (for prove.py)

OUT_OF_SCOPE = {  # and why
    "neighbours-overlap": "several VMs",
    "switch-keeps-timer": "several VMs",
    "switch-leaves-mresv": "several VMs",
}
UNDER_PROOF = build.ISA + build.DEVICES + build.MONITOR


def path_of(name):
    return os.path.join(build.ROOT, "tests/mutants", name + ".patch")


def in_scope():
    """The names of those in the code under proof, which are to be refuted."""
    names = [os.path.basename(p)[:-len(".patch")] for p in sorted(glob.glob(path_of("*")))]
    return [name for name in names if header(path_of(name))[1] in UNDER_PROOF and name not in OUT_OF_SCOPE]
