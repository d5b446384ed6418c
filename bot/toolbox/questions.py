"""The tool with which the model asks the person: a few answers to tap, or a field for another one."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_ai.messages import ToolCallPart
from pydantic_ai.tools import ToolDefinition

from bot.messages import Question
from memory.ids import PendingId

ASK_PERSON = "ask_person"
MOST_QUESTIONS, MOST_CHOICES = 4, 5
"""More is an interrogation; a row of buttons holds five."""

Words = Annotated[str, Field(min_length=1, max_length=250)]
Choice = Annotated[str, Field(min_length=1, max_length=75)]


class OneQuestion(BaseModel):
    """One question to the person."""

    model_config = ConfigDict(extra="forbid")

    question: Words = Field(description="One short sentence with a question mark.")
    choices: list[Choice] = Field(
        default=[], max_length=MOST_CHOICES, description="Likely answers in full, the likeliest first."
    )
    about: str = Field(default="", max_length=250, description="What it is for, in a few words.")
    field: Literal["text", "number", "date", "time", "person"] = Field(
        default="text", description="What kind of answer it is when none of the choices fits."
    )


class Questions(BaseModel):
    """What the model sends."""

    model_config = ConfigDict(extra="forbid")

    questions: list[OneQuestion] = Field(min_length=1, max_length=MOST_QUESTIONS)


DEFINITION = ToolDefinition(
    name=ASK_PERSON,
    description=(
        "Ask the person what only they can know and what no tool can find out: which of two boards, which Anna, how"
        " long. All questions in one call. Never to get permission: tools ask for that by themselves. Never for a"
        " password or a code."
    ),
    parameters_json_schema=Questions.model_json_schema(),
)


def questions_of(part: ToolCallPart) -> Sequence[Question]:
    """The questions of one call. Raises ValueError that tells the model what to mend."""
    try:
        asked = Questions.model_validate(part.args_as_dict())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(
            f"{ASK_PERSON} cannot take this: `{where}`: {first['msg']}. Mend it and call again."
        ) from error
    return [
        Question(
            pending=PendingId(""),
            ask=one.question,
            about=one.about,
            choices=tuple(dict.fromkeys(one.choices)),
            field=one.field,
        )
        for one in asked.questions
    ]
