"""The plan of a turn: by the model where there is one, by the basic planner otherwise or when the model fails."""

import asyncio

from agents.kit import Kit
from agents.planning.asking import opening_question
from agents.planning.basic_planner import plan_basic
from agents.planning.merge import merged
from agents.planning.newness import newest_quarter
from agents.planning.planner import PlanBrief, plan_with_model
from agents.planning.talk import recent_words
from agents.profile.opening import taste_calls
from agents.state import Ledger, Plan
from agents.turn import Turn
from errors import ModelError
from retrieval.items import Filter

FELL_BACK = " The basic planner answered."
"""How a notice ends that says why the model did not plan."""
_SHARE_OF_TIME = 0.6
"""Part of the time left that planning may take; the answer needs the rest."""
_GRACE_S = 0.2
"""The planner keeps the time itself, and gives the plan it has; this is for a model that does not."""


async def plan_turn(turn: Turn, kit: Kit) -> None:
    """Fill `turn.plan`; every call carries the filters of the ledger and of the plan."""
    read = turn.read
    talk = recent_words(turn, kit.nouns)
    basic = plan_basic(
        read.understanding,
        turn.thread,
        read.ledger.filters,
        always_slate=turn.always_slate,
        talk=talk,
        new=newest_quarter(kit.bundle.catalog),
        wishes=[*_liked_values(read.ledger), *read.understanding.soft],
        generates=kit.bundle.generator is not None,
    )
    if not kit.bundle.manifest.embedder:
        basic = basic.model_copy(update={"calls": [call for call in basic.calls if call.tool != "search_meaning"]})
    basic = basic.model_copy(update={"calls": [*basic.calls, *taste_calls(turn, kit.bundle.catalog)]})
    turn.plan = basic
    if not turn.always_slate and not turn.action:
        turn.question = opening_question(read.understanding, read.ledger, turn.thread, kit.bundle.catalog)
    if turn.budget.open and turn.text and read.understanding.intent in ("recommend", "similar", "more"):
        brief = PlanBrief.of(turn, kit)
        planned = await _ask_model(turn, kit, brief)
        if planned is not None:
            turn.planner = "llm"
            limits = [*read.ledger.filters, *(limit.filter for limit in planned.limits)]
            turn.plan = merged(planned, basic, limits, brief)
            asked = planned.question
            turn.question = asked if asked and (asked.choices or not turn.question) else turn.question


def _liked_values(ledger: Ledger) -> list[Filter]:
    liked = [taste for taste in ledger.tastes if taste.field and taste.kind == "like"]
    return [Filter(field=taste.field, op="contains", value=taste.value) for taste in liked]


async def _ask_model(turn: Turn, kit: Kit, brief: PlanBrief) -> Plan | None:
    within_s = max(0.1, turn.left_s * _SHARE_OF_TIME)
    try:
        async with asyncio.timeout(within_s + _GRACE_S):
            return await plan_with_model(turn.budget, brief, kit.settings, within_s=within_s)
    except ModelError as error:
        reason = str(error)
    except TimeoutError:
        reason = "The language model took too long."
    turn.notices.append(reason + FELL_BACK)
    return None
