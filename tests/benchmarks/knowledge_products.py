"""The specifications, meeting notes and instructions of the benchmark's company."""

# The prose has blanks to fill in, and is wrapped by its author.
# ruff: noqa: E501

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document with its questions, each with the number of the section that answers."""

    title: str
    sections: tuple[tuple[str, str], ...]
    questions: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    title: str
    people: str
    decided: str
    actions: str
    question: tuple[str, str]
    """(heading that answers, question)."""


def _spec(title: str, what: str, limits: str, *questions: tuple[int, str]) -> Paper:
    rollout = "It is rolled out behind a flag, first to staff, then to a tenth of the customers. Metrics decide."
    return Paper(
        title=f"Specification: {title}",
        sections=(("What it does", what), ("Limits and pricing", limits), ("Rollout", rollout)),
        questions=questions,
    )


PRODUCTS = (
    _spec(
        "Offline maps",
        "People download a region before a hike and use the map without a network. A pack holds vector tiles to zoom 16, "
        "contour lines and the names of huts. Updates load only what has changed, over Wi-Fi unless allowed otherwise.",
        "A pack has at most 2 GB. The free plan keeps one region, Plus keeps ten and Pro as many as fit on the phone. "
        "Packs that were not opened for 90 days are removed.",
        (0, "Can hikers use the map without any network?"),
        (1, "How many regions can I download on the free plan?"),
    ),
    _spec(
        "Slope shading",
        "A coloured layer shows how steep a slope is, in five steps from 27 degrees. It is computed from a terrain model "
        "with a grid of ten metres. The legend explains that it says nothing about avalanche danger on a day.",
        "The layer is part of Plus and Pro. In Japan and Chile the terrain model is coarser, thirty metres. Printing it "
        "needs Pro.",
        (0, "From how many degrees on are steep slopes coloured?"),
        (1, "In which countries is the terrain model coarser?"),
    ),
    _spec(
        "Live location sharing",
        "A hiker shares their position with up to five contacts by a link. It updates every two minutes while there is "
        "a network, and sends the last known point when the battery falls below ten per cent.",
        "Links end after 24 hours. Sharing is free for everybody. Positions are deleted an hour after the link has ended.",
        (0, "How often does the shared position update?"),
        (1, "When does a link for sharing my location end?"),
    ),
    _spec(
        "Hut booking",
        "Beds in mountain huts can be booked in the app. The hut keeps its own calendar; we ask it every five minutes. "
        "A booking is confirmed by the warden and can be moved once.",
        "The fee is 4 per cent, paid by the hut. Cancelling is free until three days before arrival; later the first "
        "night is charged.",
        (1, "Until when can I cancel a bed in a hut for free?"),
        (0, "Who confirms a booking of a bed?"),
    ),
    _spec(
        "Route import",
        "Routes come in as GPX, KML or FIT files. Points are thinned to one in ten metres and snapped to known paths when "
        "they are closer than fifteen metres. What cannot be matched is drawn dashed.",
        "A file may have 20 MB and 50,000 points. Twenty imports an hour. Private routes stay private; nothing is "
        "published by an import.",
        (1, "How big may a GPX file be?"),
        (0, "What happens to imported points that match no known path?"),
    ),
    _spec(
        "Team plans",
        "Companies and clubs buy seats together. An owner invites by address, sees who uses a seat and takes seats back. "
        "Shared collections of routes belong to the team, not to who made them.",
        "Seats cost 36 euros a year, from five seats on. Invoices come monthly from fifty seats. A seat that is taken "
        "back can be given to somebody else after a day.",
        (1, "What does a seat in a team plan cost?"),
        (0, "To whom do the shared routes of a club belong?"),
    ),
    _spec(
        "Webhooks",
        "Partners are told of events by POST requests: booking made, booking cancelled, route published. Each request is "
        "signed with HMAC-SHA256 in the header X-Tamarack-Signature. Failed deliveries are repeated with growing pauses.",
        "Ten retries over 24 hours, then the endpoint is switched off and its owner gets a mail. 50 endpoints a partner. "
        "Payloads are at most 64 KB.",
        (0, "How are webhook requests signed?"),
        (1, "How many times is a failed webhook delivery retried?"),
    ),
    _spec(
        "Public API keys",
        "Keys are made in the developer console and belong to a project. They carry scopes, such as tiles.read. A key is "
        "shown once. Two keys can be alive at the same time so that they can be rotated without a gap.",
        "The free tier has 10,000 requests a day; beyond that each thousand costs 0.40 euros. The rate limit is 20 "
        "requests a second, with status 429 above it.",
        (1, "How many API requests a day are free?"),
        (0, "How can I rotate an API key without a gap?"),
    ),
    _spec(
        "Photo moderation",
        "Uploaded pictures pass a classifier before others see them. What is doubtful goes to two moderators. Faces of "
        "children are blurred. The uploader is told the reason and can object once.",
        "Nine of ten pictures are decided within a minute, moderators take up to six hours. Objections are answered in "
        "three days. Originals of rejected pictures are deleted after a month.",
        (0, "Are the faces of children blurred in uploaded pictures?"),
        (1, "How long do moderators take for a doubtful picture?"),
    ),
    _spec(
        "Weather alerts",
        "Who plans a tour gets a warning by push when thunder, storm or heavy snow is forecast along the route within "
        "twelve hours. Two of four institutes have to agree before an alert is sent.",
        "At most three alerts a day and tour. Alerts are part of every plan. In regions without a second institute one "
        "forecast is enough.",
        (0, "How many institutes have to agree before a storm warning is sent?"),
        (1, "How many weather alerts can I get in a day?"),
    ),
    _spec(
        "Elevation profile",
        "Below the map a profile shows climb, descent and steepness of the route. Touching it moves a marker on the map. "
        "Small bumps below three metres are smoothed away, so totals differ from watches.",
        "Available on all plans. Routes longer than 500 km are shown in parts of 100 km. Units follow the phone's "
        "settings.",
        (0, "Why does the total climb differ from what my watch says?"),
        (1, "How are profiles of very long routes shown?"),
    ),
    _spec(
        "Family accounts",
        "Up to six people of a household share a subscription. Children under 13 have accounts without mail and cannot "
        "publish. A parent sees where a child's phone was last, if the child agrees.",
        "Family costs 60 euros a year. Adults can leave at any time and keep their data. One change of the paying person "
        "per year.",
        (0, "How many people can share a family subscription?"),
        (1, "What is the price of the family subscription?"),
    ),
    _spec(
        "Single sign-on",
        "Customers sign in through their own identity provider with SAML 2.0 or OpenID Connect. Accounts are created at the "
        "first visit. Groups can be mapped to roles. Passwords are switched off for the domain.",
        "Part of the Enterprise plan. Metadata is refreshed daily. Provisioning by SCIM costs extra and covers users, not "
        "groups.",
        (0, "Does sign-in through SAML work for customers?"),
        (1, "Is SCIM provisioning included in Enterprise?"),
    ),
    _spec(
        "Trail condition reports",
        "Hikers report fallen trees, snow, broken bridges. A report shows on the map for fourteen days, or until two "
        "others say that it is gone. Rangers can pin one for a season.",
        "Five reports a day per person. Reports need a position within 300 metres. Photos are optional and pass "
        "moderation.",
        (0, "How long is a report of a fallen tree shown on the map?"),
        (1, "How near must I be to report a trail condition?"),
    ),
    _spec(
        "Watch app",
        "The watch shows the next turn, the distance to the hut and the pulse. It buzzes when the wearer is more than "
        "forty metres off the route. The route is copied by Bluetooth before the start.",
        "Works on watchOS 10 and Wear OS 4. The battery lasts about nine hours with the screen off. No offline search on "
        "the watch.",
        (0, "When does the watch buzz that I left the route?"),
        (1, "How long does the battery of a watch last with the app?"),
    ),
    _spec(
        "Printing maps",
        "Maps can be printed as PDF in A4 and A3 with scale bar, grid and QR code to the live route. North is always up. "
        "Fonts are embedded so that copy shops do not change them.",
        "Twenty sheets a month on Plus, without limit on Pro. 300 dpi. Satellite pictures cannot be printed because of "
        "their licence.",
        (1, "Why can I not print satellite pictures?"),
        (0, "In which paper sizes can maps be printed?"),
    ),
    _spec(
        "Search by voice",
        "Holding the magnifier starts listening; the phone's own recogniser makes text of it. Names of places are matched "
        "by sound, so that 'yotun' finds Jotunheimen. Audio never leaves the phone.",
        "Eleven languages. Not on tablets without a microphone. Voice search is off for children's accounts.",
        (0, "Is what I say in voice search sent to a server?"),
        (1, "Can children use the voice search?"),
    ),
    _spec(
        "Refunds in the shop",
        "Paper maps and books can be sent back within thirty days. The money returns to the card that was used. Digital "
        "packs are refunded only if they were never opened. Damaged goods are replaced without sending them back.",
        "Shipping costs are refunded when the whole order is returned. Gift cards are not paid out. Refunds take five to "
        "ten working days.",
        (0, "A customer wants money back for a paper map, how many days do they have?"),
        (1, "How many days until a refund arrives?"),
    ),
    _spec(
        "Subscriptions and trials",
        "A trial lasts fourteen days and needs a card. A reminder is sent three days before it becomes paid. Whoever "
        "cancels keeps what they paid for until the end of the period.",
        "Plus costs 30 euros a year, Pro 55. Students pay half with a valid card. Price changes are announced sixty days "
        "ahead.",
        (0, "How long is the free trial?"),
        (1, "Do students get a discount on subscriptions?"),
    ),
    _spec(
        "Accessibility of the app",
        "All controls have labels for screen readers, text scales to 200 per cent, and the map has a mode with high "
        "contrast. Routes are described in words. We aim at WCAG 2.2 AA.",
        "Known gap: drawing a route needs a pointer. An audit takes place every spring. Defects are fixed within one "
        "release.",
        (0, "Is there a high contrast mode for people who see badly?"),
        (1, "How often is the accessibility audit?"),
    ),
    _spec(
        "Emergency button",
        "Pressing for three seconds calls the mountain rescue and sends position, medical notes and battery level by SMS. "
        "Without a network the phone tries satellites where it can. A loud tone can be switched on.",
        "Free for everybody. Works in 23 countries; elsewhere the general number is dialled. Test calls are possible "
        "once a month.",
        (0, "What is sent to the mountain rescue with an emergency call?"),
        (1, "In how many countries does the emergency button work?"),
    ),
    _spec(
        "Leaderboards",
        "Clubs can hold seasonal challenges: metres climbed, huts visited, bags of litter. Only members of the club see "
        "names. Speeds above what a human can do are left out.",
        "Three challenges at once per club. Results are frozen a week after the end. Children's names are shown as "
        "initials.",
        (0, "What can clubs compete in?"),
        (1, "How many challenges can a club hold at once?"),
    ),
    _spec(
        "Map styles",
        "Four styles: summer, winter, night and paper. Night keeps red light for the eyes. Winter shows ski routes and "
        "hides bicycle paths. The style is remembered per device.",
        "Own styles need the Enterprise plan and a JSON file by the Mapbox style specification. At most 40 layers.",
        (0, "Which style hides bicycle paths?"),
        (1, "How many layers may a custom map style have?"),
    ),
    _spec(
        "Data export for users",
        "Anybody can download everything we know of them: routes as GPX, pictures, bookings and settings as JSON. The "
        "archive is ready within a day and its link works for a week.",
        "One export a week. Deleting the account is offered on the same page and takes thirty days, in which it can be "
        "taken back.",
        (0, "How do users download all of their data?"),
        (1, "Can a deleted account be brought back?"),
    ),
)

MEETINGS = (
    Meeting(
        title="Meeting notes: Maps weekly, 3 March",
        people="Ada, Bjorn, Chidi",
        decided="We move tile rendering to zoom 16 on demand instead of rendering everything at night. It saves 4,000 euros "
        "a month. Bjorn objects because of the first request's delay; we try it in Norway first.",
        actions="Bjorn measures the delay in Norway by the end of March. Chidi talks to finance about the savings.",
        question=("Decisions", "What did the maps team decide about rendering tiles at night?"),
    ),
    Meeting(
        title="Meeting notes: Maps weekly, 10 March",
        people="Ada, Chidi",
        decided="The legend of slope shading gets a sentence on avalanches after two complaints. No change of the colours.",
        actions="Ada writes the sentence with legal. Chidi answers the two customers who complained.",
        question=("Actions", "Who answers the customers that complained about the slope legend?"),
    ),
    Meeting(
        title="Meeting notes: Payments weekly, 4 March",
        people="Dalia, Emeka, Freya",
        decided="We leave the old card processor on 1 July. Invoices for teams move first, as their customers can be called. "
        "Direct debit waits until autumn.",
        actions="Emeka lists the customers with direct debit. Freya asks the processor for the end of the contract in writing.",
        question=("Decisions", "When do we leave the old card processor?"),
    ),
    Meeting(
        title="Meeting notes: Payments weekly, 11 March",
        people="Dalia, Freya",
        decided="Refunds above 500 euros need a second pair of eyes from now on. Support may decide alone below that.",
        actions="Dalia changes the form. Freya tells support in their Thursday round.",
        question=("Decisions", "From what amount on does a refund need a second person?"),
    ),
    Meeting(
        title="Meeting notes: Hiring committee, 6 March",
        people="Grace, Hiro, Inga",
        decided="Take-home tasks are dropped for designers; a paid trial day takes their place. Engineers keep the pairing "
        "session.",
        actions="Inga works out what a trial day pays in each country. Hiro updates the careers page.",
        question=("Decisions", "What replaces the take-home task for designers?"),
    ),
    Meeting(
        title="Meeting notes: Hiring committee, 20 March",
        people="Grace, Inga",
        decided="Two offers go out for the Oslo office. The search for a head of data is paused until the budget is known.",
        actions="Grace calls both candidates. Inga tells the agency about the pause.",
        question=("Decisions", "Why is the search for a head of data paused?"),
    ),
    Meeting(
        title="Meeting notes: Security review, 12 March",
        people="Jonas, Kemi, Lena",
        decided="Hardware keys become mandatory for everybody with production access on 1 May. Codes by SMS end the same day.",
        actions="Kemi orders 140 keys. Jonas writes the instructions for enrolling them.",
        question=("Decisions", "From when on are hardware keys mandatory?"),
    ),
    Meeting(
        title="Meeting notes: Security review, 26 March",
        people="Jonas, Lena",
        decided="The penetration test found one serious gap in photo uploads, which is closed. The report goes to the three "
        "customers who asked.",
        actions="Lena sends the report under a confidentiality agreement. Jonas plans the next test for November.",
        question=("Decisions", "What did the penetration test find?"),
    ),
    Meeting(
        title="Meeting notes: Support round, 5 March",
        people="Marta, Noor, Owen",
        decided="The chat closes at six instead of eight because only two per cent of questions come later. The mail queue "
        "gets the freed hours.",
        actions="Owen changes the banner. Noor watches the satisfaction score for a month.",
        question=("Decisions", "Why does the support chat close earlier?"),
    ),
    Meeting(
        title="Meeting notes: Support round, 19 March",
        people="Marta, Noor",
        decided="Answers about huts get a template in five languages. Translations come from the wardens, not from a machine.",
        actions="Marta collects the ten most frequent questions. Noor asks the wardens' association.",
        question=("Actions", "Who asks the wardens' association for translations?"),
    ),
    Meeting(
        title="Meeting notes: Leadership, 2 March",
        people="Pia, Quentin, Rosa",
        decided="The Tokyo office grows to twenty people by December. The lease in Nairobi is renewed for three years. No new "
        "office this year.",
        actions="Quentin signs the lease. Rosa prepares the hiring plan for Tokyo.",
        question=("Decisions", "How many people shall work in the Tokyo office by December?"),
    ),
    Meeting(
        title="Meeting notes: Leadership, 16 March",
        people="Pia, Rosa",
        decided="Marketing keeps its budget but moves a third of it from print to events. The club partnership is extended.",
        actions="Rosa tells marketing. Pia meets the alpine club in April.",
        question=("Decisions", "What happens to the marketing budget for print?"),
    ),
    Meeting(
        title="Meeting notes: Mobile weekly, 7 March",
        people="Sven, Tala, Uma",
        decided="We drop Android 9 in the June release: 0.8 per cent of users. They keep the last version without updates.",
        actions="Uma writes the notice in the app. Sven removes the old workarounds after the release.",
        question=("Decisions", "Which Android version do we stop supporting?"),
    ),
    Meeting(
        title="Meeting notes: Mobile weekly, 14 March",
        people="Sven, Uma",
        decided="The tab bar goes from five to four entries; Shop moves into the profile. The test showed no loss of sales.",
        actions="Sven ships it behind a flag. Uma updates the screenshots in the stores.",
        question=("Decisions", "Where does the shop move in the app's tab bar?"),
    ),
    Meeting(
        title="Meeting notes: Data guild, 9 March",
        people="Viktor, Wanjiru, Xenia",
        decided="Active user means opened a map in the last 28 days, everywhere. The old number by sign-ins is retired from "
        "all dashboards.",
        actions="Wanjiru rewrites the query. Xenia marks the old dashboards.",
        question=("Decisions", "How do we define an active user?"),
    ),
    Meeting(
        title="Meeting notes: Data guild, 23 March",
        people="Viktor, Xenia",
        decided="Experiments run at least two full weeks. Peeking is allowed only for harm, and written into the log.",
        actions="Viktor adds a guard to the experiment tool. Xenia gives a lunch talk.",
        question=("Decisions", "How long must an experiment run at least?"),
    ),
    Meeting(
        title="Meeting notes: Office Oslo, 11 March",
        people="Yara, Zeno",
        decided="The canteen gets a vegetarian day on Mondays. Dogs are welcome on the second floor, after asking the "
        "neighbours of one's desk.",
        actions="Yara puts up the signs. Zeno orders bowls.",
        question=("Decisions", "May I bring my dog to the Oslo office?"),
    ),
    Meeting(
        title="Meeting notes: Office Nairobi, 18 March",
        people="Amina, Baraka",
        decided="The generator is replaced before the long rains. Until then a backup battery feeds the network room for two "
        "hours.",
        actions="Baraka gets three offers for the generator. Amina informs the landlord.",
        question=("Decisions", "How long does the backup battery in Nairobi last?"),
    ),
    Meeting(
        title="Meeting notes: Partner council, 13 March",
        people="Carla, Dmitri, Elif",
        decided="Huts get their money weekly instead of monthly from April. The fee stays where it is for two years.",
        actions="Dmitri changes the payout job. Carla writes to all wardens.",
        question=("Decisions", "How often will huts be paid out from April on?"),
    ),
    Meeting(
        title="Meeting notes: Partner council, 27 March",
        people="Carla, Elif",
        decided="The railway partnership starts as a pilot with tickets to twelve trailheads. If fewer than 500 are sold by "
        "August, it ends.",
        actions="Elif signs the pilot agreement. Carla plans the announcement with the railway.",
        question=("Decisions", "When does the pilot with the railway end early?"),
    ),
)

_ASK_IT = (
    "Still stuck",
    "Open a ticket in the IT portal or ask in #help-it. Say what you see and since when; a picture helps.",
)


def _how_to(title: str, *rest: tuple[str, str] | tuple[int, str]) -> Paper:
    sections = tuple(one for one in rest if isinstance(one[0], str))
    questions = tuple(one for one in rest if isinstance(one[0], int))
    return Paper(title=title, sections=(*sections, _ASK_IT), questions=questions)  # pyright: ignore[reportArgumentType]: told apart above


HOW_TOS = (
    _how_to(
        "How to: VPN",
        (
            "Setting it up",
            "Install WireGuard from the software centre, sign in at vpn.tamarack.example and import the profile. "
            "One profile for each device. The connection starts by itself outside of the office.",
        ),
        (
            "When it does not connect",
            "Check the clock of the laptop first: more than two minutes off and the handshake fails. "
            "Hotel networks often block UDP; switch to the profile that ends in tcp.",
        ),
        (0, "How do I set up the VPN on a new laptop?"),
        (1, "The VPN does not connect from my hotel, what can I try?"),
    ),
    _how_to(
        "How to: Passwords and two factors",
        (
            "Forgotten password",
            "Choose 'Forgot' on the sign-in page; the link goes to your private mail address that HR has. "
            "After five wrong tries the account is locked for half an hour.",
        ),
        (
            "Lost phone or key",
            "Use one of the ten recovery codes. Without them visit the reception of any office with an "
            "identity card, or let your manager vouch for you in a video call with IT.",
        ),
        (0, "I forgot my password and now my account is locked, for how long?"),
        (1, "I lost my phone with the second factor, how do I get in?"),
    ),
    _how_to(
        "How to: Printers",
        (
            "Adding a printer",
            "All printers are one queue called Follow-Me. Send the job, then hold your badge to any printer. "
            "Jobs wait for a day.",
        ),
        (
            "Paper jam and toner",
            "Open the flap with the green handle and pull the paper slowly. Toner is in the cupboard beside "
            "the lift; empty cartridges go into the red box.",
        ),
        (0, "How do I print at the office with my badge?"),
        (1, "Where is new toner for the printer?"),
    ),
    _how_to(
        "How to: Meeting rooms",
        (
            "Booking",
            "Add the room to the event in the calendar. A room that nobody checks into within ten minutes is free "
            "again. Rooms for more than twelve people are booked by the reception.",
        ),
        (
            "Video in a room",
            "Press join on the tablet. Guests join by link. If there is no sound, pick the ceiling microphone in "
            "the settings of the call.",
        ),
        (0, "Why did my meeting room booking disappear after ten minutes?"),
        (1, "There is no sound in the video call from the meeting room, what do I pick?"),
    ),
    _how_to(
        "How to: Purchase orders",
        (
            "Asking for one",
            "Fill in the form in the finance portal with offer, cost centre and supplier. Up to 1,000 euros your "
            "manager approves; up to 10,000 the director; beyond that the board.",
        ),
        (
            "New suppliers",
            "Finance checks bank details by phone before the first payment. It takes five days. Never send bank "
            "details by mail.",
        ),
        (0, "Who approves a purchase of 5,000 euros?"),
        (1, "How long does it take to set up a new supplier?"),
    ),
    _how_to(
        "How to: Giving feedback",
        (
            "Between colleagues",
            "Say what you saw, what it did to you and what you wish. Soon, in private, and about one thing. "
            "Praise may be public in #kudos.",
        ),
        (
            "The half-yearly round",
            "In May and November everybody asks three to five people for feedback in the tool. Answers "
            "are seen by the person and the manager, with names.",
        ),
        (0, "What is a good way to give a colleague feedback?"),
        (1, "In which months is the feedback round?"),
    ),
    _how_to(
        "How to: Onboarding a new colleague",
        (
            "Before the first day",
            "Order the laptop three weeks ahead, find a buddy and put the first week into the calendar. IT "
            "makes accounts two days before.",
        ),
        (
            "The first week",
            "Day one: badge, laptop, lunch with the team. Day three: a first small change goes live. Friday: a "
            "talk about how it went.",
        ),
        (0, "How far ahead do I order a laptop for a new team member?"),
        (1, "What happens on the first day of a new colleague?"),
    ),
    _how_to(
        "How to: Writing release notes",
        (
            "Tone and form",
            "Begin with what people can do now. One sentence each, no names of tickets. Fixes come last. Screenshots "
            "are 1200 pixels wide.",
        ),
        (
            "Publishing",
            "Merge into the branch notes by Wednesday noon; translation takes a day; they go live with the release on "
            "Thursday. Corrections later need the editor's consent.",
        ),
        (0, "How wide should screenshots in release notes be?"),
        (1, "Until when must release notes be merged?"),
    ),
    _how_to(
        "How to: Reviewing code",
        (
            "What to look at",
            "Correctness first, then tests, then names. Style is the formatter's job. Ask instead of ordering. "
            "More than 400 lines: ask to split it.",
        ),
        (
            "Speed",
            "A first answer within four working hours. Reviews go before own work after lunch. Whoever is away names "
            "another reviewer.",
        ),
        (0, "How many lines are too many for one code review?"),
        (1, "How quickly should I answer a review request?"),
    ),
    _how_to(
        "How to: Customer data requests",
        (
            "Somebody asks for their data",
            "Forward it to privacy@tamarack.example the same day. We have thirty days by law. Never "
            "answer yourself, and do not ask for a passport by mail.",
        ),
        (
            "Somebody wants to be forgotten",
            "Send them to the page in the app's settings. If they cannot sign in, privacy checks who "
            "they are with two facts. Invoices stay, as the law demands.",
        ),
        (0, "A customer asks which data we hold about them, what do I do?"),
        (1, "A user wants to be forgotten but cannot sign in, how do we check who they are?"),
    ),
    _how_to(
        "How to: Expense tool",
        (
            "Scanning",
            "Take the photo in the app with the whole receipt in the frame. Amount and currency are read by themselves; "
            "check them. Receipts in other alphabets need a note in English.",
        ),
        (
            "Corporate cards",
            "Cards are for directors and for teams that buy ads. The limit is in the app. A lost card is blocked in "
            "the app within seconds; a new one takes a week.",
        ),
        (0, "What about receipts in another alphabet in the expense tool?"),
        (1, "I lost my corporate card, how do I block it?"),
    ),
    _how_to(
        "How to: Recording a demo",
        (
            "Preparing",
            "Use the account demo-hiker, whose data is made up. Close the chat. Record at 1080p with the microphone of a "
            "headset, and never show a customer's name.",
        ),
        (
            "Sharing",
            "Upload to the video portal, folder Demos. External links end after thirty days. Subtitles are made over "
            "night and can be corrected.",
        ),
        (0, "Which account do I use to record a demo?"),
        (1, "How long do external links to demo videos work?"),
    ),
    _how_to(
        "How to: Lost and found, keys and lockers",
        (
            "Lockers",
            "Free lockers have a green light: hold your badge to one and it is yours until evening. Permanent lockers are "
            "given by lot each January.",
        ),
        (
            "Things found",
            "Bring them to the reception. After four weeks they go to charity; phones and laptops go to IT.",
        ),
        (0, "How do I get a permanent locker?"),
        (1, "What happens to things that were found in the office?"),
    ),
    _how_to(
        "How to: Analytics queries",
        (
            "Getting access",
            "Ask for the group analytics-read in the portal and watch the privacy video. Access is for six months and "
            "renewed by your manager.",
        ),
        (
            "Saving money",
            "Always filter on the partition day. Use the sampled tables for first looks. Queries above 500 GB are "
            "stopped.",
        ),
        (0, "How do I get access to query analytics?"),
        (1, "Why was my query of more than 500 GB stopped?"),
    ),
    _how_to(
        "How to: Press and social media",
        (
            "When a journalist calls",
            "Be friendly, take name, paper and deadline, and send it to press@tamarack.example. Only the two "
            "speakers talk on the record.",
        ),
        (
            "Own posts",
            "Say that you work here when you write about us. No figures that are not published. No pictures of "
            "colleagues without asking.",
        ),
        (0, "A journalist called me, what should I do?"),
        (1, "May I post pictures of colleagues on social media?"),
    ),
    _how_to(
        "How to: Visitors",
        (
            "Registering a guest",
            "Enter guests in the reception tool by the evening before. They get a code for the door and a badge "
            "with a date. Pick them up; guests do not walk alone.",
        ),
        (
            "Parking",
            "Four places are for visitors, on the left of the entrance. Ask for a number plate when you register them. "
            "Charging is free.",
        ),
        (0, "How do I register a guest for tomorrow?"),
        (1, "Where can visitors park?"),
    ),
)
