"""Checkpoints: a folder that holds the last round of a run, from which any engine goes on.

`checkpoint.json` says which run it is (`fingerprint`), where it stands (`State`), and which shards belong to it, with
their sizes and checksums. The blocks write their shards, and then the JSON is replaced at once; shards of older rounds
go after that. So the folder is whole whenever a process dies. Reading never executes code.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import zlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Annotated

from msgspec import Meta, Struct, to_builtins

from logdepth.mpc.engine import Machines, Progress, Run, State, Traffic, begin, run_on
from logdepth.mpc.errors import ProtocolError
from logdepth.mpc.fingerprint import fingerprint
from logdepth.mpc.protocol import Again, Do, Protocol
from logdepth.mpc.records import Memory
from logdepth.mpc.shards import Shard, damage, flush, refusal, shard_path
from logdepth.numerics.documents import Count, Departure, Positive, conform, read_json, show
from logdepth.numerics.errors import UsageError
from logdepth.numerics.files import kind_of
from logdepth.numerics.version import __version__

FORMAT, VERSION = "logdepth checkpoint", 2
MANIFEST, UNFINISHED, LOCK = "checkpoint.json", "checkpoint.json.new", ".lock"
PLACE = re.compile(r"(round-\d+|end)-[0-9a-f]{8}")

Round = tuple[Count, Count, Count, Count, Count, str, Annotated[int, Meta(ge=0)] | None]
"""The values of a `Traffic`."""


class RunForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What `checkpoint.json` says of a run: which it is, as `fingerprint` tells, and where it stands, as `State`."""

    name: str
    machines: Positive
    memory: Positive
    groups: dict[str, Positive]
    steps: str
    input: str
    at: Count
    turns: list[tuple[Count, Positive]]
    held: Count
    traffic: list[Round]
    place: str  # the folder of the shards, "" before the first round
    shards: list[Shard]


class ManifestForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The form of `checkpoint.json`; crc32: of `run`."""

    format: str
    version: Count
    library: str
    crc32: Count
    run: RunForm


class Checkpoints:
    """The folder of a run, made if it is not there; no other process may use it meanwhile. A context manager.

    Errors: UsageError for a folder of something else or of another run, for one that is damaged or in use, and if the
    system refuses.
    """

    def __init__(self, directory: str | Path, protocol: Protocol, memory: Memory) -> None:
        self.folder = Path(directory).resolve()
        self.protocol = protocol
        self.fingerprint = fingerprint(protocol, memory)
        self.mark = new_mark()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.lock = lock(self.folder)
            held = {entry.name for entry in self.folder.iterdir()} - {UNFINISHED, LOCK}
        except (FileExistsError, NotADirectoryError):
            raise UsageError(f"{directory} is a file, and checkpoints are a folder. Choose another path.") from None
        except OSError as error:
            raise refusal(self.folder, error) from error
        try:
            if not held:
                self.commit(State(), "", [])
            elif MANIFEST not in held:
                raise UsageError(
                    f"{self.folder} holds {min(held)!r} but no {MANIFEST}: it is no folder of checkpoints, or a part of"
                    f" one. {ELSEWHERE}"
                )
            else:
                self.read()
        except BaseException:
            self.close()
            raise

    @property
    def state(self) -> State:
        """Where the run stands that was committed last."""
        run = self.run
        return State(run.at, dict(run.turns), [Traffic(*words) for words in run.traffic], run.held)

    @property
    def shards(self) -> list[Shard]:
        """What belongs to it; none before the first round."""
        return self.run.shards

    @property
    def place(self) -> Path:
        """Where they are."""
        return self.folder / self.run.place

    def place_after(self, round_: int | None) -> Path:
        """Where blocks are to write their shards after a round; None: in the end."""
        return self.folder / f"{'end' if round_ is None else f'round-{round_}'}-{self.mark}"

    def commit(self, state: State, place: str, shards: Sequence[Shard]) -> None:
        """Go on from here after a stop: the blocks have written `shards` into the folder `place`."""
        run = self.fingerprint | {
            "at": state.at,
            "turns": sorted(state.turns.items()),
            "held": state.held,
            "traffic": [list(vars(traffic).values()) for traffic in state.traffic],
            "place": place,
            "shards": to_builtins(list(shards)),
        }
        text = json.dumps(run)
        head = json.dumps({"format": FORMAT, "version": VERSION, "library": __version__})
        new = self.folder / UNFINISHED
        check_free(new)
        try:
            for block, shard in enumerate(shards):
                path = shard_path(self.folder / place, block)
                if not path.exists() or path.stat().st_size != shard.size:
                    raise UsageError(
                        f"a worker wrote {path}, but it is not to be seen from here. Choose a folder that all workers"
                        " share."
                    )
            with new.open("w", encoding="utf-8") as file:
                file.write(f'{head[:-1]}, "crc32": {zlib.crc32(text.encode())}, "run": {text}}}\n')
                flush(file)
            new.replace(self.folder / MANIFEST)
        except OSError as error:
            raise refusal(self.folder, error) from error
        self.run = conform(json.loads(text), RunForm)
        for entry in self.folder.iterdir():
            if PLACE.fullmatch(entry.name) and entry.name != place:
                shutil.rmtree(entry, ignore_errors=True)

    def read(self) -> None:
        """Take what was committed last."""
        path = self.folder / MANIFEST
        try:
            manifest = read_json(path)
            if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
                raise UsageError(f"{path} describes no checkpoint. {ELSEWHERE}")
            if manifest.get("version") != VERSION:
                library, version = (show(manifest.get(name)) for name in ("library", "version"))
                raise UsageError(
                    f"{self.folder} was written by logdepth {library}, in format version {version}; logdepth"
                    f" {__version__} reads format version {VERSION}. Go on with that one, or start again in"
                    " another folder."
                )
            whole = conform(manifest, ManifestForm)
            if zlib.crc32(json.dumps(manifest["run"]).encode()) != whole.crc32:
                raise Departure("it is not as it was written")
            for what, ours in self.fingerprint.items():
                theirs = getattr(whole.run, what)
                if theirs != ours:
                    raise UsageError(
                        f"{self.folder} holds another run: {DIFFERENCES[what].format(theirs=theirs, ours=ours)}."
                        f" {ELSEWHERE}"
                    )
            check_run(whole.run, self.protocol)
        except Departure as departure:
            raise damage(self.folder, f"{MANIFEST}: {departure}") from None
        self.run = whole.run

    def go_back(self) -> None:
        """To what was committed last, since blocks are lost."""
        self.mark = new_mark()
        self.read()

    def close(self) -> None:
        os.close(self.lock)

    def __enter__(self) -> Checkpoints:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def check_run(run: RunForm, protocol: Protocol) -> None:
    """Departure for a place, turns or rounds that no run of this protocol reaches."""
    code, rounds = protocol.code, len(run.traffic)
    if not run.shards:
        if run.at or run.turns or run.traffic or run.held or run.place:
            raise Departure("run.shards is empty, and rounds were done")
        return
    if len(run.shards) > protocol.machines:
        raise Departure(f"run.shards is a list of {len(run.shards)}, and there are {protocol.machines} machines")
    ended = run.at == len(code)
    if run.at > len(code) or not run.at or not (ended or protocol.sends(run.at - 1)):
        raise Departure(f"run.at is {run.at}, where no round ends")
    if not PLACE.fullmatch(run.place) or run.place.rpartition("-")[0] != ("end" if ended else f"round-{rounds}"):
        raise Departure(f"run.place is {show(run.place)}, and {rounds} rounds were done")
    loops = {end: again for end, again in enumerate(code) if isinstance(again, Again)}
    for end, turns in run.turns:
        again = loops.get(end)
        if again is None or not again.back <= run.at <= end or turns >= again.most:
            raise Departure(f"run.turns has {turns} of the loop at {end}, which is not taken so often there")
    sends = [at for at in range(len(code)) if protocol.sends(at)]
    least = sum(at < run.at for at in sends)
    if not least <= rounds <= (protocol.rounds if loops else least):
        raise Departure(f"run.traffic is a list of {rounds}, which is not how many rounds there are up to run.at")
    routines = {instruction.routine for instruction in code if isinstance(instruction, Do)}
    for number, (held, sent, received, _, _, routine, _) in enumerate(run.traffic):
        if max(held, sent, received) > protocol.memory or routine not in routines:
            raise Departure(f"run.traffic[{number}] is of no round of this protocol")
    if run.held > protocol.memory:
        raise Departure(f"run.held is {run.held}; the memory is {protocol.memory} words")


def check_free(path: Path) -> None:
    """UsageError if anything but a file stands where one is to be written."""
    kind = kind_of(path.lstat().st_mode) if os.path.lexists(path) else None
    if kind:
        raise UsageError(f"{path} is {kind}, where a file is to be written. Take it away.")


def new_mark() -> str:
    """A mark for names of shards: a block that outlives its driver writes other files than its successor."""
    return secrets.token_hex(4)


ELSEWHERE = "Choose another folder, or an empty one."
DIFFERENCES = {
    "name": "its protocol is {theirs!r}, not {ours!r}",
    "machines": "it has {theirs} machines, not {ours}",
    "memory": "its machines have {theirs} words, not {ours}",
    "groups": "its machines are other groups",
    "steps": "its steps are others, of another version of the protocol or with other parameters (or of another Python)",
    "input": "it began with other records",
}


def checkpoints(
    directory: str | Path | None, protocol: Protocol, memory: Memory
) -> AbstractContextManager[Checkpoints | None]:
    """The folder of a run, if it has one."""
    return nullcontext() if directory is None else Checkpoints(directory, protocol, memory)


def carry_on(
    machines: Machines,
    protocol: Protocol,
    memory: Memory,
    progress: Progress | None = None,
    checkpoints: Checkpoints | None = None,
) -> Run:
    """Run from the last checkpoint to the end, or from what machines hold at first if there is none."""
    if checkpoints is None:
        return run_on(machines, protocol, begin(machines, protocol, memory), progress)
    state = checkpoints.state
    if checkpoints.shards:
        machines.load(checkpoints.place, checkpoints.shards)
    else:
        begin(machines, protocol, memory)

    fresh = not checkpoints.shards

    def save(state: State) -> None:
        nonlocal fresh
        place = checkpoints.place_after(None if state.at == len(protocol.code) else len(state.traffic))
        checkpoints.commit(state, place.name, machines.save(place))
        fresh = True

    try:
        return run_on(machines, protocol, state, progress, save)
    except ProtocolError as error:
        if fresh:
            raise
        raise ProtocolError(
            error,
            f"That is the first step from {checkpoints.folder}, which may hold other records than a run of this"
            " protocol. If the step is right, start again in another folder.",
        ) from error.__cause__


def lock(folder: Path) -> int:
    """A lock on a folder, until it is closed or this process dies. Errors: UsageError if another process has it."""
    lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR)
    try:
        import fcntl
    except ImportError:  # as on Windows
        return lock
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise UsageError(f"another run uses {folder}. Wait for its end, or choose another folder.") from None
    return lock
