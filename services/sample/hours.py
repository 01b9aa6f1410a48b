"""The hours of a portfolio, most of its events: by placement and pay period, and by contractor and month."""

from services.sample.days import ISO, MONTHS, Span
from services.sample.lines import CLOCK, JSON_DATA, OPEN
from services.sample.tender import Course, Firm, Tender

_UNUSUAL = 0.095
# How far into the unusual ones each reaches; the rest of them is known in days only.
_MISSING, _CORRECTED, _WITHDRAWN, _LATE, _REVISED = 0.012, 0.043, 0.050, 0.075, 0.080
_BEFORE_ITS_TARGET = 0.06

# Hours are written in quarters; their texts once.
QUARTERS: tuple[str, ...] = tuple(f"{quarters / 4:g}" for quarters in range(744 * 4 + 1))


def course_of(firm: Firm, tender_id: str, placement: str, span: Span, weekly_hours: float) -> Course:
    """A placement whose hours will be reported."""
    head = firm.payroll.head("hours.reported", tender_id)
    tail = f'{JSON_DATA}{firm.payroll.signature}","placement":"{placement}","from_on":"'
    return Course(placement, firm, *span, weekly_hours, head, tail)


def report_hours(tender: Tender, month: int) -> None:
    """The hours of a month of everybody who was there, sent some days after each pay period."""
    first, last = MONTHS[month]
    tender.courses = [course for course in tender.courses if course.end >= first]
    random, put = tender.rng.random, tender.post.put
    for course in tender.courses:
        if course.start > last:
            continue
        next_id, head, tail = course.firm.payroll.next_id, course.head, course.tail
        pace = course.weekly_hours * 4 / 7
        for period in course.firm.periods[month]:
            begin, end = max(period[0], course.start), min(period[1], course.end)
            if begin > end:
                continue
            chance = random()
            school = _school_days(course, begin, end) if course.school else 0
            worked = int((end - begin + 1 - school) * pace * (0.8 + chance * 0.25))
            measured = f'"hours":{QUARTERS[worked]},"school_hours":{QUARTERS[int(school * pace)]}'
            if chance < _UNUSUAL:
                _unusual(tender, course, (begin, end), worked, chance)
                continue
            day = end + 1 + int(chance * 5)
            line = (
                f"{OPEN}{next_id()}{head}{ISO[day]}{CLOCK[day % 6]}{tail}{ISO[begin]}"
                f'","to_on":"{ISO[end]}",{measured},"revision":1}}}}'
            )
            put(day, line.encode())


def _school_days(course: Course, begin: int, end: int) -> int:
    return sum(max(min(last, end) - max(first, begin) + 1, 0) for first, last in course.school)


def _unusual(tender: Tender, course: Course, span: Span, quarters: int, chance: float) -> None:
    """A report that is missing, wrong at first, taken back, late, revised, or known in days only."""
    if chance < _MISSING:
        return
    payroll, day = course.firm.payroll, span[1] + 3
    period = {"placement": course.id, "from_on": ISO[span[0]], "to_on": ISO[span[1]]}
    data = {**period, "hours": quarters / 4, "school_hours": 0, "revision": 1}
    own = payroll.next_id()
    if chance < _CORRECTED:
        right = {**data, "hours": max(quarters - 30, 0) / 4}
        correction = payroll.correction(own, "hours.reported", right)
        tender.say(payroll, "event.corrected", _correction_day(tender, day), correction)
    elif chance < _WITHDRAWN:
        target = {"target_source": payroll.source, "target_id": own}
        tender.say(payroll, "event.withdrawn", tender.after(day, 2, 30), target)
    elif chance < _LATE:
        day = tender.after(span[1], 30, 90)
    elif chance < _REVISED:
        tender.say(payroll, "hours.reported", day + 9, {**data, "revision": 2, "hours": max(quarters - 16, 0) / 4})
    else:
        data = {**period, "man_days": quarters // 30, "school_hours": 0, "revision": 1}
    tender.post.put(day, payroll.line("hours.reported", tender.id, day, data, own))


def _correction_day(tender: Tender, day: int) -> int:
    return day - 1 if tender.rng.random() < _BEFORE_ITS_TARGET else tender.after(day, 1, 40)


def report_site_hours(tender: Tender, month: int) -> None:
    """All hours of each contractor in a month, as the first contractor's site office counts them."""
    first, last = MONTHS[month]
    for firm in tender.firms:
        begin, end = max(first, firm.engaged_on, tender.dates.starts), min(last, firm.left_on)
        chance = tender.rng.random()
        if begin > end or chance < _MISSING:
            continue
        head = tender.site.head("site_hours.reported", tender.id)
        day, hours = end + 2 + int(chance * 9), int((end - begin + 1) * (4 + tender.size * chance) * 3)
        line = (
            f"{OPEN}{tender.site.next_id()}{head}{ISO[day]}{CLOCK[day % 6]}{JSON_DATA}{tender.site.signature}"
            f'","contractor":"{firm.cvr}","from_on":"{ISO[begin]}","to_on":"{ISO[end]}","hours":{hours},"revision":1}}}}'
        )
        tender.post.put(day, line.encode())
