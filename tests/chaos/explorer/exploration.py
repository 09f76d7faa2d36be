"""The walk: every world that can be reached, breadth first, and whether anything is ever stuck."""

from collections import deque
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.chaos.explorer.happenings import System
from tests.chaos.explorer.invariants import IN_EVERY_STEP, IN_EVERY_WORLD
from tests.chaos.explorer.state import World
from tests.chaos.explorer.step import CALM, Action, Name, Step
from tests.chaos.explorer.symmetry import key
from uploads.states import TERMINAL

T = TypeVar("T")
Rules = list[tuple[str, Callable[[T], bool]]]

STUCK = "nothing_is_ever_stuck"


@dataclass(frozen=True)
class Violation:
    """What does not hold, and the shortest way there."""

    invariant: str
    trace: tuple[Action, ...]
    world: World

    def __str__(self) -> str:
        steps = "".join(f"\n  {number}. {action}" for number, action in enumerate(self.trace, 1))
        return f"{self.invariant} is violated after {len(self.trace)} steps:{steps}\n{self.world}"


@dataclass(frozen=True)
class Exploration:
    """What a walk has seen."""

    states: int
    transitions: int
    violation: Violation | None


class Explorer:
    """Walks from one world through everything that can happen.

    Worlds that are the same (`symmetry`) count as one. The walk ends at the first violation,
    which, breadth first, is one with a shortest trace.
    """

    def __init__(self, system: System, start: World, *, blind_to: Collection[str] = ()) -> None:
        self.system = system
        self.start = start
        self.in_world = _named(IN_EVERY_WORLD, blind_to)
        self.in_step = _named(IN_EVERY_STEP, blind_to)
        self._worlds: list[World] = []
        self._ways: list[tuple[int, Action]] = []
        self._numbers: dict[Hashable, int] = {}
        self._calmly_from: list[list[int]] = []
        self._transitions = 0

    def explore(self) -> Exploration:
        """Walks; checks every step against the invariants, then that nothing is ever stuck."""
        violation = self._walk() or self._stuck()
        return Exploration(len(self._worlds), self._transitions, violation)

    def _walk(self) -> Violation | None:
        self._number(self.start, 0, Action(Name.BEGIN))
        here = 0
        while here < len(self._worlds):
            before = self._worlds[here]
            for action, after in self.system.happenings(before):
                if after == before:
                    continue
                self._transitions += 1
                seen = len(self._worlds)
                there = self._number(after, here, action)
                if action.name in CALM:
                    self._calmly_from[there].append(here)
                broken = _first_broken(self.in_step, Step(before, action, after))
                if broken is None and there == seen:
                    broken = _first_broken(self.in_world, after)
                if broken is not None:
                    return Violation(broken, (*self._trace(here), action), after)
            here += 1
        return None

    def _stuck(self) -> Violation | None:
        """The first world from which no calm continuation leads to a good end.

        In a finite system this says more than that there is a way: who takes calm steps at
        random long enough will come to the end, from wherever they are.
        """
        good = [number for number, world in enumerate(self._worlds) if self._is_good_end(world)]
        fine = set(good)
        todo = deque(good)
        while todo:
            for number in self._calmly_from[todo.popleft()]:
                if number not in fine:
                    fine.add(number)
                    todo.append(number)
        stuck = next((n for n in range(len(self._worlds)) if n not in fine), None)
        if stuck is None:
            return None
        return Violation(STUCK, self._trace(stuck), self._worlds[stuck])

    def _is_good_end(self, world: World) -> bool:
        """Everything has ended, and the client knows."""
        told = world.client is None or world.client.received == world.stream
        return told and all(row.state in TERMINAL and row.told is row.state for row in world.rows)

    def _number(self, world: World, came_from: int, action: Action) -> int:
        known = self._numbers.setdefault(key(world), len(self._worlds))
        if known == len(self._worlds):
            # As it came, not as its key: so that a trace goes on with the same names.
            self._worlds.append(world)
            self._ways.append((came_from, action))
            self._calmly_from.append([])
        return known

    def _trace(self, number: int) -> tuple[Action, ...]:
        trace: list[Action] = []
        while number:
            number, action = self._ways[number]
            trace.append(action)
        return tuple(reversed(trace))


def explore(system: System, start: World, *, blind_to: Collection[str] = ()) -> Exploration:
    """Everything that can happen from `start`; the invariants `blind_to` are not looked at."""
    return Explorer(system, start, blind_to=blind_to).explore()


def _named(rules: Sequence[Callable[[T], bool]], blind_to: Collection[str]) -> Rules[T]:
    return [(rule.__name__, rule) for rule in rules if rule.__name__ not in blind_to]


def _first_broken(rules: Rules[T], seen: T) -> str | None:
    for name, holds in rules:
        if not holds(seen):
            return name
    return None
