"""What is written down after a talk: calls, meetings, visits, voicemails, events, surveys."""

from __future__ import annotations


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


SERIES_SUBJECTS: dict[str, tuple[str, ...]] = {
    "weekly": _lines("""
        Weekly call: {file}, open tickets
        Weekly call: {site}
        Weekly call with {to}
        Weekly call: {plan}
        Weekly: {trouble}
        Weekly call, short: {site}
        Weekly call: {file} and {site2}
    """),
    "fortnightly": _lines("""
        Fortnightly call: {plan}
        Fortnightly: {file}, {site}
        Catch-up with {to} and {other}
        Catch-up: {site2}
        Fortnightly: {trouble}, open points
        Fortnightly: next steps for {plan}
    """),
    "monthly": _lines("""
        Monthly check-in: {file}
        Monthly review: {month}
        Monthly meeting: {site}, {plan}
        Monthly: {file} and open points
        Monthly check-in with {to}
        Figures for {month}
    """),
    "quarterly": _lines("""
        Quarterly business review: {site}
        Business review at {site}
        Visit to {site}
        Quarterly review: {plan}
        Visit: {plan}, {site2}
        Review with {to} and {other}
    """),
    "project": _lines("""
        Project call: {plan}
        Stand-up, {plan}
        {Plan}: open points before {day}
        Workshop: {file}
        Test run at {site}
        {Plan}: go or no go
    """),
    "adhoc": _lines("""
        Call about the {file}
        Call: {trouble} at {site}
        {to} rang about {site2}
        Short call with {to}
        Call: {plan}
        Question on invoice {number}
    """),
}

NOTES = _lines("""
    {to} asked for the new {file} before the board meets. Promised for {day}.
    Went through the open tickets: {n} left, none of them urgent.
    {site} is still behind; {other} looks after it this week.
    Happy with the last delivery. {partner} came on time.
    They see {trouble} at {site2}. I will ask {mate} to look at the mapping.
    {plan} starts in {month}. They will need more seats.
    {to} is worried about {plan}; the budget is not decided.
    Agreed: {file} on {weekday}s from now on.
    {other} takes over the day-to-day from {to} during the holidays.
    {to} wants fewer mails and one list. Sensible.
    Numbers for {month}: {pct} % fewer rejects, {count} records a day.
    Talked about {site2}: decision by {day}.
    Short, nothing new. Next time {other} joins.
    We owe them the comparison of {site} and {site2} by {day}.
    {to} mentioned that a competitor has been in touch with {other}. Nothing concrete.
    {partner} was praised for the handover at {site}.
    Walked through the {file} line by line; {n} corrections, all on our side.
    They would like somebody on site when {plan} begins.
    {to} confirmed that the correction of last week holds.
    Price came up again. {to} will defend it if {site} runs well by {month}.
    Showed the new filters; {other} found a mistake within a minute. Good eyes.
    Complaint about the hotline: {n} tries before somebody answered. Passed on to {mate}.
""")

VISIT_NOTES = _lines("""
    Two hours at {site} with {to} and {other}. The {file} hangs on the wall, used every day.
    Walked through {site}. {trouble} is their biggest daily pain; took photos.
    Lunch with {to}. Open talk about {plan} and about money.
    Review went well: {pct} % better than the quarter before. {other} wants the same for {site2}.
    Met the crew on the early shift. They like the lists, not the logins.
    {to} showed me {plan} on the drawing board. We are in their plan for next year.
    Presented the quarter. Three questions from {other}, answers by {day}.
""")

VOICEMAILS = _lines("""
    Left a voicemail for {to}: please call back about {plan}.
    Voicemail for {to}, said that the {file} is ready.
    Mailbox of {to}. Asked how {site} is doing.
    Left a message with reception for {to}.
""")
NO_ANSWERS = _lines("""
    Rang twice, no answer.
    Engaged all morning.
    No answer; will try again on {weekday}.
    {to} in a meeting according to reception, {other} not at the desk.
""")
CALLED_OFF = _lines("""
    Called off by {to} an hour before: auditors in the house.
    Moved at {to}'s request.
    {to} ill, {other} could not step in.
    We had to cancel: {mate} stuck on the train.
    Cancelled, nothing urgent on either side.
""")

EVENTS = (
    ("Client day in {town}", "{to} came with {other}. Good talks at the coffee table, interest in {plan}."),
    ("Round table: {plan}", "{to} told the others how {site} does it. Reference-ready."),
    ("Trade fair, {town}", "Met {to} at the stand. Wants a follow-up on {plan} in {month}."),
)
SURVEY_ASKED = (
    "How are we doing? Three questions on {month}",
    "A short survey on {month}: three questions, one minute.",
)
SURVEY_ANSWERS = (
    ("Survey answered: {score}/10", "“Reliable, answers quickly. More about {plan}, please.”"),
    ("Survey answered: {score}/10", "“{site} is well looked after. Invoices could be simpler.”"),
    ("Survey answered: {score}/10", "“Good people. The {file} should come earlier.”"),
    ("Survey answered: {score}/10", "No comment."),
)

KICK_OFFS = (("Kick-off: {plan}", "Roles, dates, first {file}. {to} leads on their side, {mate} helps on ours."),)
GO_LIVES = (
    ("Go-live {site}", "Went live at {hour}. {n} small things on the list, nothing that stops work."),
    ("Sign-off: {plan}", "{to} signed. Lessons: start with {site}, test {trouble} first."),
)
FIRST_TALKS = (
    ("First meeting", "Got to know {to} and {other}. They come because of {trouble}. First delivery on {day}."),
    ("Onboarding call", "Set up {site}; {file} to be tested by {day}. {to} is our contact for everything."),
    ("Introduction", "{to} explained how {site} works. We start small, with the {file}."),
)
WIN_BACKS = (
    (
        "Long talk with {to}",
        "They had felt forgotten since {month}. Listened, apologised, agreed on a call every two weeks.",
    ),
    ("{to} called back at last", "New management, old grudge about {trouble}. We may send a plan by {day}."),
)
LAST_TALKS = (
    ("Exit talk", "{to} moves the work in-house at the end of {month}. No hard feelings; {plan} was the trigger."),
    ("End of contract", "Confirmed the end. Handed over the last {file} and the list of users."),
)
HANDOVER_MAILS = (
    (
        "Your new contact here",
        "From {day} I look after you, together with {mate}, who has told me all about {site}. I will call this week.",
    ),
    ("Handover", "I take over from {mate}. First thing I read was the list of open points on the {file}."),
)
FAREWELL_MAILS = (
    ("Goodbye", "{day} is my last day here. {other} will look after the {file}. Thank you for the good years."),
    ("Moving on", "I am leaving for something new. Please talk to {other} about {plan} from now on."),
)
PAUSE_MAILS = (
    (
        "Shutdown at {site}",
        "As discussed: we stand still until {until}. No calls please, {other} is on the emergency number.",
    ),
    (
        "We pause until {until}",
        "Everything is on hold here because of the move. Back on {until}, then with full force.",
    ),
)
