"""Steps and protocols on which engines are tested: right ones, and some that break a budget or another rule."""

import numpy as np

from logdepth.mpc import Packets, Protocol, Records, Routine


def hold(memory, mail):
    return memory, {}


def held(owner, **fields):
    return {"x": Records(np.array(owner, dtype=np.int64), {name: np.array(field) for name, field in fields.items()})}


def send(source, destination, words=None):
    """A step that sends these packets, whatever it finds."""
    words = np.arange(len(source)) if words is None else words
    packets = Packets(np.array(source, dtype=np.int64), np.array(destination, dtype=np.int64), {"word": words})
    return lambda memory, mail: (memory, {"x": packets})


def scattered(seed, rounds=4, machines=7):
    """Every record goes to a machine that depends on the record, its own order there, and the round."""

    def scatter(number):
        def step(memory, mail):
            kept = [*memory.values(), *(Records(p.destination, p.fields) for p in mail.values())]
            owner = np.concatenate([records.owner for records in kept])
            word = np.concatenate([records["word"] for records in kept])
            order = np.argsort(owner, kind="stable")
            owner, word = owner[order], word[order]
            place = np.arange(len(owner)) - np.searchsorted(owner, owner)  # among the records of its machine
            word = (word * 31 + place * 17 + number + seed) % 1009
            stays = word % 3 == 0
            memory = {"x": Records(owner[stays], {"word": word[stays]})}
            return memory, {"x": Packets(owner[~stays], word[~stays] % machines, {"word": word[~stays]})}

        return step

    def gather(memory, mail):
        memory, mail = scatter(rounds + 1)(memory, mail)
        return {**memory, "sent": Records(mail["x"].source, mail["x"].fields)}, {}

    return Protocol("scattered", machines, 1000, (*map(scatter, range(1, rounds + 1)), gather))


def shift(name, distance, machines=4):
    """A routine of one round: every record moves on by some machines."""

    def away(memory, mail):
        records = memory["x"]
        there = (records.owner + distance) % machines
        return {"x": records.take(np.arange(0))}, {name: Packets(records.owner, there, records.fields)}

    def arrive(memory, mail):
        return memory | {"x": Records(mail[name].destination, mail[name].fields)}, {}

    return Routine(name, (away, arrive))


def less(memory):
    """Every record counts down; the machines go on while something is left."""
    records = memory["x"]
    verdict = Records(records.owner, {"go_on": records["word"] > 1})
    return {"x": Records(records.owner, {"word": records["word"] - 1}), "verdict": verdict}


def fail(memory, mail):
    raise KeyError("y")


WIDE = np.zeros((3, 2, 2))  # 4 words a packet
BUDGETS = {
    "holds": ((lambda memory, mail: (held([1, 1, 0], x=WIDE), {}), hold), "machine 2 holds 8 words in round 1"),
    "holds in the end": (
        (hold, lambda memory, mail: (held([3], x=np.zeros((1, 8))), {})),
        "machine 4 holds 8 words after round 1",
    ),
    "sends": ((send([2, 0, 2], [0, 1, 1], WIDE), hold), "machine 3 sends 8 words in round 1"),
    "receives": ((hold, send([0, 1, 2], [3, 3, 0], WIDE), hold), "machine 4 receives 8 words in round 2"),
}
RECORDS = Records(np.arange(2), {"word": np.arange(2)})
MISTAKES = {
    "raises": (fail, "raises KeyError: 'y'"),
    "sends to nobody": (send([0], [4]), r"sends to place 4 'x', and the places of 4 machines are 0 to 3"),
    "sends to a negative machine": (send([0], [-1]), r"sends to place -1 'x'"),
    "sends from nobody": (send([9], [0]), r"sends from place 9 'x'"),
    "leaves records on nobody": (lambda m, _: (held([4], x=[0]), {}), r"leaves on place 4 'x'"),
    "returns nothing": (lambda m, _: None, "must return two dicts"),
    "returns no mail": (lambda m, _: m, "must return two dicts"),
    "returns arrays": (lambda m, _: ({"x": np.zeros(3)}, {}), "must return two dicts"),
    "sends records": (lambda m, _: (m, {"x": RECORDS}), "must return two dicts"),
    "wrong number of entries": (
        lambda m, _: (held([0, 1], y=[1, 2, 3]), {}),
        r"'y' .* each of 2 records; got int64 \(3,\)",
    ),
    "a scalar field": (lambda m, _: (held([0], y=3), {}), r"'y' must be an array .* got int64 \(\)"),
    "text": (
        lambda m, _: (held([0], y=["a"]), {}),
        "'y' must hold words, real numbers of at most 64 bits; it holds <U1",
    ),
    "objects": (lambda m, _: (held([0], y=[None]), {}), "'y' must hold words"),
    "complex numbers": (lambda m, _: (held([0], y=[1j]), {}), "'y' must hold words"),
    "a list of owners": (lambda m, _: ({"x": Records([0], {})}, {}), "owner must be an array .* got a list"),
    "owners that are fractions": (
        lambda m, _: ({"x": Records(np.zeros(1), {})}, {}),
        "owner .* whole numbers.* float64",
    ),
    "no destination": (
        lambda m, _: (m, {"x": Packets(np.arange(2), np.arange(1), {})}),
        "2 sources but 1 destinations",
    ),
}
