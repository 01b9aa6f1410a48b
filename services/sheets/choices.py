"""What clerks write for the values of the closed lists: codes, labels in either language, and everyday words."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from schemas.vocabulary import (
    AgeBand,
    ApprenticeshipForm,
    Assessment,
    EndReason,
    PlacementKind,
    Trade,
    Word,
    YesNoUnknown,
)
from services.sheets.texts import folded
from services.sheets.values import Wrong

# Everyday words, in pairs: values of different lists may be equal as texts, and would be one key.
_ALSO: tuple[tuple[Word, str], ...] = (
    (PlacementKind.APPRENTICESHIP, "lærling, elev, læreplads, lærlinge, apprentice, voksenlærling, lærl, praktikplads"),
    (PlacementKind.WORK_PLACEMENT, "praktik, virksomhedspraktikant, vp, internship, praktikant, jobpraktik"),
    (PlacementKind.WAGE_SUBSIDY, "løntilskudsjob, tilskudsjob, løntilsk"),
    (
        PlacementKind.ORDINARY_EMPLOYMENT,
        "ordinær, fastansat, fastansættelse, ansat, ordinært job, almindelig ansættelse, job, svend, employee",
    ),
    (PlacementKind.OTHER_TRAINING, "fgu, igu, amu, oplæring"),
    (PlacementKind.AFTER_SCHOOL_JOB, "lommepengejob, ungdomsjob, fritidsjobber"),
    (PlacementKind.FLEX_JOB, "fleks, flexjob, fleksjobber, flex"),
    (PlacementKind.SHELTERED_JOB, "skåne, skaanejob"),
    (PlacementKind.COURSE, "kursist, opkvalificering"),
    (PlacementKind.OPERATIONS_ASSISTANT, "driftsass"),
    (Trade.CARPENTER, "tømrerfaget, tømrersvend, bygningstømrer, carpentry, tømmer"),
    (Trade.JOINER, "snedkerfaget, bygningssnedker"),
    (Trade.BRICKLAYER, "mureren, murerfaget, muring, mason, masonry"),
    (Trade.ELECTRICIAN, "el, el-installatør, installatør, elfaget, electrical"),
    (Trade.PLUMBER, "vvs-montør, vvs-tekniker, vvs-energi, blikkenslager, vvs'er, rørlægger, plumbing"),
    (Trade.PAINTER, "bygningsmaler, malerfaget, painting"),
    (Trade.CONCRETE_WORKER, "struktør, beton, betonarbejder, betonmager"),
    (Trade.CIVIL_WORKER, "anlæg, kloakmester, kloak, jord"),
    (Trade.PAVER, "brolægning"),
    (Trade.ROOFER, "tagpap, tagdækning, tag"),
    (Trade.GLAZIER, "glas, glarmesterfaget"),
    (Trade.SCAFFOLDER, "stillads, stilladsarbejder"),
    (Trade.INSULATOR, "teknisk isolatør, isolering"),
    (Trade.SMITH, "klejnsmed, smedefaget"),
    (Trade.GARDENER, "gartner, landskabsgartner"),
    (Trade.DEMOLITION, "nedrivning, nedriver"),
    (Trade.CARETAKER, "ejendomsfunktionær, ejendomsservicetekniker, vicevært"),
    (Trade.OFFICE, "kontorelev, administration, kontorassistent"),
    (Trade.LABOURER, "arbejdsmand, ufagl, arbejder, bygningsarbejder"),
    (Trade.OTHER, "andet, øvrige, other"),
    (YesNoUnknown.YES, "j, y, x, sand, true, 1"),
    (YesNoUnknown.NO, "n, falsk, false, 0"),
    (YesNoUnknown.UNKNOWN, "?, ved ikke, uoplyst"),
    (EndReason.AS_PLANNED, "planmæssigt, udløb, aftale udløbet, færdig, udlært"),
    (EndReason.OWN_NOTICE, "sagt op, sagde selv op, opsagde, opsagt af medarbejder, egen"),
    (EndReason.DISMISSED, "fyret, afskediget, opsagt af firma"),
    (EndReason.DID_NOT_TURN_UP, "udeblevet, mødte ikke, kom ikke"),
    (EndReason.OTHER_JOB, "nyt job, fået job"),
    (EndReason.MUTUAL, "gensidig aftale, efter aftale"),
    (EndReason.UNKNOWN, "ved ikke, ?"),
    (Assessment.READY, "parat, ja, jobparat"),
    (Assessment.NOT_READY, "ikke klar, nej, ikke parat"),
    (Assessment.SOCIAL_PLAN, "helhedsplan, helhedsplanen, boligsocial"),
    (ApprenticeshipForm.ORDINARY, "ordinær, almindelig"),
    (ApprenticeshipForm.SHORT, "kort"),
    (ApprenticeshipForm.REST, "rest"),
    (ApprenticeshipForm.COMBINATION, "kombination"),
    (ApprenticeshipForm.NEW_MASTER, "mesterlære"),
    (AgeBand.UNDER_18, "<18, u18, 0-17, 15-17"),
    (AgeBand.FROM_30, "30+, over 30, 30-"),
)
_APPRENTICE = ("lærling", "lærl", "elev", "lærlinge", "apprentice")


@cache
def meanings(words: type[Word]) -> Mapping[str, str]:
    """Everything that is understood for a list, folded, to the code it stands for. Retired values are not offered."""
    found: dict[str, str] = {}
    for word in words:
        also = [name for value, names in _ALSO if value is word for name in names.split(", ")]
        labels = [word.value, word.da, word.en, word.value.replace("_", " ")]
        parts = [part for label in (word.da, word.en) if "/" in label for part in label.split("/")]
        for name in [*labels, *parts, *also]:
            found.setdefault(folded(name), word.value)
    return found


@cache
def compounds() -> Mapping[str, tuple[str, str]]:
    """One word for kind and trade: `tømrerlærling`, `lærling tømrer`, to both codes."""
    found = {}
    for name, trade in meanings(Trade).items():
        for apprentice in _APPRENTICE:
            for form in (f"{name}{apprentice}", f"{name} {apprentice}", f"{apprentice} {name}", f"{name}s{apprentice}"):
                found[form] = (PlacementKind.APPRENTICESHIP.value, trade)
    return found


def code_of(text: str, words: type[Word]) -> str | Wrong:
    """The code a cell stands for, or which values there are."""
    name = folded(text)
    code = meanings(words).get(name)
    return code if code is not None else _unknown(name, words)


def _unknown(name: str, words: type[Word]) -> Wrong:
    near = get_close_matches(name, meanings(words), n=1, cutoff=0.75)
    if near:
        meant = words.of(meanings(words)[near[0]])
        return Wrong("choice_near", f"mener du »{meant.da}«?", f"do you mean “{meant.en}”?")
    return Wrong(
        "choice",
        "vælg en af: " + ", ".join(word.da for word in words if not word.retired),
        "choose one of: " + ", ".join(word.en for word in words if not word.retired),
    )


def age_band(text: str) -> str | Wrong:
    """The band of an age in years, or a band as it is written."""
    years = text.removesuffix(" år").strip()
    if not years.isdigit() or not 13 <= int(years) <= 80:
        return code_of(text, AgeBand)
    age = int(years)
    bands = ((18, AgeBand.UNDER_18), (25, AgeBand.FROM_18_TO_24), (30, AgeBand.FROM_25_TO_29))
    return next((band.value for below, band in bands if age < below), AgeBand.FROM_30.value)
