"""What the chat shows of one turn."""

from dataclasses import dataclass, field

from agents.about import About
from agents.events import Question
from ui import steps
from ui.markdown import aside, literal, prose
from ui.steps import Message, Step


@dataclass
class Turn:
    """What one turn has shown so far."""

    said: str
    """The user's line, as safe Markdown; "" where we speak first."""
    typed: str | None = None
    """What was typed, to be said again or changed; None for a click."""
    turn_id: str = ""
    """As the thread knows it; "" before it began there, and for what is said aside."""
    steps: dict[str, Step] = field(default_factory=dict)
    """Tool steps by call id, in the order they began."""
    notices: list[str] = field(default_factory=list)
    reply: str = ""
    question: Question | None = None
    ms: float = 0
    over: bool = False
    how: str = ""
    """Address of the page that tells how the answer came about; "" where there is none."""

    def messages(self, about: About) -> list[Message]:
        """Return the turn as chat messages; choices only come with the reply complete."""
        shown: list[Message] = [{"role": "user", "content": self.said}] if self.said else []
        if self.steps:
            looked = steps.message(list(self.steps.values()), about.noun, about.n_items, self.ms if self.over else 0)
            looked["content"] += f"\n\n[How this answer came about]({self.how})" if self.how and self.over else ""
            shown.append(looked)
        shown += [_assistant(aside(text)) for text in self.notices]
        if self.reply:
            shown.append(_assistant(prose(self.reply)))
        elif not self.over and not any(step.pending for step in self.steps.values()):
            shown.append(_assistant(aside("Choosing the best …" if self.steps else "Looking around …")))
        if self.question and self.over:
            asked = _assistant(literal(self.question.text))
            asked["options"] = [{"value": choice, "label": choice} for choice in self.question.choices]
            shown.append(asked)
        return shown

    def stop(self) -> None:
        """Close what was begun; a turn that is over stays as it is."""
        if not self.over:
            self.steps = {key: steps.stopped(step) for key, step in self.steps.items()}
            self.notices.append("Stopped.")
            self.over = True


def _assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}
