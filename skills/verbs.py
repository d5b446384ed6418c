"""The words by which people ask for a kind of action, in English, German, French, Spanish and Dutch.

Each entry holds beginnings of words, in lower case and without accents; a word of the request that begins so counts.
One of up to three letters is a whole word, because too many others begin so ("da" in "day", "end" in "endpoint").
Words that people use for other things as well ("set", "make") stand only where nothing better is said.
"""

import re


def _stems(*lines: str) -> frozenset[str]:
    return frozenset(stem for line in lines for stem in line.split())


SEND = _stems(
    "send mail email e-mail write message forward tell notify",
    "send schick schreib mail benachrichtig",
    "envoi envoy ecri mail ecris",
    "envia envi escrib manda correo",
    "stuur schrijf mail bericht verstuur",
)
REPLY = _stems(
    "reply respond answer", "antwort beantwort", "repond repons", "respond contest", "antwoord beantwoord reageer"
)
DRAFT = _stems("draft", "entwurf entwirf", "brouillon redig", "borrador redact", "concept opstel")
POST = _stems(
    "post publish announc share tell write say",
    "post veroffentlich schreib teile verkund sag sage",
    "post publi annonc partag ecri dis dites dire",
    "publi anunci compart escrib di dile",
    "plaats post deel schrijf zeg kondig",
)
COMMENT = _stems(
    "comment note remark write add adding",
    "kommentier kommentar anmerk schreib",
    "comment remarqu ecri",
    "coment anot escrib",
    "opmerk reageer comment schrijf noteer",
)
CREATE = _stems(
    "creat open file add make making new raise log start",
    "erstell leg lege anleg eroffn mach neu neue neues erfass",
    "cree creer creez ouvr ajout fais fait faire nouveau nouvelle",
    "crea abre abrir anad haz hacer nuev registr",
    "maak open nieuw voeg aanmak registreer",
)
CHANGE = _stems(
    "change updat set edit rename adjust correct put",
    "ander setz stell bearbeit korrigier aktualisier",
    "chang modifi met mets mett corrig actualis",
    "cambi modific pon ponga poner actualiz corrig",
    "wijzig verander zet pas aanpass werk",
)
MOVE = _stems(
    "move moving reschedul postpon shift transition push delay",
    "verschieb verleg beweg schieb",
    "depla report decal boug",
    "muev mover aplaz pospon pasa",
    "verplaats verschuif verzet uitstel",
)
CLOSE = _stems(
    "close closing resolv finish complet done end",
    "schliess erledig beend abschliess",
    "ferm clos clotur termin resou",
    "cierr cerr termin resuelv",
    "sluit afsluit rond klaar beeindig",
)
REOPEN = _stems("reopen", "wiedereroffn offn", "rouvr reouvr", "reabr", "heropen")
MERGE = _stems("merge", "merge zusammenfuhr einfuhr", "fusion merge", "fusion merge", "merge samenvoeg")
APPROVE = _stems(
    "approv accept lgtm",
    "genehmig freigeb akzeptier zustimm",
    "approuv accept valid",
    "aprueb aprob acept",
    "keur goedkeur accepteer",
)
DECLINE = _stems(
    "declin reject refus", "absag ablehn lehn", "declin refus", "declin rechaz", "afwijs afzeg weiger wijs"
)
REVIEW = _stems("review request", "review prufe bewert", "review revu relis relect", "revis review", "review beoordeel")
INVITE = _stems("invit add adding", "einlad lade lad hinzu", "invit ajout", "invit anad agreg", "nodig uitnodig voeg")
SCHEDULE = _stems(
    "schedul book plan meeting event appointment calendar set arrang block",
    "termin plan buch besprech kalend treff",
    "planifi reunion rendez evenement calendrier reserv agenda",
    "program reunion cita evento calendario agend reserv",
    "plan afspraak vergader agenda boek inplan",
)
CANCEL = _stems(
    "cancel delete remove drop",
    "absag stornier losch entfern streich",
    "annul supprim enlev",
    "cancel anul elimin borr quit",
    "annuleer verwijder schrap afzeg",
)
DELETE = _stems(
    "delete remove trash drop discard",
    "losch entfern verwirf",
    "supprim enlev effac jette jeter",
    "elimin borr quit suprim",
    "verwijder wis gooi",
)
SHARE = _stems(
    "share access give grant",
    "teil freigeb zugriff",
    "partag acces donn",
    "compart acces da",
    "deel delen toegang geef",
)
LABEL = _stems(
    "label tag tagge mark",
    "label markier etikett kennzeichn",
    "label etiquet marqu",
    "etiquet marc label",
    "label markeer tag",
)
ASSIGN = _stems(
    "assign give hand", "weis zuweis ubergib gib", "assign attribu confi donn", "asign da", "wijs toewijs geef"
)
ARCHIVE = _stems("archiv clean tidy file", "archivier aufraum ablegen", "archiv rang", "archiv orden", "archiveer ruim")
APPEND = _stems(
    "append add adding insert write put",
    "anfug fug fuge hinzu erganz schreib trag",
    "ajout inser ecri met mets mett",
    "anad agreg inserta escrib pon ponga poner",
    "voeg toevoeg schrijf zet",
)

QUANTIFIERS = _stems(
    "each every everyone everybody all same participants attendees members guests recipients",
    "jede jeder jeden jedem alle allen dieselben denselben gleichen teilnehmer teilnehmern mitglieder",
    "mitgliedern gaste gasten",
    "chaque chacun tous toutes tout memes participants membres invites",
    "cada todos todas mismos mismas participantes miembros invitados asistentes",
    "elk elke iedereen ieder alle allemaal dezelfde deelnemers leden gasten",
)
"""Whole words by which people mean everybody on a list."""

ARTICLES = _stems(
    "the this that these those his her their its which whose",
    "der die das den dem des welche welcher",
    "le la les l ce cette ces quel quelle quels quelles",
    "el los las cual cuales",
    "het de deze dit welke",
)
"""Whole words after which a word is a thing and no wish: "the comment"."""

DENIALS = _stems(
    "not never no none nobody nor without avoid stop dont doesnt didnt wont cant shouldnt mustnt",
    "nicht nie niemals kein keine keinen keinem keiner keines ohne",
    "ne n pas jamais aucun aucune sans",
    "no nunca jamas ningun ninguna sin",
    "niet nooit geen zonder",
)
"""Whole words that make a sentence forbid or deny something, so that its verbs ask for nothing."""
NOT_DENIED = re.compile(
    r"\b(?:(?:do not|never) (?:forget|hesitate)|(?:nicht )?vergiss nicht|(?:n['’ ]|ne )?oublie[zs]? pas"
    r"|no (?:te )?olvides|no olvide|vergeet niet)\b"
)
"""Denials of forgetting: they ask."""
ASKING = _stems("did has who why", "hat wer warum", "qui pourquoi", "quien", "heeft waarom")
"""First words of what is a question, with its mark or without."""
POLITE = re.compile(
    r"\b(?:(?:can|could|would|will) (?:you|we)|please|(?:kannst|konntest|wurdest|willst) du|bitte"
    r"|(?:konnen|konnten|wurden) (?:sie|wir)|(?:peux|pourrais|veux)[ -]tu|(?:pouvez|pourriez|voulez)[ -]vous"
    r"|puedes|podrias|puede|podria|podemos|por favor|(?:kun|kan|zou|wil) (?:je|jij|we)|(?:kunt|zou|wilt) u)\b"
)
"""By these words a question asks for an action."""

STOP = _stems(
    "the a an and or of to in on at by for from with my me your our this that is are it its be do as re any new please",
    "der die das den dem des ein eine einen einem einer und oder von zu zum zur im am an auf bei fur aus mit mein",
    "meine dein deine unser unsere dies diese ist sind es sein bitte neue neuen",
    "le la les un une et ou de du des a au aux en sur par pour avec mon ma mes ton ta tes notre nos ce cette est sont",
    "el los las uno una y o del al con mi mis tu tus su sus nuestro este esta es son por para favor",
    "het een en of van naar op bij voor uit met mijn jouw ons onze deze dit dat is zijn alsjeblieft nieuwe",
)
"""Whole words that name nothing."""


def _nouns(line: str) -> tuple[str, ...]:
    return tuple(line.split())


_FILES = _nouns("file document doc datei dokument fichier archivo documento bestand folder ordner")
_MAILS = _nouns("mail email e-mail message thread nachricht courriel correo mensaje bericht")
_TASKS = _nouns("ticket issue bug story task aufgabe vorgang tache tarea taak")
NOUNS: dict[str, tuple[str, ...]] = {
    "mail": _MAILS,
    "thread": _MAILS,
    "message": _MAILS,
    "file": _FILES,
    "folder": _FILES,
    "event": _nouns("event meeting appointment termin besprechung reunion evenement evento cita afspraak"),
    "issue": _TASKS,
    "ticket": _TASKS,
    "pull_request": ("pull request", "pull", "pr", "merge request", "mr"),
    "channel": _nouns("channel kanal canal kanaal"),
    "board": _nouns("board project projekt projet proyecto bord"),
    "label": _nouns("label labels tag etikett etiquette etiqueta"),
    "person": _nouns("person user colleague"),
}
"""Kind of a record → what people call it: a short number counts only beside its noun."""
