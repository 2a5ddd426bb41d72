"""One worker of a planning run: a process that improves, proves, or does both by turns.

It talks to its coordinator (`solver.engine.crew`) over a pipe and holds nothing that is not
lost gladly: whatever it finds is sent at once, so that its crash costs time and nothing else.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import cached_property
from multiprocessing.connection import Connection
from time import monotonic

import numpy as np

from solver.engine import adopt, kernels, pin_clashes, plainly, prove, reasons, repair
from solver.engine.arrays import Arrays
from solver.engine.board import Board
from solver.engine.construct import construct
from solver.engine.improve import Improver, related_workshops
from solver.engine.kernels.ahead import compile_all
from solver.engine.merge import merge
from solver.engine.messages import (
    Adopt,
    Clashing,
    Explain,
    Explained,
    Finished,
    Found,
    FromWorker,
    Phase,
    Priced,
    Task,
)
from solver.engine.options import all_options
from solver.engine.prices import Prices
from solver.engine.search import Search, too_late
from solver.engine.slate import Slate
from solver.engine.staffing import reoptimise
from solver.engine.whole import too_large
from solver.schedule import Reason, Session

FREE, AROUND, MOVE = 5, 14, 3.0  # workshops free and restaffed before anything is compiled, and seconds
INSERTION = "sessions.insert"  # compiled when half of all is: what it calls comes before it
PLAINLY = 2.0  # seconds between two schedules sent while they are made so slowly
IDLE = 0.7  # how often they are chosen around one that is not held
MENDING = 0.25  # share of the time left after which no wider ring around what is repaired is begun
MERGING = 0.1  # share of the time that merging others' schedules with ours may take
MERGE = 3.0  # seconds for one of them
OFFERS = 3  # schedules of others remembered
PATIENCE = 3.0  # seconds that a worker waits to be asked for explanations when it is done


def main(pipe: Connection) -> None:
    """Entry point of the process; the first thing it is told is its task."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the coordinator decides when to end
    threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()
    try:
        task = pipe.recv()
    except (OSError, EOFError):
        os._exit(1)  # the coordinator has gone before it had told us anything, or while it did
    try:
        Worker(pipe, task).run()
        pipe.send(Finished())
    except (BrokenPipeError, ConnectionResetError, EOFError):
        pass  # the coordinator is gone
    os._exit(0)  # at once: a solver's thread may still be at work, and must not be torn down under it


def _die_with(parent: int) -> None:
    """End this process when the one that started it has ended, even by SIGKILL in mid-solve."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


class Worker:
    """The state of one worker: its board, and what it has to say."""

    def __init__(self, pipe: Connection, task: Task) -> None:
        self.pipe, self.task = pipe, task
        self.rng = np.random.default_rng(task.seed)
        self.explain: Explain | None = None
        self.offered: list[Adopt] = []  # what others have found since we last looked
        self.merge_next = -np.inf
        self.prices: Prices | None = None
        self.respected: Prices | None = None
        self.sent = self.best_known = -np.inf
        self.along = False  # whether we go on from what others have found

    def run(self) -> None:
        """Read, construct, then improve and prove until the time is up."""
        self.say(Phase("reading"))
        if not self.task.improve and len(self.task.round.workshops) > prove.PLAINLY:
            compile_all()  # while the others read, which takes long enough: they begin plainly
        arrays = Arrays(self.task.round)
        begin_with = self.task.begin_with or adopt.published_sessions(self.task.round)
        sets = all_options(arrays, {s.workshop: s.start for s in begin_with})
        self.arrays, self.board = arrays, Board(arrays, sets)
        if self.task.improve and begin_with:
            self.mend(begin_with)  # needs nothing compiled
        if self.task.improve and not kernels.compiled():
            self.begin_plainly()
            if self.over():
                return self.explain_if_asked()
        if self.task.improve:
            self.construct(begin_with)
        if self.task.prove:
            prove.prove(self)
        if not self.task.improve:
            self.construct(begin_with)
        self.search()
        return self.explain_if_asked()

    @cached_property
    def slate(self) -> Slate:
        """Made when it is needed: small rounds are proven without."""
        return Slate(self.arrays, self.board.sets, self.task.seed)

    def begin_plainly(self) -> None:
        """What can be done while compiled code is made, once on each machine: it takes about a minute.

        A schedule by greedy insertion, plain until the kernels that insert are there; then exact models of
        parts of it. The board goes on from there.
        """
        self.say(Phase("compiling"))
        if not (self.task.accompanied and too_large(self.board)):  # else the other worker compiles
            threading.Thread(target=compile_all, daemon=True).start()
        board = self.board
        told = monotonic()
        for _ in plainly.fill(board, self.rng, lambda: self.over() or kernels.compiled(INSERTION)):
            if monotonic() > told + PLAINLY and plainly.complete(board):
                self.say(Found(board.sessions()))
                told = monotonic()
        if plainly.complete(board):
            self.say(Found(board.sessions()))
        if self.task.accompanied and len(board.sets) > prove.PLAINLY and not self.over():
            prove.tell_plain_bound(self)  # the other worker has its hands full
        related, filled = related_workshops(board), False

        def enough() -> bool:
            return self.over() or kernels.compiled()

        while not enough():
            before = board.objective
            if not filled and kernels.compiled(INSERTION):
                self.fill()
                filled = True
            idle = [w for w, options in enumerate(board.sets) if len(options) and board.placed[w] is None]
            among = idle if idle and self.rng.random() < IDLE else range(len(board.sets))
            seed = among[int(self.rng.integers(len(among)))]
            near = related[seed].tolist()
            reoptimise(board, [seed, *near[:FREE]], near[FREE : FREE + AROUND], MOVE, meanwhile=enough)
            if board.objective > before and plainly.complete(board):
                self.say(Found(board.sessions()))

    def fill(self) -> None:
        """Insert, compiled, what is not on the board yet."""
        self.slate.restore(self.board.placements())
        construct(self.slate, self.rng, stop=self.over)
        self.board.restore(self.slate.placements())
        if plainly.complete(self.board):
            self.say(Found(self.board.sessions()))

    def construct(self, begin_with: tuple[Session, ...]) -> None:
        """The first schedule."""
        if self.task.improve:
            self.say(Phase("first schedule"))
        elif begin_with and self.prices is None:
            self.mend(begin_with)  # who has prices looks elsewhere, beside the worker that repairs
        if self.prices is not None:
            self.respected = self.prices
            self.slate.respect(self.prices)
        self.slate.restore(self.board.placements())
        self.along = self.go_along()
        # Nothing found yet: the coordinator waits a little longer, and says when it does no more.
        stop = self.over if self.sent > -np.inf or not self.task.improve else self.heard
        if construct(self.slate, self.rng, stop=stop) and self.task.improve:
            self.satisfy_pins(begin_with)
        self.improver = Improver(self.slate, related_workshops(self.slate))
        self.send_best()

    def go_along(self) -> bool:
        """Begin from the best that others have found, where we are too late to grow something better."""
        late = too_late(len(self.board.sets), self.task.deadline - monotonic())
        if self.task.improve or not self.offered or not late:
            return False
        best = max(self.offered, key=lambda each: each.objective)
        found = adopt.placements_of(self.board, best.sessions)
        if found is None:
            return False
        self.slate.restore(found)
        self.sent = best.objective
        return True

    def mend(self, begin_with: tuple[Session, ...]) -> None:
        """From earlier sessions to the best ones near them.

        Only the first step where they are those published: what is asked for is the best plan, and the
        search gains more by the second. Of a schedule given to start from, or to be repaired, the affected
        sessions are next, exactly; wider rings come while there is plenty of time.
        """
        began = monotonic()
        until = began + MENDING * (self.task.deadline - began)
        for step, _ in enumerate(
            repair.mend(self.board, begin_with, self.rng, self.task.deadline, over=self.over)
        ):
            if not self.task.improve:  # beside the worker that repairs
                return
            self.say(Phase("repairing"))
            self.say(Found(self.board.sessions()))
            if not self.task.begin_with or (step and monotonic() > until):
                return

    def satisfy_pins(self, begin_with: tuple[Session, ...]) -> None:
        """Where construction cannot place what pins demand: solve for that, or show that it cannot be."""
        self.say(Phase("pins"))
        possible, sessions = pin_clashes.satisfiable(self.task.round, self.task.round.pins, over=self.over)
        if possible:
            self.board.restore([None] * len(self.board.sets))
            adopt.repair(self.board, sessions, self.rng)
            adopt.repair(self.board, begin_with, self.rng)
            self.slate.restore(self.board.placements())
            construct(self.slate, self.rng, stop=self.over)
        elif possible is False:
            clash = pin_clashes.smallest_clash(self.task.round, over=self.over)
            if clash is not None:
                self.say(Clashing(*clash))

    def search(self) -> None:
        """Turns of the search, as many as the task allows, for as long as it allows."""
        search = Search(self.improver, self.board, self.task, self.rng, over=self.over, heard=self.heard)
        if self.along:
            search.go_along()
        for turn, words in enumerate(search.turns()):
            self.send_best()
            if turn == self.task.steps:
                return
            if search.settled:
                self.take_over(search)
            news = self.prices if self.prices is not self.respected else None
            if news is not None and search.respect(news):
                self.respected = news
            self.say(Phase(words))

    # -- talking ------------------------------------------------------------

    def say(self, message: FromWorker) -> None:
        self.pipe.send(message)

    def over(self) -> bool:
        """Whether it is time to end."""
        return self.heard() or monotonic() >= self.task.deadline

    def heard(self) -> bool:
        """Listen; whether to stop what is going on."""
        while self.explain is None and self.pipe.poll():
            message = self.pipe.recv()
            if isinstance(message, Explain):
                self.explain = message
            elif isinstance(message, Adopt):
                self.offered = [*self.offered[1 - OFFERS :], message]  # looked at when the board is whole
                self.best_known = max(self.best_known, message.objective)
            elif isinstance(message, Priced) and message.prices.suits(self.arrays):
                self.prices = message.prices
        return self.explain is not None

    def take_over(self, search: Search) -> None:
        """Go on from the best of what others and we have found, put together."""
        began = monotonic()
        if not self.offered or began < self.merge_next:
            return
        search.heard_of_others = began
        offered, self.offered = self.offered, []
        known = [self.improver.best()]
        known += [found for each in offered if (found := adopt.placements_of(self.board, each.sessions))]
        merged = merge(self.board, known, min(MERGE, self.task.deadline - began), meanwhile=self.over)
        self.merge_next = monotonic() + (monotonic() - began) / MERGING
        if merged is not None:
            self.improver.go_on_from(merged)
        if self.improver.best_objective <= max(each.objective for each in offered):
            self.sent = max(self.sent, self.improver.best_objective)  # they know it already

    def target(self) -> float:
        """The objective of the best schedule known, for the length of subgradient steps."""
        return self.best_known if self.best_known > -np.inf else 0.0

    def send_best(self) -> None:
        """Send the best schedule if it is news."""
        if self.improver.best_objective > self.sent:
            self.sent = self.improver.best_objective
            sessions = tuple(self.board.session(p) for p in self.improver.best() if p)
            self.say(Found(sessions))

    # -- explaining ---------------------------------------------------------

    def explain_if_asked(self) -> None:
        """The last thing a worker does."""
        if self.explain or (self.pipe.poll(PATIENCE) and self.heard() and self.explain):
            self.answer(self.explain)

    def answer(self, question: Explain) -> None:
        """Say why workshops are not held in the schedule asked about, as many as time allows."""
        until = monotonic() + question.seconds
        if not adopt.adopt(self.board, question.sessions):
            return
        pools = reasons.Pools.of(self.task.round)
        found: dict[str, tuple[Reason, ...]] = {}
        for w, id in enumerate(self.arrays.workshop_ids):
            if monotonic() >= until:
                break
            if self.board.placed[w] is None:
                found[id] = reasons.against(self.board, w, pools)
        self.say(Explained(found))
