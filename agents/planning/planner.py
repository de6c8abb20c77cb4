"""The planner that asks a model: mostly once, up to three times where its plan finds nothing; every plan is checked."""

import math
import time

from agents.model.chat import ChatModel
from agents.planning.brief import PastWords, PlanBrief
from agents.planning.check import check_plan
from agents.planning.consultation import Consultation
from agents.planning.draft import Draft
from agents.planning.findings import findings
from agents.state import Plan
from errors import ModelError, ModelNonsense
from settings import Settings

__all__ = ["PastWords", "PlanBrief", "plan_with_model"]

_MOST_ROUNDS = 3


async def plan_with_model(
    model: ChatModel, brief: PlanBrief, settings: Settings, *, within_s: float = math.inf
) -> Plan:
    """Return the checked plan of one turn; what is dropped is added to `brief.notes`.

    An answer that is no plan is repaired once. A plan that finds nothing is answered with its counts while there is
    time; the model that then says the same again, or fails, leaves the plan it gave before.
    Raises ModelUnavailable, or ModelNonsense after a second answer that is no plan either.
    """
    began = time.monotonic()
    deadline = began + min(settings.llm_timeout_s, within_s)
    native = settings.llm_tools == "native" or (settings.llm_tools == "auto" and model.endpoint.takes_tools)
    consultation = Consultation(model, brief, deadline, native=native)
    plan = last = None
    for n_round in range(1, _MOST_ROUNDS + 1):
        draft = await _next_draft(consultation, brief, plan)
        if draft is None and plan is None and n_round == 1:
            consultation.correct()
            continue
        if draft is None or draft == last:
            break
        better, dropped = check_plan(draft, brief)
        if better == plan:
            break
        brief.notes += dropped
        found = findings(better, brief)
        plan, last = better if plan is None or not found else plan, draft
        a_round_s = (time.monotonic() - began) / n_round
        if not found or time.monotonic() + a_round_s > deadline:
            break
        brief.notes += [f"found nothing: {tool}" for tool in found]
        consultation.tell(found)
    if plan is None:
        raise ModelNonsense("The language model gave no usable plan.")
    return _without_dead_ends(plan, brief)


def _without_dead_ends(plan: Plan, brief: PlanBrief) -> Plan:
    """Leave out the model's own limits where they leave nothing: the linker was not sure of their words either."""
    if "filter_items" not in findings(plan, brief):
        return plan
    brief.notes.append("limits of the model: nothing meets them beside the others")
    return plan.model_copy(update={"limits": []})


async def _next_draft(consultation: Consultation, brief: PlanBrief, plan: Plan | None) -> Draft | None:
    """Ask; a failure after a first plan costs only what might have been better."""
    try:
        return await consultation.draft()
    except ModelError as error:
        if plan is None:
            raise
        brief.notes.append(str(error))
        return None
