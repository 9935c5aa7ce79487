# SPDX-License-Identifier: MIT
"""z3's counterexamples as files that `thirdgen classify --replay`, and `check --replay`, run on the machine itself."""
import json
import subprocess

RAM_START, RAM_BYTES = 0x80000000, 1024  # theorem/state.h, STATE_RAM
REGISTERS = ("zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 "
             "t3 t4 t5 t6").split()
RESULTS = ["executed", "trapped", "waits"]
KINDS = {"privileged": "unprivileged", "control_user": "user-control", "control_supervisor": "supervisor-control",
         "behaviour_user": "user-several", "behaviour_supervisor": "supervisor-several", "behaviour_mode": "mode"}


def sections(shown):
    """What the harness observed, as [(before, after, outcome)], a dictionary each."""
    runs, part = [], None
    for name, value in shown:
        if name == "mode":
            if part is None or "result" in part:
                runs.append([])
            part = {}
            runs[-1].append(part)
        if name == "result":
            part = {}
            runs[-1].append(part)
        part[name] = value
    return runs


def ram_image(before, section):
    image = bytearray(before)
    start = section["window.base"]
    image[start:start + len(section["ram"])] = bytes(section["ram"])
    return image


def json_state(section, image):
    words = {f"0x{RAM_START + i:08x}": f"0x{int.from_bytes(image[i:i + 4], 'little'):08x}"
             for i in range(0, len(image), 4) if any(image[i:i + 4])}
    state = {"mode": "M" if section["mode"] == 3 else "U"}
    for name, value in section.items():
        if name not in ("mode", "registers", "ram", "window.base", "start"):
            state[name] = f"0x{value:x}"
    state["registers"] = {REGISTERS[i]: f"0x{v:08x}" for i, v in enumerate(section["registers"]) if i and v}
    state["ram"] = words
    return state


def document(question, row, isa, example):
    """The JSON text of a witness of `row`; `example` refutes harness `question` with a RAM of RAM_BYTES."""
    runs = sections(example.shown())
    whole = bytes(RAM_BYTES)
    if question == "privileged":  # two states with the same memory
        whole = bytes(runs[-1][0]["ram"])
    states, outcomes = [], []
    for before, after, result in runs:
        image = ram_image(whole, before)
        states.append(json_state(before, image))
        outcome = {"result": RESULTS[result["result"]]}
        if outcome["result"] == "trapped":
            outcome.update(cause=result["cause"], tval=f"0x{result['tval']:x}")
        else:
            outcome["state"] = json_state(after, ram_image(image, after))
        outcomes.append(outcome)
    word = example.values()["instruction"]
    return json.dumps({"witness": KINDS[question], "isa": isa, "mnemonic": row,
                       "instruction": {"word": f"0x{word:08x}"}, "states": states, "outcomes": outcomes}, indent=2)


def step(isa, example):
    """The JSON text of a step; `example` refutes a whole step of the homomorphism."""
    shown = dict(example.shown())
    image = bytes(shown["ram"])
    return json.dumps({"isa": isa, "way": "hosted", "allotment": {"start": f"0x{shown['start']:x}", "size": f"0x{len(image):x}"},
                       "state": json_state(shown, image)}, indent=2)


def replay(thirdgen, path, command="classify"):
    """(does it hold, are both the same; what thirdgen says)."""
    done = subprocess.run([thirdgen, command, "--replay", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode == 0, done.stdout.decode(errors="replace").strip()
