"""What a person can allow: the scopes of Google that the playground knows, in words."""

API = "https://www.googleapis.com/auth/"

OPENID = "openid"
EMAIL = f"{API}userinfo.email"
PROFILE = f"{API}userinfo.profile"
SIGN_IN = frozenset({OPENID, EMAIL, PROFILE})
"""Given with every sign-in: a person cannot untick them."""

MAIL_ALL = "https://mail.google.com/"
MAIL_READ = f"{API}gmail.readonly"
MAIL_MODIFY = f"{API}gmail.modify"
MAIL_COMPOSE = f"{API}gmail.compose"
MAIL_SEND = f"{API}gmail.send"
MAIL_LABELS = f"{API}gmail.labels"
MAIL_METADATA = f"{API}gmail.metadata"
MAIL_SETTINGS = f"{API}gmail.settings.basic"

DRIVE = f"{API}drive"
DRIVE_READ = f"{API}drive.readonly"
DRIVE_METADATA = f"{API}drive.metadata.readonly"
DRIVE_FILE = f"{API}drive.file"

CALENDAR = f"{API}calendar"
CALENDAR_READ = f"{API}calendar.readonly"
CALENDAR_EVENTS = f"{API}calendar.events"
CALENDAR_EVENTS_READ = f"{API}calendar.events.readonly"
CALENDAR_FREE_BUSY = f"{API}calendar.freebusy"
CALENDAR_SETTINGS_READ = f"{API}calendar.settings.readonly"

WORDS = {
    MAIL_ALL: "Read, compose, send and permanently delete all your email from Gmail",
    MAIL_READ: "View your email messages and settings",
    MAIL_MODIFY: "Read, compose and send emails from your Gmail account",
    MAIL_COMPOSE: "Manage drafts and send emails",
    MAIL_SEND: "Send email on your behalf",
    MAIL_LABELS: "See and edit your email labels",
    MAIL_METADATA: "View your email message metadata such as labels and headers, but not the email body",
    MAIL_SETTINGS: "See, edit, create or change your email settings and filters in Gmail",
    DRIVE: "See, edit, create and delete all of your Google Drive files",
    DRIVE_READ: "See and download all your Google Drive files",
    DRIVE_METADATA: "See information about your Google Drive files",
    DRIVE_FILE: "See, edit, create and delete only the specific Google Drive files you use with this app",
    CALENDAR: "See, edit, share and permanently delete all the calendars you can access using Google Calendar",
    CALENDAR_READ: "See and download any calendar you can access using your Google Calendar",
    CALENDAR_EVENTS: "View and edit events on all your calendars",
    CALENDAR_EVENTS_READ: "View events on all your calendars",
    CALENDAR_FREE_BUSY: "View your availability in your calendars",
    CALENDAR_SETTINGS_READ: "View your Calendar settings",
}
"""What the consent page says of each; as Google says it."""

EVERYTHING = frozenset({*SIGN_IN, MAIL_MODIFY, DRIVE, CALENDAR})

_SHORT = {"email": EMAIL, "profile": PROFILE}


def full(scope: str) -> str:
    """`scope` as token answers write it: there, `email` and `profile` have long names."""
    return _SHORT.get(scope, scope)


def is_known(scope: str) -> bool:
    return full(scope) in SIGN_IN or scope in WORDS
