"""Two hundred documents of a company that does not exist, and what its people ask: each question with its passage.

Policies come in five countries, runbooks for ten services: most words are shared, and near-duplicates abound. The
questions are in people's words, written without the search at hand. `DEV` may be looked at while the search is built;
`HELD_OUT` is only measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.knowledge_policies import POLICIES
from tests.benchmarks.knowledge_products import HOW_TOS, MEETINGS, PRODUCTS
from tests.benchmarks.knowledge_runbooks import INCIDENTS, SERVICES, TEAMS

COUNTRIES = ("Kenya", "Norway", "Canada", "Germany", "Japan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document, as Markdown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asks, and where the answer stands."""

    words: str
    title: str
    heading: str
    is_held_out: bool


def documents() -> list[Written]:
    """All two hundred, each with a title of its own."""
    return [*_policies(), *_runbooks(), *_products(), *_meetings(), *_how_tos()]


def questions() -> list[Question]:
    """More than two hundred, half of them held out."""
    return [*_of_policies(), *_of_runbooks(), *_of_products(), *_of_meetings(), *_of_how_tos()]


def _document(title: str, *sections: tuple[str, str]) -> Written:
    body = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in sections)
    return Written(title=title, text=f"# {title}\n\n{body}\n")


def _policies() -> Iterator[Written]:
    for number, policy in enumerate(POLICIES):
        for at, country in enumerate(COUNTRIES):
            values = {name: options[at] for name, options in policy.values.items()}
            scope = (
                f"This policy applies to everybody who is employed by Tamarack in {country}, full time or part time, "
                f"from 1 January {2024 + (number + at) % 3}. Contractors and agency staff follow the agreement with "
                "their own employer. Where local law is more generous than this policy, the law counts. Managers "
                "apply the policy in the same way for everybody in their team."
            )
            contact = (
                f"Ask the People team in {country} when something is unclear, or write to people@tamarack.example. "
                "The owner of this policy reviews it once a year and announces changes in #announcements four weeks "
                "before they take effect. Earlier versions are kept in the archive."
            )
            yield _document(
                f"{policy.title} ({country})",
                ("Who it applies to", scope),
                *((heading, text.format(**values)) for heading, text in policy.sections),
                ("Questions and changes", contact),
            )


def _of_policies() -> Iterator[Question]:
    for number, policy in enumerate(POLICIES):
        for at, (section, words) in enumerate(policy.questions):
            country = COUNTRIES[(number + 2 * at) % len(COUNTRIES)]
            yield Question(
                words=words.format(country=country),
                title=f"{policy.title} ({country})",
                heading=policy.sections[section][0],
                is_held_out=bool(at % 2),
            )


def _runbooks() -> Iterator[Written]:
    for at, (service, about) in enumerate(SERVICES.items()):
        for incident in INCIDENTS:
            team = TEAMS[at % len(TEAMS)]
            yield _document(
                f"Runbook: {service}, {incident.title}",
                ("About the service", f"The {service} service {about} It is owned by the {team} team."),
                ("Symptoms", incident.symptoms.format(service=service)),
                ("First steps", incident.steps.format(service=service)),
                ("Escalation", incident.escalation.format(service=service, team=team)),
            )


def _of_runbooks() -> Iterator[Question]:
    for at, service in enumerate(SERVICES):
        for number, incident in enumerate(INCIDENTS):
            heading, words = incident.questions[(at + number) % len(incident.questions)]
            yield Question(
                words=words.format(service=service),
                title=f"Runbook: {service}, {incident.title}",
                heading=heading,
                is_held_out=bool((at + number) % 2),
            )


def _products() -> Iterator[Written]:
    for product in PRODUCTS:
        yield _document(product.title, *product.sections)


def _of_products() -> Iterator[Question]:
    for number, product in enumerate(PRODUCTS):
        for at, (section, words) in enumerate(product.questions):
            yield Question(
                words=words,
                title=product.title,
                heading=product.sections[section][0],
                is_held_out=bool((number + at) % 2),
            )


def _meetings() -> Iterator[Written]:
    for meeting in MEETINGS:
        present = f"Present: {meeting.people}. Notes are kept by whoever facilitates; corrections within a week."
        yield _document(
            meeting.title,
            ("Attendance", present),
            ("Decisions", meeting.decided),
            ("Actions", meeting.actions),
        )


def _of_meetings() -> Iterator[Question]:
    for number, meeting in enumerate(MEETINGS):
        heading, words = meeting.question
        yield Question(words=words, title=meeting.title, heading=heading, is_held_out=bool(number % 2))


def _how_tos() -> Iterator[Written]:
    for how_to in HOW_TOS:
        yield _document(how_to.title, *how_to.sections)


def _of_how_tos() -> Iterator[Question]:
    for number, how_to in enumerate(HOW_TOS):
        for at, (section, words) in enumerate(how_to.questions):
            yield Question(
                words=words,
                title=how_to.title,
                heading=how_to.sections[section][0],
                is_held_out=bool((number + at) % 2),
            )


UNANSWERED = (
    "Who won the football world cup in 1998?",
    "What is the boiling point of ethanol?",
    "Can you recommend a good pasta recipe?",
    "How tall is Mount Kilimanjaro?",
    "Which planet has the most moons?",
    "What does the fox say in the song?",
    "Translate good morning into Portuguese",
    "How do I train a puppy to sit?",
    "Who painted the ceiling of the Sistine chapel?",
    "Best guitar chords for beginners",
    "What is the capital of Mongolia?",
    "Why is the sky blue at noon and red in the evening?",
)
"""Nothing of this stands anywhere."""
