# SPDX-License-Identifier: MIT
"""What is proved: the sources as LLVM IR, the instructions' encodings, the variants' rules."""
import hashlib
import json
import os
import re
import subprocess

import z3

import terms
from llvm import Program  # noqa: F401  (for prove.py)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ.get("PROOF_ROOT", os.path.dirname(os.path.dirname(HERE)))
CLANG = os.environ.get("PROOF_CLANG", "clang-14")
FLAGS = ["-std=c11", "-O0", "-g", "-S", "-emit-llvm", "-Wall", "-Wextra", "-Werror", "-Wno-bitwise-instead-of-logical", "-I", "."]

LEMMAS = "tests/proof/lemmas.c"
ISA = ["isa/execute.c", "isa/csr.c", "isa/decode.c", "isa/trap.c", "isa/variant.c"]
DEVICES = ["machine/devices/devices.c", "machine/devices/clint.c", "machine/devices/uart.c",
           "machine/devices/finisher.c"]
MONITOR = ["vmm/dispatcher.c", "vmm/allocator.c", "vmm/interpreters.c", "vmm/vcpu.c", "vmm/scheduler.c",
           "vmm/hybrid.c", "vmm/console.c", "vmm/clock.c", "vmm/keys.c", "vmm/account.c"]


class Failed(Exception):
    """Something that had to be built, and could not."""


class Builder:
    """Compiles sources of the tree at `root` into `out`, each once."""

    def __init__(self, out, root=ROOT):
        self.out, self.root = out, root
        os.makedirs(out, exist_ok=True)

    def compile(self, source):
        target = os.path.join(self.out, source.replace("/", "_").replace("..", "") + ".ll")
        flags = FLAGS if self.root == ROOT else [*FLAGS, "-w"]  # a seeded bug may leave a parameter unused
        done = subprocess.run([CLANG, *flags, source, "-o", target], cwd=self.root, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise Failed(done.stdout.decode())
        return target

    def compile_all(self, sources):
        """(the paths of the IR, its hash)."""
        paths, text = [self.compile(source) for source in sources], hashlib.sha256()
        for path in paths:
            with open(path, "rb") as f:
                text.update(f.read())
        return paths, text.hexdigest()

    def variant(self, rules):
        """A source file that defines `variant_under_proof` (rules_of)."""
        path = os.path.join(self.out, "variant.c")
        with open(path, "w", encoding="utf-8") as f:
            f.write(variant_source(rules))
        return path


def rules_of(thirdgen, name):
    """The rules of a variant, as thirdgen itself reads them."""
    done = subprocess.run([thirdgen, "variants", "--json"], stdout=subprocess.PIPE, check=True)
    for variant in json.loads(done.stdout):
        if variant["name"] == name:
            return variant["rules"]
    raise Failed(f"there is no variant `{name}'")


def variant_source(rules):
    rows = []
    for rule in rules:
        action = rule["in-user-mode"].replace("-", "_")
        if "csr" in rule:
            rows.append(f"{{RULE_csr_{rule['access']}, CSR_{rule['csr']}, ACTION_{action}}}")
        else:
            rows.append(f"{{RULE_instruction, INSN_{rule['instruction']}, ACTION_{action}}}")
    body = ", ".join(rows) or "{RULE_instruction, 0, ACTION_trap}"
    return ('#include "isa/csr.h"\n#include "isa/variant.h"\n\nextern const struct isa_variant variant_under_proof;\n'
            f"const struct isa_variant variant_under_proof = {{{len(rows)}, {{{body}}}}};\n")


def statements(harnesses, root=ROOT):
    """The texts of all prove()s of the harnesses, but of prove(false): to that, nothing may come."""
    found = set()
    for path in harnesses:
        with open(os.path.join(root, path), encoding="utf-8") as f:
            found |= set(re.findall(r'\bprove\((?!false,)[^;]*?"([^"]+)"\);', f.read(), re.S))
    return found


# ---- instructions ----

class Row:
    """A row of the classification: the words that are of it, and how the harness is to see them."""
    PLAIN, CSR, DEVICE = 0, 1, 2

    def __init__(self, name, words, kind):
        self.name, self.words, self.kind = name, words, kind  # words: [(term, conditions)]


def table(root=ROOT):
    """{mnemonic: (match, mask)} of isa/table.h."""
    with open(os.path.join(root, "isa/table.h"), encoding="utf-8") as f:
        text = f.read()
    found = re.findall(r'X\(\w+,\s*"([^"]+)",\s*"[^"]*",\s*(0x[0-9a-f]+),\s*(0x[0-9a-f]+)', text)
    return {mnemonic: (int(match, 16), int(mask, 16)) for mnemonic, match, mask in found}


def word_of(match, mask):
    """Any word that encodes the instruction: its fixed bits known, the others free."""
    free, parts, top = z3.BitVec("word", 32), [], 32
    for width, ones in terms.mask_pieces(mask, 32):
        low = top - width
        parts.append((width, match >> low & ((1 << width) - 1) if ones else z3.Extract(top - 1, low, free)))
        top = low
    return terms.join(parts)


def rows(root=ROOT):
    known = table(root)
    out = [Row(name, [(word_of(*known[name]), [])], Row.CSR if name.startswith("csr") else Row.PLAIN)
           for name in known]
    word = z3.BitVec("word", 32)
    other = [(word & mask) != match for match, mask in known.values()]
    out.append(Row("undefined", [(word, other)], Row.PLAIN))
    for name, mnemonics in (("load, device", "lb lh lw lbu lhu"), ("store, device", "sb sh sw")):
        out.append(Row(name, [(word_of(*known[m]), []) for m in mnemonics.split()], Row.DEVICE))
    return out
