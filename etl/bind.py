"""Which words name a number: the noun phrase before it, behind it or around it, one for each number or one for several.

Reads masked text, blocks and quantities; returns a Bound for each statement. Times, kinds and domains are decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from etl.binding.before import named_before
from etl.binding.behind import named_around, named_behind
from etl.binding.changes import named_again, named_change, named_compared
from etl.binding.rewards import is_condition, is_reward, named_reward
from etl.binding.run import Run
from etl.binding.steps import chain_from, named_in_step, share_head_behind
from etl.model import Block, Bound, Quantity, Text
from etl.sentences import sentences, stretches


def bind(t: Text, blocks: list[Block], quantities: list[Quantity]) -> list[Bound]:
    """Statements of all prose blocks, in order of place. `quantities` are sorted."""
    found: list[Bound] = []
    at = 0
    for block in blocks:
        while at < len(quantities) and quantities[at].start < block.start:
            at += 1
        last = at
        while last < len(quantities) and quantities[last].start < block.end:
            last += 1
        if block.kind == "prose" and last > at:
            found += _block(t, block, quantities[at:last])
        at = last
    return found


def _block(t: Text, block: Block, quantities: list[Quantity]) -> Iterator[Bound]:
    for run in _runs(t, block, quantities):
        yield from (bound for bound in _bind_run(run) if bound.name)


def _runs(t: Text, block: Block, quantities: list[Quantity]) -> Iterator[Run]:
    before: list[Bound] = []
    at = 0
    for sentence in sentences(t.masked, block.start, block.end):
        for start, end in stretches(t.masked, sentence):
            while at < len(quantities) and quantities[at].start < start:
                at += 1
            last = at
            while last < len(quantities) and quantities[last].start < end:
                last += 1
            if last > at:
                mine = quantities[at:last]
                run = Run(t, block, sentence, start, max(end, mine[-1].full_end), mine, before=before)
                yield run
                before, at = run.bound or before, last


def _bind_run(run: Run) -> list[Bound]:
    index = 0
    run.quantities = [q for q in run.quantities if not is_condition(run, q)]
    while index < len(run.quantities):
        index += _bind_at(run, index)
    if len(run.bound) > 1:
        share_head_behind(run)
    return run.bound


def _bind_at(run: Run, index: int) -> int:
    """Bind the quantity at `index`, and those that go with it; returns how many."""
    left = run.quantities[index - 1].full_end if index else run.start
    chain = chain_from(run, index)
    if is_reward(run, chain):
        return named_reward(run, index, left, chain)
    if len(chain) > 1 and (steps := named_in_step(run, left, chain)):
        return steps
    distance = named_compared(run, index, left)
    if distance is not None:
        run.bound += distance
        return 1
    for rule in (named_change, named_again, named_around, named_behind, named_before):
        made = rule(run, index, left)
        if made:
            run.bound += made
            return 1
    return 1
