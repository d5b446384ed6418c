"""What Pinyon posts in Slack, one file for each kind of card."""

from datetime import datetime

from bot.messages import ApprovalCard, Card, ConnectCard, FailureCard, QuestionCard
from bot.slack.blocks import Message
from bot.slack.cards.agent_form import CHANGED as CHANGED_AGENT
from bot.slack.cards.agent_form import (
    MADE,
    AgentForm,
    SkillOption,
    agent_form_modal,
    at_agent_fields,
    read_agent_form,
)
from bot.slack.cards.agent_notes import (
    Draft,
    agent_note_modal,
    agent_problem,
    asked_by_starter,
    channel_answers,
    loading_modal,
    no_channel,
    not_saved_modal,
    now_answers,
    prompts_of,
    published_modal,
    saved_modal,
    starter_of,
    unknown_agent,
)
from bot.slack.cards.agents import (
    PICKED,
    AgentChoice,
    AgentChoices,
    agents_message,
    agents_modal,
    found_agents,
    who_answers,
)
from bot.slack.cards.approval import always_modal, approval_card, approval_modal, payload_modal
from bot.slack.cards.connect import connect_card
from bot.slack.cards.editing import Entered, at_fields, edit_modal, read_edits
from bot.slack.cards.failure import failure_card
from bot.slack.cards.greeting import empty_message, first_message, second_message
from bot.slack.cards.handed import (
    not_attached,
    stays_private,
    working_gone,
    working_modal,
    working_not_yours,
    workings_row,
)
from bot.slack.cards.help import WORDS, help_message, unknown_command, web_message
from bot.slack.cards.memory import LIST, MemoryState, memory_message, memory_modal, nothing_yet
from bot.slack.cards.memory_change import change_modal, read_change
from bot.slack.cards.memory_notes import (
    NOTED,
    Note,
    all_forgotten_note,
    changed_note,
    forgotten_note,
    gone_note,
    learning_note,
    name_forgotten_note,
    never_note,
    not_used_note,
    note_message,
    note_modal,
    pinned_note,
    problem_note,
    taken_back_note,
)
from bot.slack.cards.notes import (
    answered_already,
    answered_here,
    answered_privately,
    decided_already,
    heard_message,
    not_taken_back,
    not_undone,
    not_yours,
    out_of_date,
    refusal,
    thanks,
    try_again,
    waits_for_answer,
    waits_for_asker,
)
from bot.slack.cards.question import question_card, question_modal, read_answer, read_people
from bot.slack.cards.received import SUGGESTIONS, Suggestion, asked_by, only_file
from bot.slack.cards.skills import (
    Reach,
    SkillRow,
    another_account,
    connect_offer,
    skill_row,
    skills_message,
    switched_off,
    wants_changes,
    wider_consent,
)

__all__ = [
    "CHANGED_AGENT",
    "LIST",
    "MADE",
    "NOTED",
    "PICKED",
    "SUGGESTIONS",
    "WORDS",
    "AgentChoice",
    "AgentChoices",
    "AgentForm",
    "Draft",
    "Entered",
    "MemoryState",
    "Note",
    "Reach",
    "SkillOption",
    "SkillRow",
    "Suggestion",
    "agent_form_modal",
    "agent_note_modal",
    "agent_problem",
    "agents_message",
    "agents_modal",
    "all_forgotten_note",
    "always_modal",
    "another_account",
    "answered_already",
    "answered_here",
    "answered_privately",
    "approval_card",
    "approval_modal",
    "asked_by",
    "asked_by_starter",
    "at_agent_fields",
    "at_fields",
    "card_message",
    "change_modal",
    "changed_note",
    "channel_answers",
    "connect_card",
    "connect_offer",
    "decided_already",
    "edit_modal",
    "empty_message",
    "failure_card",
    "first_message",
    "forgotten_note",
    "found_agents",
    "gone_note",
    "heard_message",
    "help_message",
    "learning_note",
    "loading_modal",
    "memory_message",
    "memory_modal",
    "name_forgotten_note",
    "never_note",
    "no_channel",
    "not_attached",
    "not_saved_modal",
    "not_taken_back",
    "not_undone",
    "not_used_note",
    "not_yours",
    "note_message",
    "note_modal",
    "nothing_yet",
    "now_answers",
    "only_file",
    "out_of_date",
    "payload_modal",
    "pinned_note",
    "problem_note",
    "prompts_of",
    "published_modal",
    "question_card",
    "question_modal",
    "read_agent_form",
    "read_answer",
    "read_change",
    "read_edits",
    "read_people",
    "refusal",
    "saved_modal",
    "second_message",
    "skill_row",
    "skills_message",
    "starter_of",
    "stays_private",
    "switched_off",
    "taken_back_note",
    "thanks",
    "try_again",
    "unknown_agent",
    "unknown_command",
    "waits_for_answer",
    "waits_for_asker",
    "wants_changes",
    "web_message",
    "who_answers",
    "wider_consent",
    "working_gone",
    "working_modal",
    "working_not_yours",
    "workings_row",
]


def card_message(card: Card, *, now: datetime) -> Message:
    """Any card of a turn, as it stands."""
    match card:
        case ApprovalCard():
            return approval_card(card, now=now)
        case QuestionCard():
            return question_card(card)
        case ConnectCard():
            return connect_card(card)
        case FailureCard():
            return failure_card(card)
