"""The policies of the benchmark's company: twenty, each in five countries with figures of its own."""

# The prose has blanks to fill in, and is wrapped by its author.
# ruff: noqa: E501

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy with blanks for what differs by country."""

    title: str
    values: Mapping[str, tuple[str, str, str, str, str]]
    sections: tuple[tuple[str, str], ...]
    questions: tuple[tuple[int, str], ...]
    """(number of the section that answers, the question with a blank for the country)."""


POLICIES = (
    Policy(
        title="Annual leave policy",
        values={"days": ("24", "27", "21", "30", "22"), "carry": ("5", "10", "5", "8", "12")},
        sections=(
            (
                "Entitlement",
                "Everybody is entitled to {days} working days of paid annual leave in a calendar year. Those who join or "
                "leave within a year get a twelfth for each full month. Public holidays are not counted. Leave is "
                "planned in the calendar tool and approved by the manager at least two weeks before it begins.",
            ),
            (
                "Carrying days over",
                "Up to {carry} unused days can be carried over into the next year; they expire on 31 March. Days that "
                "could not be taken because of illness do not expire. Unused leave is paid out only when somebody "
                "leaves the company.",
            ),
        ),
        questions=(
            (0, "How many vacation days do I get per year in {country}?"),
            (0, "I start in the middle of the year in {country}, how much annual leave do I have?"),
            (1, "Can I take my unused holiday days into next year in {country}?"),
            (1, "Do leftover days of leave expire in {country}, and when?"),
        ),
    ),
    Policy(
        title="Parental leave policy",
        values={"weeks": ("14", "49", "40", "56", "52"), "pay": ("100", "100", "75", "67", "80")},
        sections=(
            (
                "Length and pay",
                "A parent may take {weeks} weeks of parental leave around the birth or adoption of a child, at {pay} per "
                "cent of the base salary. Both parents have the same right. The leave can be split into at most three "
                "blocks, all within two years.",
            ),
            (
                "Coming back to work",
                "Whoever returns has a right to the same or an equal position. In the first eight weeks hours may be "
                "reduced to 60 per cent without giving a reason. A room for nursing mothers is available on every "
                "floor. The manager plans the return in a conversation a month ahead.",
            ),
        ),
        questions=(
            (0, "My wife is expecting a baby, how long may a parent stay home in {country}?"),
            (0, "How much of my salary do I get during parental leave in {country}?"),
            (1, "After parental leave, can I begin with fewer hours in {country}?"),
            (1, "Is my position safe when I return from parental leave in {country}?"),
        ),
    ),
    Policy(
        title="Sick leave policy",
        values={"day": ("third", "fourth", "third", "first", "second"), "weeks": ("8", "52", "17", "6", "26")},
        sections=(
            (
                "Reporting an illness",
                "Tell your manager before ten in the morning of the first day, by phone or message; no details of the "
                "illness are needed. A doctor's certificate is required from the {day} day on. It is uploaded to the HR "
                "portal and never sent by mail.",
            ),
            (
                "Continued pay",
                "The full salary is paid for {weeks} weeks of illness within twelve months. After that the statutory "
                "insurance pays. A long illness ends with a gradual return that the company doctor, the person and "
                "the manager agree on.",
            ),
        ),
        questions=(
            (0, "When do I need a certificate from the doctor if I am ill in {country}?"),
            (0, "Whom do I tell that I am sick, and until what time, in {country}?"),
            (1, "For how many weeks does my salary go on when I am ill in {country}?"),
            (1, "Who pays me when an illness lasts very long in {country}?"),
        ),
    ),
    Policy(
        title="Travel and expenses policy",
        values={"meal": ("3,500 KES", "700 NOK", "75 CAD", "28 EUR", "6,000 JPY"), "weeks": ("6", "4", "8", "4", "3")},
        sections=(
            (
                "Meals and accommodation",
                "On business trips a daily allowance of {meal} covers meals. Hotels are booked through the travel tool, "
                "up to four stars. Breakfast that is part of the hotel rate reduces the allowance by a fifth. Alcohol "
                "is not reimbursed.",
            ),
            (
                "Handing in receipts",
                "Expenses are handed in within {weeks} weeks of the trip in the expense tool, with a photo of every "
                "receipt. Money is transferred with the next payroll. A lost receipt is replaced by a signed statement, "
                "at most twice a year.",
            ),
        ),
        questions=(
            (0, "How much may I spend on food on a business trip in {country}?"),
            (0, "Which hotels can I book when travelling for work in {country}?"),
            (1, "Until when do I have to submit my expenses after a trip in {country}?"),
            (1, "I lost a receipt from my trip in {country}, what now?"),
        ),
    ),
    Policy(
        title="Remote work policy",
        values={"days": ("3", "4", "5", "2", "3"), "abroad": ("20", "30", "45", "15", "25")},
        sections=(
            (
                "Days at home",
                "Up to {days} days in a week can be worked from home. The team agrees on common days in the office. "
                "During core hours, ten to three, everybody can be reached. Confidential papers stay in the office.",
            ),
            (
                "Working from abroad",
                "Working from another country is possible for {abroad} days a year, with approval of the People team at "
                "least three weeks ahead, because of taxes and social insurance. It is not possible from countries "
                "under sanctions. The laptop must be encrypted.",
            ),
        ),
        questions=(
            (0, "How many days a week can I work from home in {country}?"),
            (0, "At which hours do I have to be reachable at home in {country}?"),
            (1, "May I work from another country for a few weeks if I am employed in {country}?"),
            (1, "Who approves it when I want to work abroad, for staff in {country}?"),
        ),
    ),
    Policy(
        title="Home office equipment policy",
        values={
            "money": ("60,000 KES", "8,000 NOK", "900 CAD", "700 EUR", "90,000 JPY"),
            "years": ("3", "4", "3", "5", "4"),
        },
        sections=(
            (
                "Furniture",
                "For a desk, a chair and a lamp at home the company pays up to {money} once. Order through the shop in "
                "the portal; what is bought elsewhere is refunded with an invoice. The furniture belongs to the "
                "employee after two years.",
            ),
            (
                "Laptops and screens",
                "Laptops are replaced every {years} years, or earlier when repair costs more than half of a new one. One "
                "external screen, keyboard and mouse are provided. Old devices are returned to IT, which wipes them "
                "and gives them to schools.",
            ),
        ),
        questions=(
            (0, "Does the company pay for a chair for my home desk in {country}?"),
            (0, "What is the budget for furniture at home in {country}?"),
            (1, "My laptop is old, when do I get a new one in {country}?"),
            (1, "Do I get a second monitor for working at home in {country}?"),
        ),
    ),
    Policy(
        title="Training and conference policy",
        values={
            "money": ("150,000 KES", "20,000 NOK", "2,500 CAD", "2,000 EUR", "250,000 JPY"),
            "months": ("12", "18", "9", "24", "6"),
        },
        sections=(
            (
                "Budget",
                "Every employee has {money} a year for courses, books, exams and conferences. The manager approves what "
                "fits the role. What is not used does not carry over. Speaking at a conference does not touch the "
                "budget; travel for it is paid by marketing.",
            ),
            (
                "Paying back",
                "Courses of more than half of the yearly budget are tied to an agreement: whoever leaves within "
                "{months} months pays a share of the fees back. Nothing is paid back after a dismissal for business "
                "reasons.",
            ),
        ),
        questions=(
            (0, "How much money do I have for courses each year in {country}?"),
            (0, "Can I buy books from the training budget in {country}?"),
            (1, "If I quit after an expensive course in {country}, do I pay the fees back?"),
            (1, "How long am I bound after the company paid a big course in {country}?"),
        ),
    ),
    Policy(
        title="Notice and leaving policy",
        values={
            "notice": ("one month", "three months", "two weeks", "six weeks", "thirty days"),
            "months": ("6", "6", "3", "6", "3"),
        },
        sections=(
            (
                "Notice periods",
                "After the probation of {months} months the notice period is {notice} for both sides. During probation "
                "it is one week. Notice is given in writing to the People team, with a copy to the manager.",
            ),
            (
                "Last day",
                "On the last day laptop, badge and keys are returned at the reception. Access ends at midnight. Private "
                "files are copied off the laptop before. A reference letter is written within four weeks, an exit "
                "conversation is offered and voluntary.",
            ),
        ),
        questions=(
            (0, "How long is my notice period if I resign in {country}?"),
            (0, "How long is the probation in {country}?"),
            (1, "What must I give back on my last day in {country}?"),
            (1, "When do I get a reference letter after leaving in {country}?"),
        ),
    ),
    Policy(
        title="Overtime policy",
        values={"hours": ("8", "10", "8", "6", "15"), "rate": ("50", "40", "50", "25", "25")},
        sections=(
            (
                "When overtime is allowed",
                "Overtime is agreed with the manager before it is worked, at most {hours} hours in a week. It is noted "
                "in the time sheet on the same day. Part-time employees are asked for overtime only in emergencies.",
            ),
            (
                "Compensation",
                "Overtime is compensated by time off within three months; where that is not possible it is paid with a "
                "supplement of {rate} per cent. Sundays count double. Senior managers are not compensated.",
            ),
        ),
        questions=(
            (0, "How many extra hours a week may I work at most in {country}?"),
            (0, "Do I need permission before working overtime in {country}?"),
            (1, "Is overtime paid or do I get time off for it in {country}?"),
            (1, "What supplement is there for overtime in {country}?"),
        ),
    ),
    Policy(
        title="On-call policy",
        values={
            "money": ("12,000 KES", "3,000 NOK", "350 CAD", "250 EUR", "30,000 JPY"),
            "minutes": ("15", "20", "10", "30", "15"),
        },
        sections=(
            (
                "Being on call",
                "An on-call shift lasts a week, from Monday noon. Whoever is on call answers a page within {minutes} "
                "minutes and has a laptop with them. Nobody has more than one week in four. Shifts may be swapped in "
                "the rota tool.",
            ),
            (
                "Pay for on-call",
                "A week on call is paid with {money}, and each night with a page with half a day off. Public holidays "
                "count twice. The amounts appear on the next pay slip without anybody asking.",
            ),
        ),
        questions=(
            (0, "How fast must I react to a page when I am on call in {country}?"),
            (0, "May I swap my on-call week with a colleague in {country}?"),
            (1, "How much do I earn for a week on call in {country}?"),
            (1, "I was paged at night in {country}, do I get time off?"),
        ),
    ),
    Policy(
        title="Anti-bribery and gifts policy",
        values={
            "money": ("5,000 KES", "500 NOK", "100 CAD", "35 EUR", "5,000 JPY"),
            "days": ("5", "10", "7", "14", "3"),
        },
        sections=(
            (
                "Accepting gifts",
                "Gifts from suppliers and customers may be accepted up to a value of {money}, never in money. Larger "
                "gifts are politely declined or handed to the charity raffle. Invitations to a meal with a business "
                "reason are fine; journeys are not.",
            ),
            (
                "Register",
                "Every gift that is worth more than a coffee is entered in the gift register within {days} days, also "
                "when it was declined. Compliance looks through the register each quarter. Whoever is offered a bribe "
                "reports it at once on the speak-up line.",
            ),
        ),
        questions=(
            (0, "A supplier wants to give me a present, up to what value is that fine in {country}?"),
            (0, "Can a customer invite me to dinner in {country}?"),
            (1, "Where do I enter a gift that I received in {country}?"),
            (1, "Somebody offered me a bribe in {country}, what do I do?"),
        ),
    ),
    Policy(
        title="Data retention policy",
        values={"years": ("7", "5", "6", "10", "8"), "months": ("6", "3", "12", "6", "9")},
        sections=(
            (
                "Business records",
                "Invoices, contracts and bookkeeping are kept for {years} years and then deleted. Records that a court "
                "or an authority asked for are kept until the case is closed. Legal puts them on hold in the archive.",
            ),
            (
                "Applicants",
                "Applications of people who were not hired are erased after {months} months, unless they agree in "
                "writing to stay in the talent pool. Interview notes belong to the application and go with it.",
            ),
        ),
        questions=(
            (0, "How long do we have to keep invoices in {country}?"),
            (0, "What happens to records that a court asked for in {country}?"),
            (1, "When are applications of rejected candidates erased in {country}?"),
            (1, "How long may I keep interview notes in {country}?"),
        ),
    ),
    Policy(
        title="Company car and commuting policy",
        values={
            "money": ("6,000 KES", "900 NOK", "120 CAD", "58 EUR", "15,000 JPY"),
            "km": ("30 KES", "4.90 NOK", "0.70 CAD", "0.30 EUR", "25 JPY"),
        },
        sections=(
            (
                "Public transport and bicycles",
                "The company pays {money} a month towards a pass for bus and train. Bicycles can be leased from the "
                "gross salary; repairs are included. There are showers and lockers in the basement of every office.",
            ),
            (
                "Driving one's own car",
                "Business trips by private car are refunded with {km} a kilometre, parking included. Fines are never "
                "paid by the company. Pool cars are booked at the reception and come with a fuel card.",
            ),
        ),
        questions=(
            (0, "Does the company help to pay my train ticket to work in {country}?"),
            (0, "Can I lease a bike through the company in {country}?"),
            (1, "What do I get per kilometre if I drive my own car for work in {country}?"),
            (1, "I got a parking fine on a business trip in {country}, who pays?"),
        ),
    ),
    Policy(
        title="Pension and insurance policy",
        values={"rate": ("10", "7", "6", "4", "5"), "sum": ("four", "six", "two", "three", "five")},
        sections=(
            (
                "Company pension",
                "The company adds {rate} per cent of the gross salary to the pension fund of everybody who pays in at "
                "least two per cent. The share can be changed each January. What was paid in stays yours when you "
                "leave.",
            ),
            (
                "Life and accident insurance",
                "All employees are insured against accidents, also in their free time, and for {sum} yearly salaries in "
                "case of death. Name whom the money goes to in the HR portal. Dangerous sports are covered but for "
                "motor races.",
            ),
        ),
        questions=(
            (0, "What does the company pay into my pension in {country}?"),
            (0, "Do I keep my pension money when I leave the company in {country}?"),
            (1, "Am I insured for accidents in my free time in {country}?"),
            (1, "What does my family receive if I die, for employees in {country}?"),
        ),
    ),
    Policy(
        title="Code of conduct for meetings and dress",
        values={
            "minutes": ("25", "45", "50", "25", "30"),
            "day": ("Friday", "Wednesday", "Thursday", "Friday", "Tuesday"),
        },
        sections=(
            (
                "Meetings",
                "Meetings last {minutes} minutes by default and have an agenda. {day} is free of internal meetings. "
                "Recordings are made only when everybody agrees. Whoever is not needed may leave without excuse.",
            ),
            (
                "Dress",
                "There is no dress code in the office beyond what is clean and decent. At customers' sites business "
                "casual is expected; in warehouses helmets and safety shoes are mandatory. Religious clothing is "
                "always welcome.",
            ),
        ),
        questions=(
            (0, "On which weekday are there no internal meetings in {country}?"),
            (0, "How long should a meeting be by default in {country}?"),
            (1, "What should I wear when I visit a customer from the office in {country}?"),
            (1, "Are safety shoes mandatory in the warehouse in {country}?"),
        ),
    ),
    Policy(
        title="Salary review and bonus policy",
        values={"month": ("April", "May", "March", "January", "July"), "rate": ("8", "6", "10", "12", "15")},
        sections=(
            (
                "Yearly review",
                "Salaries are reviewed once a year and changes take effect in {month}. Managers propose, a committee "
                "compares across teams, and everybody gets a letter with the reason. There is no review in the first "
                "six months after joining.",
            ),
            (
                "Bonus",
                "The target bonus is {rate} per cent of the yearly salary: half depends on the company's result, half on "
                "one's own goals. It is paid with the salary after the annual report. Who leaves before does not get it.",
            ),
        ),
        questions=(
            (0, "In which month do salary raises take effect in {country}?"),
            (0, "Who decides about my raise in {country}?"),
            (1, "How large is the target bonus in {country}?"),
            (1, "Do I still get my bonus if I leave before it is paid in {country}?"),
        ),
    ),
    Policy(
        title="Referral policy",
        values={
            "money": ("100,000 KES", "15,000 NOK", "2,000 CAD", "2,500 EUR", "200,000 JPY"),
            "months": ("3", "6", "4", "6", "3"),
        },
        sections=(
            (
                "Reward",
                "Whoever refers a candidate that is hired gets {money}, paid when the new colleague has stayed for "
                "{months} months. For roles in management there is no reward, nor for members of the People team.",
            ),
            (
                "How to refer",
                "Send the profile through the form on the careers page before the person applies. Ask the person first. "
                "If two people name the same candidate, the earlier one counts. Relatives may be referred, but you do "
                "not interview them.",
            ),
        ),
        questions=(
            (0, "What do I get if a friend that I referred is hired in {country}?"),
            (0, "When is the referral reward paid in {country}?"),
            (1, "How do I refer somebody for a job in {country}?"),
            (1, "May I refer my sister for a role in {country}?"),
        ),
    ),
    Policy(
        title="Volunteering and sabbatical policy",
        values={"days": ("4", "3", "2", "5", "1"), "years": ("4", "5", "6", "5", "7")},
        sections=(
            (
                "Volunteering days",
                "Everybody may spend {days} paid days a year on volunteering for a charity. Political parties are "
                "excluded. Tell your team a week ahead, and write two lines about it in #good-deeds afterwards.",
            ),
            (
                "Sabbatical",
                "After {years} years with the company an unpaid sabbatical of up to six months is possible, once. The "
                "request is made four months ahead. Insurance goes on; the pension rests. The position is held.",
            ),
        ),
        questions=(
            (0, "How many paid days can I use for charity work in {country}?"),
            (0, "May I volunteer for a political party on paid time in {country}?"),
            (1, "After how many years can I take a sabbatical in {country}?"),
            (1, "How far ahead must I request a sabbatical in {country}?"),
        ),
    ),
    Policy(
        title="Workplace safety policy",
        values={
            "number": ("999", "112", "911", "110", "119"),
            "month": ("February", "September", "October", "June", "November"),
        },
        sections=(
            (
                "Emergencies",
                "In an emergency call {number}, then the reception. Leave the building by the stairs and meet at the "
                "assembly point in the car park. Fire drills take place each {month}. First-aid boxes hang beside the "
                "kitchens.",
            ),
            (
                "Accidents at work",
                "Every accident, however small, is written into the accident book on the same day. The safety officer "
                "reports serious ones to the authority within three days. Treatment is paid by the accident insurance.",
            ),
        ),
        questions=(
            (0, "Which number do I call in an emergency at the office in {country}?"),
            (0, "Where do we meet when there is a fire alarm in {country}?"),
            (1, "I cut my hand at work in {country}, do I have to write that down as an accident?"),
            (1, "Who reports serious accidents to the authority in {country}?"),
        ),
    ),
    Policy(
        title="Flexible working hours policy",
        values={
            "hours": ("40", "37.5", "38", "39", "40"),
            "start": ("seven", "six", "half past six", "seven", "eight"),
        },
        sections=(
            (
                "Hours",
                "A full-time week has {hours} hours. Work may begin from {start} in the morning and ends before eight in "
                "the evening. A break of half an hour is taken after six hours at the latest. Plus and minus of up to "
                "twenty hours are carried into the next month.",
            ),
            (
                "Part time",
                "Anybody may ask to work part time after six months; the answer comes within four weeks. Reasons for a "
                "refusal are given in writing. Going back to full time is possible when there is a need, with "
                "preference before new hires.",
            ),
        ),
        questions=(
            (0, "How many hours is a full-time week in {country}?"),
            (0, "How early may I begin to work in the morning in {country}?"),
            (1, "Can I switch to part time in {country}, and when do I get an answer?"),
            (1, "Can I go back from part time to full time in {country}?"),
        ),
    ),
)
