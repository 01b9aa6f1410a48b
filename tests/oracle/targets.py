"""RULES.md section 5: how much of a target was delivered, metric by metric."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.counting import Course
from tests.oracle.effective import Said, named, number, once_each
from tests.oracle.hours import World, holding, hours_in
from tests.oracle.scope import ZERO, KindFits, Scope, pathways_of
from tests.oracle.tender import Tender, group_of, is_under, stands_for, successors

FROM_START = {"ordinary_employment", "apprenticeship"}
WORKING = FROM_START | {"other_training", "flex_job", "sheltered_job"}
LED_TO_KIND = {"d": "apprenticeship", "e": "ordinary_employment"}
LED_TO_OUTCOME = {"d": {"apprenticeship"}, "e": {"job_same_employer", "job_other_employer"}}
FOLLOW_UP_DAYS = 28


def delivered(scope: Scope) -> Fraction | None:
    """The target's own number; None where it is unknown."""
    metric = scope.target["metric"]
    if metric == "share_of_hours":
        return share_of_hours(scope)
    if metric == "conversions":
        return Fraction(sum(led_on(scope, begun) for begun in scope.within(scope.own_kind).values()))
    if metric in {"in_work", "share_in_work"}:
        return retention(scope)
    return _plain(scope, metric) + _substituted(scope, metric)


def _plain(scope: Scope, metric: str, kind_fits: KindFits | None = None) -> Fraction:
    fits = kind_fits or scope.own_kind
    if metric == "persons":
        already = scope.persons(scope.own_kind) if kind_fits else set()
        return Fraction(len(scope.persons(fits) - already))
    if metric == "placements":
        return Fraction(len(scope.within(fits)))
    if metric == "person_weeks":
        return scope.weeks(fits)
    return (scope.measured(fits) + scope.computed(fits)) / number(scope.world.rules.get("hours_per_fte", 1924))


def _substituted(scope: Scope, metric: str) -> Fraction:
    """Section 5, substitution: what fits but for its kind, up to what was agreed by D."""
    agreed = once_each(scope.tender.told("substitution.agreed"), "substitution")
    agreed = [
        s for s in agreed if s.data["target"] == scope.target["target"] and s.day("agreed_on") <= scope.world.look.on
    ]
    if not agreed or not scope.target.get("kinds"):
        return ZERO
    kinds = {kind for s in agreed for kind in s.data["kinds"]} - set(scope.target["kinds"])
    up_to = sum((number(s.data["up_to"]) for s in agreed), ZERO)
    return min(up_to, _plain(scope, metric, kinds.__contains__))


def share_of_hours(scope: Scope) -> Fraction | None:
    """100 x hours that fit / site hours, for contractors and months with counted site hours."""
    counted: list[Said] = []
    reports = scope.tender.told("site_hours.reported")
    for contractor in {report.data["contractor"] for report in reports}:
        if _site_hours_fit(scope, contractor):
            counted += holding(x for x in reports if x.data["contractor"] == contractor)
    counted = [report for report in counted if report.day("to_on") <= scope.world.look.on]
    total = sum((hours_in(report) for report in counted), ZERO)
    if total == 0:
        return None
    known = {(r.data["contractor"], r.day("from_on").year, r.day("from_on").month) for r in counted}
    return 100 * (scope.measured(scope.own_kind, known) + scope.computed(scope.own_kind, known)) / total


def _site_hours_fit(scope: Scope, contractor: str) -> bool:
    """Among the target's contractors and those that hold its contracts, where it names any."""
    tender, target = scope.tender, scope.target
    if target.get("contractors") and not is_under(tender, contractor, frozenset(target["contractors"])):
        return False
    if not target.get("contracts"):
        return True
    named_with = tender.told("contract.awarded", "contractor.engaged")
    holders = {s.data["contractor"] for s in named_with if s.data.get("contract") in target["contracts"]}
    return is_under(tender, contractor, frozenset(holders.union(*(successors(tender, holder) for holder in holders))))


def led_on(scope: Scope, begun: Course) -> bool:
    """Conversions: pathway d led to an apprenticeship, or e to a job."""
    wanted = set(scope.target.get("pathways") or {"d", "e"})
    for pathway in pathways_of(begun) & {"d", "e"} & wanted:
        kinds = {after.placement.term("kind") for after in _continuing(scope.world, begun)}
        if LED_TO_KIND[pathway] in kinds or LED_TO_OUTCOME[pathway] & _outcomes(scope.world, begun):
            return True
    return False


def _continuing(world: World, begun: Course) -> list[Course]:
    """The placements of the person that count and continue this one, directly or through others."""
    tender = world.tender
    chain = set(group_of(begun.placement.id, tender.groups))
    before: set[str] = set()
    while before != chain:
        before = set(chain)
        for other in [placement for placement in tender.placements.values() if placement.term("continues") in chain]:
            group = group_of(other.id, tender.groups)
            chosen = tender.placements[stands_for(group, tender.placements) or other.id]
            if tender.root(chosen) == begun.root:
                chain |= group
    return [after for i, after in world.courses.items() if i in chain and after.root == begun.root and after != begun]


def _outcomes(world: World, begun: Course) -> set[str]:
    """The outcomes heard by D: of the end, and of follow-ups."""
    heard = {f.data.get("outcome") for f in follow_ups(world.tender, begun) if _followed_on(f) <= world.look.on}
    if begun.end is not None and begun.end <= world.look.on:
        heard.add(begun.outcome)
    return {outcome for outcome in heard if outcome is not None}


def follow_ups(tender: Tender, begun: Course) -> list[Said]:
    """The follow-ups of the placement, under any of its ids."""
    ids = group_of(begun.placement.id, tender.groups)
    return [f for i in sorted(ids & set(tender.placements)) for f in named(tender.placements[i].said, FOLLOWED)]


FOLLOWED = "placement.followed_up"


def _followed_on(follow_up: Said) -> date:
    return follow_up.day("followed_up_on")


def retention(scope: Scope) -> Fraction | None:
    """in_work, or share_in_work in percent; None where no answer is known."""
    answers = [in_work(scope, begun) for begun in scope.within(scope.own_kind).values()]
    yes, no = answers.count("yes"), answers.count("no")
    if yes + no == 0:
        return None
    return Fraction(yes) if scope.target["metric"] == "in_work" else Fraction(100 * yes, yes + no)


def in_work(scope: Scope, begun: Course) -> str:
    """yes, no, unknown, or left_out: whether the person was in work on the check day."""
    from_day = begun.start if begun.placement.term("kind") in FROM_START else begun.end
    if from_day is None:
        return "left_out"
    check = from_day + timedelta(weeks=scope.target["after_weeks"])
    if check > scope.world.look.on:
        return "left_out"
    answer = _answer(scope.world, begun, check)
    if answer != "yes" and begun.reason == "contractor_ended" and begun.end is not None and begun.end < check:
        return "left_out"
    return answer


def _answer(world: World, begun: Course, check: date) -> str:
    theirs = [c for c in world.courses.values() if c.root == begun.root and c.placement.term("kind") in WORKING]
    if any(other.start <= check and (other.end is None or check <= other.end) for other in theirs):
        return "yes"
    near = [
        f
        for f in follow_ups(world.tender, begun)
        if f.data["in_work"] != "unknown"
        and _followed_on(f) <= world.look.on
        and abs((_followed_on(f) - check).days) <= FOLLOW_UP_DAYS
    ]
    if not near:
        return "unknown"
    near.sort(key=lambda f: (-abs((_followed_on(f) - check).days), _followed_on(f), *f.key))
    return str(near[-1].data["in_work"])
