"""The closed lists. Each value has a Danish and an English label; a retired value stays readable.

Source of the words: domain.md sections 2, 4, 6 and 11.
"""

from enum import StrEnum
from typing import Literal, Self

Language = Literal["da", "en"]


class Word(StrEnum):
    """A value of a closed list: what is sent (`value`) and what people read (`da`, `en`)."""

    da: str
    en: str
    retired: bool

    def __new__(cls, value: str, da: str, en: str, retired: bool = False) -> Self:
        """Make one value with its labels."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.da, member.en, member.retired = da, en, retired
        return member

    @classmethod
    def of(cls, value: str) -> Self:
        """The member with a value. Raises KeyError where there is none."""
        return {member.value: member for member in cls}[value]

    def label(self, language: Language) -> str:
        """What people read, in Danish or English."""
        return self.en if language == "en" else self.da


class PlacementKind(Word):
    """What kind of course a placement is (domain.md section 2)."""

    ORDINARY_EMPLOYMENT = "ordinary_employment", "Ordinær ansættelse", "Ordinary employment"
    WAGE_SUBSIDY = "wage_subsidy", "Løntilskud", "Wage subsidy"
    WORK_PLACEMENT = "work_placement", "Virksomhedspraktik", "Work placement"
    APPRENTICESHIP = "apprenticeship", "Lærling/elev", "Apprenticeship"
    OTHER_TRAINING = "other_training", "Anden oplæring", "Other training"
    AFTER_SCHOOL_JOB = "after_school_job", "Fritidsjob", "After-school job"
    FLEX_JOB = "flex_job", "Fleksjob", "Flex job"
    SHELTERED_JOB = "sheltered_job", "Skånejob", "Sheltered job"
    COURSE = "course", "Kursus", "Course"
    OPERATIONS_ASSISTANT = "operations_assistant", "Driftsassistent", "Operations assistant"


class Pathway(Word):
    """The six kinds of job Byg dem op wants, best first (domain.md section 4)."""

    A = "a", "a: faglært job til ledig faglært", "a: skilled job for an unemployed skilled worker"
    B = "b", "b: læreplads efter grundforløb", "b: apprenticeship after a finished basic course"
    C = "c", "c: aftale om senere læreplads", "c: agreement on a later apprenticeship"
    D = "d", "d: praktik/løntilskud med læreplads i sigte", "d: internship or subsidy, apprenticeship in prospect"
    E = "e", "e: praktik/løntilskud med ufaglært job i sigte", "e: internship or subsidy, unskilled job in prospect"
    F = "f", "f: ufaglært job", "f: unskilled job"


class Trade(Word):
    """The trades of a building site."""

    CARPENTER = "carpenter", "Tømrer", "Carpenter"
    JOINER = "joiner", "Snedker", "Joiner"
    BRICKLAYER = "bricklayer", "Murer", "Bricklayer"
    ELECTRICIAN = "electrician", "Elektriker", "Electrician"
    PLUMBER = "plumber", "VVS", "Plumber"
    PAINTER = "painter", "Maler", "Painter"
    CONCRETE_WORKER = "concrete_worker", "Bygningsstruktør", "Concrete worker"
    CIVIL_WORKER = "civil_worker", "Anlægsstruktør", "Civil worker"
    PAVER = "paver", "Brolægger", "Paver"
    ROOFER = "roofer", "Tagdækker", "Roofer"
    GLAZIER = "glazier", "Glarmester", "Glazier"
    SCAFFOLDER = "scaffolder", "Stilladsmontør", "Scaffolder"
    INSULATOR = "insulator", "Isolatør", "Insulator"
    SMITH = "smith", "Smed", "Smith"
    GARDENER = "gardener", "Anlægsgartner", "Landscape gardener"
    DEMOLITION = "demolition", "Nedbryder", "Demolition worker"
    CARETAKER = "caretaker", "Ejendomsservice", "Caretaker"
    OFFICE = "office", "Kontor", "Office"
    LABOURER = "labourer", "Ufaglært", "Labourer"
    OTHER = "other", "Andet fag", "Other trade"


class AgeBand(Word):
    """Age at the start of the placement; the age itself is never held."""

    UNDER_18 = "under_18", "Under 18", "Under 18"
    FROM_18_TO_24 = "18_24", "18-24", "18-24"
    FROM_25_TO_29 = "25_29", "25-29", "25-29"
    FROM_30 = "30_plus", "30 og derover", "30 and over"


class YesNoUnknown(Word):
    """An answer in which not knowing is an answer of its own."""

    YES = "yes", "Ja", "Yes"
    NO = "no", "Nej", "No"
    UNKNOWN = "unknown", "Ukendt", "Unknown"


class ProcurementRoute(Word):
    """The seven ways to buy socially (domain.md section 4)."""

    DIRECT_AWARD = "direct_award", "Direkte tildeling", "Direct award"
    DIRECT_BIDS = "direct_bids", "Underhåndsbud", "Direct bids"
    RESTRICTED_TENDER = "restricted_tender", "Begrænset licitation", "Restricted tender"
    PART_LOTS = "part_lots", "Delaftaler", "Part-lots"
    SOCIAL_CLAUSE = "social_clause", "Social klausul", "Social clause"
    VOLUNTARY_AGREEMENT = "voluntary_agreement", "Frivillig aftale", "Voluntary agreement"
    FOUNDATION = "foundation", "Fond", "Foundation"


class ContractKind(Word):
    """What the tender is about: an agreement need not belong to a building contract (domain.md section 7)."""

    WORKS = "works", "Bygge- og anlægskontrakt", "Works contract"
    OPERATIONS = "operations", "Driftskontrakt", "Operations contract"
    LEASE = "lease", "Lejekontrakt", "Lease"


class AgreementKind(Word):
    """Binding clause or voluntary agreement; only the last may aim at the residents of an area."""

    SOCIAL_CLAUSE = "social_clause", "Social klausul", "Social clause"
    TRAINING_CLAUSE = "training_clause", "Uddannelsesklausul", "Training clause"
    PARTNERSHIP_AGREEMENT = "partnership_agreement", "Social partnerskabsaftale", "Partnership agreement"


class Metric(Word):
    """What a target is measured in (domain.md section 6)."""

    PERSONS = "persons", "Personer", "Persons"
    PLACEMENTS = "placements", "Forløb", "Placements"
    FTE = "fte", "Årsværk", "FTE"
    PERSON_WEEKS = "person_weeks", "Personuger", "Person-weeks"
    SHARE_OF_HOURS = "share_of_hours", "Andel af timer (%)", "Share of hours (%)"
    CONVERSIONS = "conversions", "Omsatte forløb", "Conversions"
    IN_WORK = "in_work", "I arbejde efter n uger", "In work after n weeks"
    SHARE_IN_WORK = "share_in_work", "Andel i arbejde efter n uger (%)", "Share in work after n weeks (%)"


class Spread(Word):
    """How a target's amount is expected to come in over the schedule."""

    LINEAR = "linear", "Jævnt over tidsplanen", "Evenly over the schedule"
    TRAINING_PLAN = "training_plan", "Efter lærlingeplanen", "Along the training plan"


class ResidenceOn(Word):
    """The date on which a registered address decides whether a person is a resident."""

    REFERRAL = "referral", "Henvisning", "Referral"
    START = "start", "Start på forløbet", "Start of the placement"
    CUT_OFF = "cut_off", "Skæringsdato", "Cut-off date"


class ContractorRole(Word):
    """Where a contractor stands under a tender."""

    MAIN = "main", "Entreprenør", "Main contractor"
    SUB = "sub", "Underentreprenør", "Subcontractor"


class LeftReason(Word):
    """Why a contractor left the tender."""

    FINISHED = "finished", "Færdig", "Finished"
    TERMINATED = "terminated", "Ophævet", "Terminated"
    BANKRUPT = "bankrupt", "Konkurs", "Bankrupt"


class ApprenticeshipForm(Word):
    """The form of a training agreement (uddannelsesaftale)."""

    ORDINARY = "ordinary", "Ordinær aftale", "Ordinary agreement"
    SHORT = "short", "Kort aftale", "Short agreement"
    REST = "rest", "Restaftale", "Rest agreement"
    COMBINATION = "combination", "Kombinationsaftale", "Combination agreement"
    NEW_MASTER = "new_master", "Ny mesterlære", "New apprenticeship"


class Novelty(Word):
    """Whether a training agreement was made for this contract or existed before it."""

    NEW = "new", "Ny", "New"
    EXISTING = "existing", "Eksisterende", "Existing"


class PauseReason(Word):
    """Why a placement pauses; sickness is personal circumstances, never more."""

    HOLIDAY = "holiday", "Ferie", "Holiday"
    PERSONAL_CIRCUMSTANCES = "personal_circumstances", "Personlige forhold", "Personal circumstances"
    WEATHER = "weather", "Vejrlig", "Weather"
    NO_WORK = "no_work", "Intet arbejde på pladsen", "No work on site"
    OTHER = "other", "Andet", "Other"


class EndReason(Word):
    """Why a placement ended, apart from its outcome (domain.md section 11)."""

    AS_PLANNED = "as_planned", "Som planlagt", "As planned"
    WORKS_FINISHED = "works_finished", "Arbejdet færdigt", "Works finished"
    DID_NOT_TURN_UP = "did_not_turn_up", "Mødte ikke op", "Did not turn up"
    OWN_NOTICE = "own_notice", "Egen opsigelse", "Own notice"
    DISMISSED = "dismissed", "Opsagt", "Dismissed"
    TRIAL_BY_CONTRACTOR = "trial_by_contractor", "Ophævet i prøvetid af firmaet", "Ended in trial by the contractor"
    TRIAL_BY_PERSON = "trial_by_person", "Ophævet i prøvetid af personen", "Ended in trial by the person"
    MUTUAL = "mutual", "Gensidigt", "Mutual"
    CHANGED_TRADE = "changed_trade", "Skiftet fag", "Changed trade"
    OTHER_JOB = "other_job", "Andet job", "Other job"
    EDUCATION = "education", "Uddannelse", "Education"
    GRANT_RAN_OUT = "grant_ran_out", "Bevilling udløb", "Grant ran out"
    CONTRACTOR_ENDED = "contractor_ended", "Firmaet ophørt eller konkurs", "Contractor ended or bankrupt"
    PERSONAL_CIRCUMSTANCES = "personal_circumstances", "Personlige forhold", "Personal circumstances"
    UNKNOWN = "unknown", "Ukendt", "Unknown"


class Outcome(Word):
    """What a placement led to (domain.md section 11)."""

    QUALIFIED = "qualified", "Udlært (svendebrev)", "Qualified"
    APPRENTICESHIP = "apprenticeship", "Læreplads", "Apprenticeship"
    JOB_SAME_EMPLOYER = "job_same_employer", "Ordinært job, samme firma", "Ordinary job, same employer"
    JOB_OTHER_EMPLOYER = "job_other_employer", "Ordinært job, andet firma", "Ordinary job, other employer"
    BASIC_COURSE = "basic_course", "Grundforløb eller FGU", "Basic course or FGU"
    NEW_PLACEMENT = "new_placement", "Nyt forløb", "New placement"
    BACK_TO_JOB_CENTRE = "back_to_job_centre", "Tilbage til jobcentret", "Back to the job centre"
    PENDING = "pending", "Afventer", "Pending"
    UNKNOWN = "unknown", "Ukendt", "Unknown"


class GrantKind(Word):
    """What the municipality grants for a placement."""

    WORK_PLACEMENT = "work_placement", "Virksomhedspraktik", "Work placement"
    WAGE_SUBSIDY = "wage_subsidy", "Løntilskud", "Wage subsidy"
    MENTOR = "mentor", "Mentor", "Mentor"
    WORK_CLOTHES = "work_clothes", "Arbejdstøj", "Work clothes"
    COURSE = "course", "Kursus", "Course"


class Assessment(Word):
    """Whether a candidate is ready for a site."""

    READY = "ready", "Klar", "Ready"
    NOT_READY = "not_ready", "Ikke klar endnu", "Not ready yet"
    SOCIAL_PLAN = "social_plan", "Hos helhedsplanen", "With the social plan"


class DeclinedBy(Word):
    """Who declined a match."""

    CANDIDATE = "candidate", "Kandidaten", "The candidate"
    CONTRACTOR = "contractor", "Firmaet", "The contractor"


class DisputeReason(Word):
    """What the job centre contradicts in a reported placement."""

    DID_NOT_START = "did_not_start", "Startede ikke", "Did not start"
    OTHER_DATES = "other_dates", "Andre datoer", "Other dates"
    OTHER_KIND = "other_kind", "Anden type", "Another kind"
    OTHER_PERSON = "other_person", "Anden person", "Another person"


class WaiverReason(Word):
    """Why a deviation is asked for or granted."""

    NO_APPRENTICE_FOUND = "no_apprentice_found", "Ingen lærling at finde", "No apprentice to be found"
    SCOPE_REDUCED = "scope_reduced", "Arbejdet reduceret", "Scope reduced"
    SAFETY = "safety", "Sikkerhed", "Safety"
    BANKRUPTCY = "bankruptcy", "Konkurs", "Bankruptcy"
    OTHER = "other", "Andet", "Other"


class ScheduleReason(Word):
    """Why the schedule changed."""

    DELAY = "delay", "Forsinkelse", "Delay"
    SCOPE = "scope", "Ændret omfang", "Changed scope"
    WEATHER = "weather", "Vejrlig", "Weather"
    FINDING_ON_SITE = "finding_on_site", "Fund på pladsen", "Finding on site"
    OTHER = "other", "Andet", "Other"


class ActionResult(Word):
    """How an action was closed."""

    DONE = "done", "Udført", "Done"
    DROPPED = "dropped", "Bortfaldet", "Dropped"


class Indicator(Word):
    """What is measured about an area (domain.md section 8)."""

    OUTSIDE_WORK_AND_EDUCATION = (
        "outside_work_and_education",
        "18-64-årige uden tilknytning til arbejde eller uddannelse",
        "18-64 without ties to work or education",
    )
    YOUNG_OUTSIDE = (
        "young_outside",
        "15-29-årige hverken i uddannelse eller arbejde",
        "15-29 neither in education nor work",
    )
    LOWER_SECONDARY_ONLY = (
        "lower_secondary_only",
        "18-29-årige kun med grundskole og ikke i gang",
        "18-29 with only lower-secondary schooling and not studying",
    )
    GRADE_AVERAGE = "grade_average", "Karaktergennemsnit 9. klasse", "Grade average 9th form"
    CHARGED = "charged", "15-29-årige sigtet mindst én gang", "15-29 charged at least once"
    DAY_CARE = "day_care", "1-5-årige i dagtilbud", "Children 1-5 in day care"
    FEEL_SAFE = "feel_safe", "Føler sig trygge", "Feel safe"
    VOLUNTEER = "volunteer", "Frivillige", "Volunteer"
    TURNOUT_GENERAL = "turnout_general", "Stemmeprocent, folketingsvalg", "Turnout, general election"
    TURNOUT_MUNICIPAL = "turnout_municipal", "Stemmeprocent, kommunalvalg", "Turnout, municipal election"
    PUBLICLY_SUPPORTED = "publicly_supported", "18-64-årige på offentlig forsørgelse", "18-64 publicly supported"
    EMPLOYED = "employed", "18-64-årige i beskæftigelse", "18-64 employed"
    UNEMPLOYED = "unemployed", "Ledige", "Unemployed"


class IndicatorUnit(Word):
    """What an indicator is counted in."""

    PERCENT = "percent", "Procent", "Percent"
    GRADE = "grade", "Karakter", "Grade"
    PERSONS = "persons", "Personer", "Persons"


class ComparedWith(Word):
    """What an indicator is held against."""

    MUNICIPALITY = "municipality", "Kommunen", "The municipality"
    COUNTRY = "country", "Hele landet", "All Denmark"


class Subject(Word):
    """What an event's subject names (architecture.md, Rooms)."""

    TENDER = "tender", "Udbud", "Tender"
    CANDIDATE = "candidate", "Kandidat", "Candidate"
    AREA = "area", "Boligområde", "Area"
    LINKING_CIRCLE = "linking_circle", "Personkreds", "Linking circle"
    AS_TARGET = "as_target", "Som hændelsen den handler om", "As the event it is about"


class Party(Word):
    """Who sends events (domain.md section 11)."""

    CLIENT = "client", "Bygherre", "Client"
    SECRETARIAT = "secretariat", "Sekretariat", "Secretariat"
    CONTRACTOR = "contractor", "Entreprenør", "Contractor"
    SITE = "site", "Byggeplads", "Site"
    JOB_CENTRE = "job_centre", "Jobcenter", "Job centre"
