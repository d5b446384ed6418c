"""A model's answer as JSON text, as a durable step stores it. Imports pydantic-ai: import it after `LLM.warm`."""

from pydantic import TypeAdapter
from pydantic_ai.messages import ModelResponse

from bot.llm.call import ModelAnswer

_ANSWER: TypeAdapter[ModelAnswer] = TypeAdapter(ModelAnswer)
# `ModelAnswer` names a type that its own module imports only for type checkers.
_ANSWER.rebuild(_types_namespace={"ModelResponse": ModelResponse})


def answer_text(answer: ModelAnswer) -> str:
    """`answer` as JSON text."""
    return _ANSWER.dump_json(answer).decode()


def read_answer(text: str) -> ModelAnswer:
    """The answer that `answer_text` wrote."""
    return _ANSWER.validate_json(text)
