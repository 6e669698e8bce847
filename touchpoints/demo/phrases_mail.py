"""What mails and tickets are about and say. Words in braces are filled in by ``texts.Writer``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of conversation: how a thread on it begins (``theirs``/``ours``) and how it goes on."""

    key: str
    subjects: tuple[str, ...]
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    our_answers: tuple[str, ...]
    their_answers: tuple[str, ...]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


FILES = Topic(
    "files",
    _lines("""
        {File}, draft {n}
        {File} for {month}
        Corrections to the {file}
        {File}: {site}
        New columns in the {file}
        {File} in the old format
    """),
    _lines("""
        Could we have the {file} in the old format as well?
        {count} lines in the {file} have no site code. Is that us or you?
        {other} asked for the {file} before the board meets on {day}.
        The {file} for {site} still shows last month's figures.
        Please add {site2} to the {file}; it opens on {day}.
        We compared the {file} with our own list and {n} entries are missing.
        Can the {file} come on {weekday}s instead? It arrives after our planning round.
    """),
    _lines("""
        Draft {n} of the {file} is attached, with the changes for {site}.
        We have added the columns {other} asked for; the rest of the {file} is as before.
        The {file} for {month} is ready. {count} rows, no rejects.
        Before we publish the {file}: is {site2} still to be left out?
        I went through the {file} with {mate} and found {n} double entries. They are out now.
    """),
    _lines("""
        Done, the corrected {file} is in your folder.
        That was on our side: an old mapping for {site}. Fixed, and it runs again tonight.
        You will have it by {weekday}, in both formats.
        Good catch. {mate} has put the missing {n} back in.
        I have moved it to {weekday}; first run is on {day}.
        Both versions are there now. The old one stays until the end of {month}.
    """),
    _lines("""
        Thanks, this one looks right.
        {other} has checked it: all good apart from {site2}.
        Perfect, that saves us half a day.
        Got it. We load it tonight and tell you if anything sticks.
        Better, but the totals for {site} are still {pct} % off.
        Confirmed, {count} rows on our side too.
    """),
)

DELIVERY = Topic(
    "delivery",
    _lines("""
        Delivery to {site} on {day}
        {Site} handover
        Delivery window {weekday}
        {partner}: delivery on {day}
        Confirmation of receipt, {site}
        Acceptance {site2}
    """),
    _lines("""
        The delivery to {site} came at {hour}, two hours after the window.
        {partner} was here on {weekday}. Everything complete, signed by {other}.
        We are missing {n} items from the delivery to {site2}.
        Can {partner} come before {hour}? The gate closes early that day.
        Nobody told {site} about the change of day. Please put {other} on the list.
    """),
    _lines("""
        {partner} will be at {site} on {day} between {hour} and the early afternoon.
        Did the delivery to {site} arrive on time and as expected?
        The handover at {site2} is planned for {day}; {mate} will be there.
        {partner} reports {site} as delivered. Could {other} confirm?
        We had to move {site} by a day: {partner} is one van short.
    """),
    _lines("""
        I am sorry about that. I have spoken to {partner}; the missing {n} come on {weekday}.
        Noted, {other} is on the list from now on.
        {partner} confirms {hour}.
        Thank you for telling us at once. I have asked for the reason in writing and will pass it on.
        Then I mark it as received. Thank you.
    """),
    _lines("""
        Yes, on time and complete.
        On time, but one box was damaged. Photos are with {other}.
        That works for us. {other} will be at the gate.
        Moving it is fine, just not on {weekday}.
        Received, thank you. The crew was friendly, too.
    """),
)

BILLING = Topic(
    "billing",
    _lines("""
        Invoice {number}
        Invoice for {month}: cost centre
        Question on invoice {number}
        Credit note {number}
        Purchase order {year}: {site}
    """),
    _lines("""
        Invoice {number} has the old cost centre. Could you send it again?
        We were billed for {n} sites, but {site2} only starts in {month}.
        Our bookkeeping is missing the invoice for {month}.
        Please put order number {count}-{number} on all invoices from now on.
        Is the {pct} % index already in invoice {number}?
    """),
    _lines("""
        Invoice {number} is attached. It is the last one with the old cost centre.
        Our books show invoice {number} as open. Is there anything missing on it?
        For {year} we need a new purchase order; the present one ends in {month}.
        The credit note for {site} is attached, as agreed on {weekday}.
    """),
    _lines("""
        Sorry, here it is again with the right cost centre.
        You are right about {site2}. The credit note goes out today.
        Sent again, this time to {other} as well.
        The order number is stored now and will print from {month}.
        No, the index only starts with the renewal.
    """),
    _lines("""
        Thank you, it is approved.
        It was waiting for {other}'s signature. You should have the money by {weekday}.
        The new order is on its way; {other} is doing the paperwork.
        All settled from our side.
    """),
)

INCIDENT = Topic(
    "incident",
    _lines("""
        Import fails on {weekday}s
        {Site}: {trouble}
        Nothing arrives at {site}
        Urgent: {file} empty
        Sign-in fails for {site2}
        {File} stops half-way
        Wrong totals in the {file}
    """),
    _lines("""
        Since this morning we see {trouble} at {site}. {count} records so far.
        The {file} stopped at {hour} and has been empty since.
        {other} and two colleagues cannot sign in at {site2}. Same message for all three.
        The import failed again, third {weekday} in a row.
        We have {trouble} once more. Please call {other}, this holds up {site}.
    """),
    _lines("""
        Our monitoring shows that the {file} for {site} did not run tonight. We are on it.
        We see {trouble} at {site} and have stopped the run to be safe.
        {partner}'s feed is late today; the {file} will be about two hours behind.
    """),
    _lines("""
        We found it: {partner}'s feed came late. It is running again and we have added a check.
        Resolved in {n} hours. Root cause: a changed column at {site}.
        Restarted, and {mate} is watching the next run. I will write when it is through.
        A workaround is in place; the real correction follows on {weekday}.
        A certificate at {site} had run out. Replaced, with a reminder for next year.
    """),
    _lines("""
        The {file} works again, thank you.
        Better. {count} records still look odd; {other} sends a list.
        It runs at {site}. Could we have a line on the cause for our records?
        Confirmed by {site}. Please close the ticket.
        Still the same at {site2}, I am afraid.
    """),
)

REVIEW = Topic(
    "review",
    _lines("""
        Agenda for {day}
        Notes from {weekday}: {plan}
        Business review, {month}: {plan}
        Review: figures for {site}
        Actions from our review: {site}
        Slides for {day}
    """),
    _lines("""
        Two points for the agenda from us: {plan}, and {trouble} at {site}.
        {other} would like to join the review. Is there room for ten minutes on {plan}?
        Could you bring the figures for {site} and {site2} side by side?
        We would rather meet here than online this time. {other} books the room.
    """),
    _lines("""
        Here is what I would bring on {day}: {plan}, the {file}, and the open point at {site}.
        The notes are attached: {n} actions, {other} has the first one.
        The figures for the review: {pct} % fewer rejects than last quarter, {site} still behind.
        Thank you for the open words on {weekday}. I have written down what we promised, with dates.
    """),
    _lines("""
        Of course, ten minutes for {plan} at the end.
        Gladly. {mate} comes along for the part about {site}.
        The side-by-side figures are on slide {n}.
        All noted, see you on {weekday}.
    """),
    _lines("""
        Fine with us. {other} will be a little late.
        Agreed. Please leave the prices out, {other} is not in the picture yet.
        Thank you, good notes. One correction: {site2} was {pct} %, not more.
        We have gone through the actions. {n} of them are done.
    """),
)

PLANNING = Topic(
    "planning",
    _lines("""
        {Plan}
        {Plan}: first thoughts
        Next steps for {plan}
        Help with {plan}
        Timeline for {plan}
        {Plan} and {site}
    """),
    _lines("""
        We are starting on {plan}. What would you need from us, and by when?
        For {plan} the {file} must be twice as fast. Is that possible?
        {other} is leading {plan} on our side. Could you two talk?
        {Plan} has moved by a month. Please keep the old dates for {site}.
        The board has said yes to {plan}.
    """),
    _lines("""
        On {plan}: I have put a first timeline together, from now to {day}.
        {mate} did the same for another client last year and can share what went wrong there.
        For {plan} we should start with {site}; it has the cleanest {file}.
        How is {plan} going? We have kept {n} days free in {month}.
    """),
    _lines("""
        We would need the {file} and a name at {site}. Three weeks is enough.
        Yes, with one change to the nightly run. I will send numbers by {weekday}.
        Good news. I have told {mate}, and we keep {day} free.
        I have moved everything but {site}.
    """),
    _lines("""
        The timeline is too tight for {site2}. Otherwise yes.
        {other} has questions on the second page. I will collect them.
        Makes sense. Let us begin with {site}.
        Thank you. It is with {other} now, decision by {day}.
        We talked about it on {weekday}: everybody likes the plan, nobody likes the date.
    """),
)

COMMERCIAL = Topic(
    "commercial",
    _lines("""
        Renewal {year}: {site} and {site2}
        Prices from {month}: {file}
        Offer for {site2}
        {n} more users
        Contract: notice period
        Our proposal of {day}
    """),
    _lines("""
        Purchasing asks what happens to the price if we add {site2}.
        Could you send the renewal papers before {day}? {other} is away after that.
        We need {n} more users for {site}, from {month}.
        {pct} % is more than we can sell internally. Is there another way?
        {other} wants to see what we got for the money last year before signing.
    """),
    _lines("""
        The offer for {site2} is attached, valid until {day}.
        Your contract renews in {month}. I would like to talk about what should change before that.
        The price for {year} is up by {pct} %, and here is what it is made of.
        As promised, the comparison with and without {site2}.
    """),
    _lines("""
        We could spread it over two years. I will put it in writing.
        The {n} users are active. They appear on the next invoice.
        I will bring a one-page summary of the year: deliveries, tickets, answers.
        Papers are attached, with the notice period as discussed.
    """),
    _lines("""
        Legal has one comment on page {n}. Otherwise fine.
        Signed and on its way.
        We have to wait for the budget round; ask me again after {day}.
        Thank you, that is fair. I will take it to {other}.
        Two years is better for us.
    """),
)

TRAINING = Topic(
    "training",
    _lines("""
        Training for {site}
        New colleague at {site}
        Access for {other}
        Guide for the {file}, {site}
        Questions after the training at {site}
    """),
    _lines("""
        {other} starts with us on {day}. Could you set up access and a short introduction?
        The team at {site2} never had the training. Could {mate} do it again?
        Is there a short guide to the {file} that I can print?
        Please remove the access of two people who left {site}.
    """),
    _lines("""
        The recording of the training is in your folder; questions to me or {mate}.
        Access for {other} is ready. The first sign-in asks for a new password.
        We have a free seat in the course on {day}. Somebody from {site}?
    """),
    _lines("""
        Done. {other} has a mail with the first steps.
        {mate} could do {weekday} at {hour}, an hour is enough.
        The guide is attached, two pages.
        Both accounts are closed.
    """),
    _lines("""
        Thank you, {other} is already in.
        {weekday} works. We will be {n} people.
        Very clear, thanks. We have hung it up at {site}.
        Everybody liked it. Can we do the same for {site2}?
    """),
)

MEETING_PLANS = Topic(
    "scheduling",
    _lines("""
        A date in {month}, {town}
        {weekday} at {hour}?
        Visit to {site}
        Can we move {weekday}?
        Lunch when I am in {town}?
    """),
    _lines("""
        Could we move {weekday} to {hour}? {other} has the auditors in.
        When are you next in {town}? {other} would like to show you {site}.
        {day} does not work any more. The week after?
    """),
    _lines("""
        I am in {town} on {day} and could come to {site} in the morning. Would that suit you?
        Shall we find a date in {month}? {weekday}s are good for me.
        {mate} and I would like to see {site} with our own eyes. Is {day} possible?
    """),
    _lines("""
        {hour} is fine, I have changed the invitation.
        Gladly. I will bring {mate}.
        The week after, then: {weekday}, {hour}.
    """),
    _lines("""
        {day} suits us. Ask for {other} at the gate.
        {weekday} is bad, the day after is good.
        Please do come. We have things to show.
    """),
)

CARE = Topic(
    "care",
    _lines("""
        Thank you
        How did {weekday} go at {site}?
        Well done at {site}
        A word on {site}
        Feedback from {site2}
        Before the holidays
    """),
    _lines("""
        I just wanted to say that {mate} did very well at {site}.
        {site2} is much happier than in {month}. Please pass it on.
        Honest feedback: the answers have become slower since {month}.
        Would you speak to somebody at {partner}? The tone on the phone was not good.
    """),
    _lines("""
        How did the go-live at {site} feel from your side?
        Anything you would like us to do differently after {month}?
        Congratulations on {site2}! {mate} saw it in the paper.
        We are closed from {day}; {mate} answers the emergency line.
    """),
    _lines("""
        That made {mate}'s day. Thank you.
        You are right, and I am sorry. {mate} and I now split the inbox; tell me if it does not improve.
        I have spoken with {partner}. It will not happen again.
    """),
    _lines("""
        Better than expected, to be honest.
        Mostly good. The first two days were rough.
        Thank you, very kind. All the best to the team.
        One wish: a single person to call when {site} is in trouble.
    """),
)

CHECKING_IN = Topic(
    "checking_in",
    _lines("""
        Are you still there?
        Following up on {plan}
        Following up: {file}
        Shall we talk?
        Any news from {site}?
        Once more: {plan}
    """),
    ("Sorry for the long silence, it has been hectic here.", "I know I owe you an answer. Next week, promised."),
    _lines("""
        I have not heard from you since my mail about the {file}. Is everything all right?
        Just making sure that my last message reached you.
        If {plan} is off the table, a short word is enough.
        I tried to call {other} as well. When would be a good moment?
        Shall I send the {file} for {month} anyway?
        Is there somebody else I should be talking to about {site}?
        I will be in {town} on {day} and could simply drop in.
    """),
    ("Good to hear from you. {weekday} at {hour}?", "No harm done. I will call on {weekday}."),
    ("Yes, please call.", "We are reorganising, nothing is decided. Bear with us."),
)

EVERYDAY_TOPICS = (
    FILES,
    DELIVERY,
    BILLING,
    INCIDENT,
    REVIEW,
    PLANNING,
    COMMERCIAL,
    TRAINING,
    MEETING_PLANS,
    CARE,
)
EVERYDAY_WEIGHTS = (24, 16, 10, 8, 9, 12, 7, 8, 8, 6)
