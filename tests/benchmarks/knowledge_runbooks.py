"""The runbooks of the benchmark's company: ten services, each with the same four kinds of trouble."""

# The prose has blanks to fill in, and is wrapped by its author.
# ruff: noqa: E501

from dataclasses import dataclass

TEAMS = ("Platform", "Maps", "Payments")
SERVICES = {
    "tile-server": "renders map tiles and hands them to apps and the web.",
    "route-planner": "computes walking routes over huts and passes.",
    "checkout": "takes payments by card and invoices subscriptions.",
    "identity": "signs people in and keeps their sessions.",
    "mailer": "sends receipts, invitations and newsletters.",
    "search-index": "finds places by name in eleven languages.",
    "photo-store": "keeps the pictures that hikers upload.",
    "weather-feed": "collects forecasts from four institutes every hour.",
    "offline-packs": "bundles regions so that phones need no network.",
    "audit-log": "records who changed what, for the customers' own auditors.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One kind of trouble."""

    title: str
    symptoms: str
    steps: str
    escalation: str
    questions: tuple[tuple[str, str], ...]
    """(heading that answers, the question with a blank for the service)."""


INCIDENTS = (
    Incident(
        title="high latency",
        symptoms=(
            "The 95th percentile of response time of {service} is above 800 ms for five minutes, and the dashboard "
            "shows a growing queue of requests. Users say that everything is slow. CPU is often normal: look at the "
            "connection pool first."
        ),
        steps=(
            "Open the latency dashboard of {service} and compare the regions. Scale out by two pods with `kubectl scale`. If "
            "the database is the bottleneck, cancel queries older than a minute and switch reports off with the flag "
            "`reports_paused`. Warm the cache before traffic is moved back."
        ),
        escalation=(
            "If {service} is still slow after twenty minutes, page the {team} lead and open a bridge. Tell support what "
            "to say to customers. Do not restart all pods at once."
        ),
        questions=(
            ("First steps", "{service} is very slow, what do I do first about the latency?"),
            ("Symptoms", "How do I recognise that {service} has high latency?"),
            ("Escalation", "{service} is still slow after twenty minutes of latency work, whom do I page?"),
            ("First steps", "Can I add pods when {service} answers slowly?"),
        ),
    ),
    Incident(
        title="disk full",
        symptoms=(
            "An alert says that a volume of {service} is more than 90 per cent full, or writes fail with `No space left on "
            "device`. Logs stop in the middle of a line. New pods stay in CrashLoopBackOff."
        ),
        steps=(
            "Find the largest folders on the volume of {service} with `du`. Delete rotated logs that are older than three days "
            "and core dumps. Then grow the volume by half in the console; it needs no restart. Never delete "
            "files under `wal`."
        ),
        escalation=(
            "When less than two per cent are free on {service} and nothing can be deleted, page the {team} lead: writes are "
            "stopped by hand before data is damaged. Storage quotas are raised by the cloud desk within the hour."
        ),
        questions=(
            ("First steps", "The disk of {service} is full, which files may I delete?"),
            ("First steps", "How do I make the volume of {service} larger?"),
            ("Escalation", "Who raises the storage quota when there is no room left for {service}?"),
            ("Symptoms", "{service} writes fail with no space left on device, is that the disk full alert?"),
        ),
    ),
    Incident(
        title="certificate expired",
        symptoms=(
            "Browsers warn that the connection to {service} is not private, and clients log `x509: certificate has expired`. "
            "The probe `tls_days_left` is at zero. Internal callers fail at the same moment."
        ),
        steps=(
            "Renew the certificate of {service} with `certctl renew`, check the chain with openssl, and reload the ingress. Pinned "
            "mobile apps take the new key only if it is on the list of backup pins. Write down why the automatic renewal "
            "did not run."
        ),
        escalation=(
            "If the authority does not issue for {service} within fifteen minutes, page security, who keep a spare certificate "
            "in the vault. The {team} lead decides whether to use it."
        ),
        questions=(
            ("First steps", "How do I renew the TLS certificate of {service}?"),
            ("Escalation", "The authority issues no new certificate for {service}, is there a spare one?"),
            ("Symptoms", "Browsers say the connection to {service} is not private, has the certificate expired?"),
            ("First steps", "Certificate of {service} has run out, which command helps?"),
        ),
    ),
    Incident(
        title="bad deployment",
        symptoms=(
            "Within ten minutes of a release of {service} the error rate rises above one per cent, or the number of log "
            "exceptions doubles. The canary is red. Often only one region is hit because the rollout is staged."
        ),
        steps=(
            "Stop the rollout of {service} and go back to the last good version with `shipit rollback`. If the release changed "
            "the database, check first that the old version can read the new schema. Freeze the pipeline until the "
            "cause is known."
        ),
        escalation=(
            "When a rollback of {service} is not possible because of the schema, page the {team} lead and the author of the "
            "change. A forward fix needs a review by two people, also at night."
        ),
        questions=(
            ("First steps", "The new release of {service} is broken, how do I roll back?"),
            ("Symptoms", "Errors after releasing {service}, how can I tell it was a bad deployment?"),
            ("Escalation", "What if {service} cannot be rolled back because of the schema?"),
            ("First steps", "How do I stop the rollout of {service} after a bad deployment?"),
        ),
    ),
)
