"""Greetings, sign-offs, text messages, newsletters, and short mails in the client's own script."""

from __future__ import annotations


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


SECOND_LINES = _lines("""
    {weekday} would be soon enough.
    It concerns {site} only.
    {other} knows the background.
    No hurry from our side.
    It would help to have it before {day}.
    The same goes for {site2}.
    I am in the office until {weekday}.
    We noticed it because of {trouble}.
    Please copy {other}.
    This is the last open point for {month}.
    Call me if that is easier.
    It also matters for {plan}.
""")

GREETINGS = ("Hi {to},", "Hello {to},", "Dear {to},", "{to},", "Good morning {to},", "Hi {to}, hope you are well.")
SIGN_OFFS = (
    "Best, {me}",
    "Best regards, {me}",
    "Thanks, {me}",
    "Kind regards, {me}",
    "{me}",
    "Greetings from {town}, {me}",
)
OUR_SIGN_OFFS = ("Best, {me}", "Best regards, {me}", "Thanks, {me}", "Kind regards, {me}", "{me}", "Talk soon, {me}")

TEXT_MESSAGES_THEIRS = _lines("""
    Running ten minutes late, start without me
    Can you call me when you are out of the meeting?
    {site} is up again, thanks
    Did {partner} leave yet?
    Gate code for {weekday} is {number}
    {other} cannot make it today, sorry
    All good at {site}
""")
TEXT_MESSAGES_OURS = _lines("""
    On my way to {site}, there at {hour}
    {partner} is 20 minutes out
    The {file} is in your folder now
    Parked at the wrong gate, coming round
    Sent you the numbers for {site2}
    Can we start at {hour} instead?
""")

NEWSLETTERS = (
    ("What is new in {month}", "Faster imports, a calmer calendar and two dates for your diary: {day} is the first."),
    (
        "Service notice: maintenance on {day}",
        "On {day} the service pauses from 22:00 for about an hour. Nothing to do on your side.",
    ),
    (
        "{month}: five things clients asked for",
        "You asked, we built it: saved filters, shorter exports, clearer errors. {count} of you voted.",
    ),
    ("Invitation: client day in {month}", "Two talks, one workshop, good coffee. Seats are limited to {count}."),
    (
        "Your monthly summary for {month}",
        "{count} records delivered, {n} tickets answered. The details are in your folder.",
    ),
    ("Who answers over the holidays in {month}", "Opening hours and emergency numbers, from now until {day}."),
)
OUT_OF_OFFICE = ("I am away until {day}. In urgent cases please write to {other}.", "Out of the office, back on {day}.")

NATIVE_LINES: dict[str, tuple[tuple[str, str], ...]] = {
    "japanese": (
        (
            "次回のお打ち合わせについて",
            "お世話になっております。次回のお打ち合わせは{number}号会議室でお願いいたします。",
        ),
        ("データの件", "いつもお世話になっております。先日のデータを確認いたしました。問題ございません。"),
        ("納品のご連絡", "お世話になっております。本日、無事に受け取りました。ありがとうございました。"),
        ("ご質問", "恐れ入りますが、先月分の数字をもう一度お送りいただけますでしょうか。"),
    ),
    "arabic": (
        ("موعد التسليم", "السلام عليكم، وصلت الشحنة في الموعد وكانت كاملة. شكراً لكم."),
        ("التقرير الشهري", "مرحباً، هل يمكن إرسال التقرير قبل اجتماع يوم الأحد؟"),
        ("بخصوص الفاتورة {number}", "تحية طيبة، نرجو تصحيح رقم الطلب في الفاتورة {number}."),
        ("شكراً", "شكراً على الرد السريع. كل شيء يعمل الآن."),
    ),
    "greek": (
        ("Παραλαβή", "Καλημέρα, η παράδοση έγινε στην ώρα της. Ευχαριστούμε πολύ."),
        ("Τιμολόγιο {number}", "Θα μπορούσατε να διορθώσετε το κέντρο κόστους στο τιμολόγιο {number};"),
        ("Συνάντηση", "Μας βολεύει η Πέμπτη το πρωί. Θα είναι και ο διευθυντής μαζί μας."),
    ),
    "cyrillic": (
        ("Поставка", "Добрий день! Усе приїхало вчасно, дякуємо."),
        ("Звіт за місяць", "Чи можна отримати звіт до четверга? Потрібен для наради."),
        ("Рахунок {number}", "Будь ласка, надішліть рахунок {number} ще раз, з новими реквізитами."),
    ),
    "hebrew": (
        ("אישור קבלה", "שלום, המשלוח הגיע בזמן והכול תקין. תודה רבה."),
        ("הדוח החודשי", "אפשר לקבל את הדוח לפני יום שלישי? יש לנו ישיבת הנהלה."),
        ("חשבונית {number}", "נא לשלוח שוב את חשבונית {number} עם מספר ההזמנה."),
    ),
}
