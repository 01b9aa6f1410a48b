"""The four sheets as data: placements, hours, site hours, candidates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from schemas.vocabulary import (
    AgeBand,
    ApprenticeshipForm,
    Assessment,
    EndReason,
    Language,
    Outcome,
    PlacementKind,
    Trade,
    YesNoUnknown,
)
from services.sheets.columns import Column, Form, Layout

ROW_ID = "bygspor-id"
"""The header of the hidden column in which a template's rows carry their ids."""

MARKS: Mapping[Language, str] = MappingProxyType({"da": "Fejl", "en": "Errors"})
"""The header of the column in which a sheet that is handed back says what is wrong."""


def _also(names: str) -> tuple[str, ...]:
    """The further names of a column."""
    return tuple(name.strip() for name in names.split(","))


_PERSON = Column(
    "person", Form.PERSON, "Navn", "Name",
    _also(
        "Medarbejder, Medarbejdernavn, Person, Lærling, Lærlingens navn, Elev, Fulde navn, Ansat, "
        "Deltager, Kandidat, Borger, Praktikant, Navn på medarbejder, Navn på lærling, Svend, Employee, "
        "Employee name, Apprentice, Full name, Worker, Person name, Navn lærling"
    ),
    "Personens navn, som I plejer at skrive det. Aldrig CPR-nummer.",
    "The person's name as you usually write it. Never a CPR number.",
    "Mette Holm", "Mette Holm", says=("person",),
)  # fmt: skip
_FIRST_NAME = Column(
    "first_name", Form.TEXT, "Fornavn", "First name", _also("Fornavne, Given name, Forename"), in_template=False
)
_LAST_NAME = Column(
    "last_name", Form.TEXT, "Efternavn", "Last name", _also("Efternavne, Surname, Family name"), in_template=False
)
_NUMBER = Column(
    "number", Form.TEXT, "Medarbejdernr.", "Employee no.",
    _also(
        "Medarbejdernummer, Medarb nr, Medarb.nr., Lønnr., Lønnummer, Løn nr, Ansatnr, Personalenr, "
        "Lønmodtagernr, Employee number, Employee id, Staff no, Emp no, MA nr, Medarb"
    ),
    "Jeres eget medarbejdernummer, hvis I bruger det.", "Your own employee number, if you use one.",
    in_template=False,
)  # fmt: skip
_CPR = Column(
    "cpr", Form.CPR, "CPR-nr.", "CPR no.",
    _also("CPR, CPR-nummer, Cprnr, Personnummer, Person nr, Civil registration number"), in_template=False,
)  # fmt: skip
_TENDER = Column(
    "tender", Form.TENDER, "Udbud", "Tender",
    _also(
        "Byggesag, Sag, Sagsnavn, Sagsnr, Sagsnummer, Projekt, Projektnavn, Projektnr, Byggeplads, "
        "Plads, Byggeri, Opgave, Project, Project name, Site, Case, Job site"
    ),
    "Vælg udbuddet på listen.", "Choose the tender from the list.", "Havnegade", "Havnegade", says=("subject",),
)  # fmt: skip
_CONTRACTOR = Column(
    "contractor", Form.CONTRACTOR, "Entreprenør", "Contractor",
    _also(
        "Firma, Firmanavn, Virksomhed, Virksomhedsnavn, CVR, CVR-nr., CVR-nummer, Arbejdsgiver, "
        "Underentreprenør, UE, Fagentreprenør, Entreprise, Mester, Company, Employer, Subcontractor, "
        "Firm"
    ),
    "Navn eller CVR-nummer. Tom, når det er jeres egne folk.", "Name or CVR number. Empty for your own people.",
    says=("contractor",),
)  # fmt: skip
_AGE = Column(
    "age_band", Form.AGE, "Aldersgruppe", "Age group",
           _also("Alder, Alder ved start, Age, Age band, År"),
    "Alder ved start i grupper; et tal laves om til gruppen, og alderen gemmes ikke.",
    "Age at start in groups; a number becomes its group, and the age is not kept.",
    "18-24", "18-24", words=AgeBand, says=("age_band",),
)  # fmt: skip
_RESIDENT = Column(
    "resident", Form.CHOICE, "Beboer i området", "Resident of the area",
    _also("Beboer, Bor i området, Lokal, Beboer i boligområdet, Resident, Local resident"),
    "Ja, nej eller ukendt. Kun boligorganisation, sekretariat og kommune kan bekræfte det.",
    "Yes, no or unknown. Only housing organisation, secretariat and municipality can attest it.",
    words=YesNoUnknown, says=("resident",), in_template=False,
)  # fmt: skip

PLACEMENTS = Layout(
    "placements", "Forløb", "Placements",
    (
        _PERSON, _FIRST_NAME, _LAST_NAME, _NUMBER, _CPR, _TENDER, _CONTRACTOR,
        Column(
            "contract", Form.TEXT, "Entreprise", "Contract",
            _also(
                "Entreprisenr, Entreprisenummer, Entreprisenavn, Delentreprise, Fagentreprise, Kontrakt, Kontraktnr, "
                "Kontraktnummer, Contract no, Contract number, Work package"
            ),
            "Kun hvis firmaet har flere entrepriser på udbuddet.", "Only where the firm has several on the tender.",
            says=("contract",), in_template=False,
        ),
        Column(
            "kind", Form.CHOICE, "Type", "Kind",
            _also(
                "Forløbstype, Type forløb, Forløb, Ansættelsestype, Ansættelsesform, Ansættelse, Ordning, "
                "Stilling, Art, Kategori, Jobtype, Beskæftigelsestype, Placement type, Type of employment, "
                "Employment type"
            ),
            "Vælg på listen: lærling, praktik, løntilskud, ordinær ansættelse …",
            "Choose from the list: apprenticeship, work placement, wage subsidy, ordinary employment …",
            "Lærling/elev", "Apprenticeship", words=PlacementKind, says=("kind",),
        ),
        Column(
            "trade", Form.CHOICE, "Fag", "Trade",
            _also("Faggruppe, Uddannelse, Branche, Stillingsbetegnelse, Håndværk, Speciale, Profession, Craft"),
            "Vælg faget på listen.", "Choose the trade from the list.", "Tømrer", "Carpenter",
            words=Trade, says=("trade",),
        ),
        Column(
            "started_on", Form.DATE, "Startdato", "Start date",
            _also(
                "Start, Start dato, Startet, Startet den, Fra, Fra dato, Begyndt, Begyndelse, Opstart, "
                "Opstartsdato, Ansat fra, Ansættelsesdato, Ansat den, Ansat pr, Tiltrådt, Tiltrædelse, Første "
                "dag, Første arbejdsdag, Periode fra, Started, Started on, From, From date, First day, Hired, "
                "Hire date"
            ),
            "Første dag. En dato i fremtiden er en aftale.", "First day. A date to come is an agreement.",
            "02-03-2026", "02-03-2026", says=("started_on", "planned_start"),
        ),
        Column(
            "planned_end", Form.DATE, "Forventet slut", "Expected end",
            _also(
                "Planlagt slut, Forventet slutdato, Forventet afslutning, Planlagt slutdato, Aftalt slut, "
                "Planned end, Forventet stop, Uddannelse slut, Udlært, Udlært dato, Svendeprøve, Expected end "
                "date"
            ),
            "Hvornår forløbet ventes at slutte.", "When the placement is expected to end.",
            "28-02-2030", "28-02-2030", says=("planned_end",),
        ),
        Column(
            "ended_on", Form.DATE, "Slutdato", "End date",
            _also(
                "Slut, Slut dato, Sluttet, Stoppet, Stoppet den, Stopdato, Stop, Til, Til dato, Ophørt, Ophør, "
                "Ophørsdato, Fratrådt, Fratrædelse, Fratrædelsesdato, Sidste dag, Sidste arbejdsdag, Afsluttet, "
                "Afslutning, Periode til, Ansat til, Ended, Ended on, To, To date, Last day, Finished"
            ),
            "Sidste dag, når forløbet er slut. Tom, så længe det varer.",
            "Last day once the placement is over. Empty while it lasts.", says=("ended_on",),
        ),
        Column(
            "reason", Form.CHOICE, "Slutårsag", "End reason",
            _also("Årsag, Årsag til slut, Ophørsårsag, Fratrædelsesårsag, Stopårsag, Grund, Reason, Reason for end"),
            "Hvorfor det sluttede; må være tom.", "Why it ended; may be empty.", words=EndReason, says=("reason",),
        ),
        Column(
            "outcome", Form.CHOICE, "Resultat", "Outcome",
            _also("Udfald, Hvad så, Efterfølgende, Result, Led to"),
            "Hvad det førte til; må være tom.", "What it led to; may be empty.", words=Outcome, says=("outcome",),
            in_template=False,
        ),
        Column(
            "weekly_hours", Form.HOURS, "Timer pr. uge", "Hours per week",
            _also(
                "Ugentlige timer, Timer/uge, Ugetimer, Timer ugentligt, Timetal, Timer om ugen, Arbejdstid, "
                "Normtid, Weekly hours, Hours/week, Ugentlig arbejdstid, Timeantal pr uge"
            ),
            "Aftalte timer om ugen; tom er 37.", "Agreed hours a week; empty is 37.", "37", "37",
            says=("weekly_hours",),
        ),
        _AGE, _RESIDENT,
        Column(
            "signed_on", Form.DATE, "Uddannelsesaftale underskrevet", "Training agreement signed",
            _also(
                "Aftale underskrevet, Underskrevet, Aftaledato, Dato for aftale, Uddannelsesaftale, "
                "Lærekontrakt, Kontraktdato, Aftale indgået, Signed, Signed on, Agreement date, Agreement signed"
            ),
            "For lærlinge: datoen på uddannelsesaftalen.", "For apprentices: the date of the training agreement.",
            "15-01-2026", "15-01-2026", says=("signed_on",),
        ),
        Column(
            "form", Form.CHOICE, "Aftaleform", "Form of agreement",
            _also("Aftaletype, Type aftale, Agreement type"),
            "For lærlinge: ordinær, kort aftale, restaftale …", "For apprentices: ordinary, short, rest …",
            words=ApprenticeshipForm, says=("form",), in_template=False,
        ),
    ),
    needs=((("person",), ("first_name", "last_name"), ("cpr",)), (("tender",),), (("kind",),), (("started_on",),)),
    natural_key=("person", "tender", "started_on"),
    natural_da="Rækker kendes på person, udbud og startdato.",
    natural_en="Rows are known by person, tender and start date.",
)  # fmt: skip

_PERIOD = (
    Column(
        "period", Form.PERIOD, "Periode", "Period",
        _also("Måned, Lønperiode, Uge, Uge nr, Ugenr, Ugenummer, Month, Week, Week no, Pay period, Mdr, Md"),
        "En måned eller uge: »oktober 2026«, »2026-10«, »uge 40 2026«.",
        "A month or week: “october 2026”, “2026-10”, “week 40 2026”.", "oktober 2026", "october 2026",
        says=("from_on", "to_on"),
    ),
    Column("year", Form.YEAR, "År", "Year",
        _also("Årstal, Kalenderår"), in_template=False),
    Column(
        "from_on", Form.DATE, "Fra", "From",
        _also("Fra dato, Periode fra, Periodestart, Start, Startdato, Periode start, From date, Period start"),
        says=("from_on",), in_template=False,
    ),
    Column(
        "to_on", Form.DATE, "Til", "To",
        _also("Til dato, Periode til, Periodeslut, Slut, Slutdato, Periode slut, To date, Period end"),
        says=("to_on",), in_template=False,
    ),
)  # fmt: skip
_HOURS = (
    Column(
        "hours", Form.HOURS, "Timer", "Hours",
        _also(
            "Antal timer, Timetal, Timer i alt, Arbejdstimer, Præsterede timer, Timer i perioden, Antal, "
            "Enheder, Normaltimer, Udførte timer, Timer på pladsen, Timeantal, Total timer, Samlede timer, "
            "Worked hours, Hours worked, Total hours, No of hours"
        ),
        "Timer i perioden, som 37,5 eller 37:30. Skoletimer tælles ikke med her.",
        "Hours in the period, as 37,5 or 37:30. Not school hours.", "148,5", "148,5", says=("hours",), measure=True,
    ),
    Column(
        "man_days", Form.NUMBER, "Mandedage", "Man-days",
        _also("Dage, Antal dage, Arbejdsdage, Mand-dage, Mandage, Dagsværk, Days, Days worked, Working days"),
        "Kun hvis timerne ikke kendes: dage à 7,4 timer.", "Only where hours are not known: days of 7.4 hours.",
        says=("man_days",), measure=True,
    ),
)  # fmt: skip
_SPAN_NEEDED = (("period",), ("from_on", "to_on"))
_MEASURE_NEEDED = (("hours",), ("man_days",))

HOURS = Layout(
    "hours", "Timer pr. person", "Hours per person",
    (
        _PERSON, _FIRST_NAME, _LAST_NAME, _NUMBER, _CPR, _TENDER, *_PERIOD, *_HOURS,
        Column(
            "school_hours", Form.HOURS, "Skoletimer", "School hours",
            _also("Timer på skole, Skole, Skoleophold timer, Timer skole, Hours at school"),
            "Timer på skole i perioden; må være tom.", "Hours at school in the period; may be empty.",
            says=("school_hours",), measure=True,
        ),
        # Lines of one person and period are added up by it; without it lines that repeat are held back.
        Column(
            "pay_type", Form.PAY, "Lønart", "Pay type",
            _also(
                "Løntype, Art, Timeart, Timetype, Lønkode, Lønartskode, Lønartnr, Lønartnavn, Lønartstekst, "
                "Lønart tekst, Arttekst, Løndel, Pay code, Wage type, Type of hours"
            ),
            "Fra lønsystemet: hver lønarts linjer lægges sammen, som I siger, at de tæller.",
            "From the payroll system: lines are added up as you say each pay type counts.",
            says=("school_hours",), in_template=False,
        ),
    ),
    needs=((("person",), ("first_name", "last_name"), ("cpr",), ("number",)), _SPAN_NEEDED, _MEASURE_NEEDED),
    natural_key=("placement", "period"),
    natural_da="Rækker kendes på person (forløb) og periode; linjer med lønart lægges sammen til én.",
    natural_en="Rows are known by person (placement) and period; lines with a pay type are added up to one.",
)  # fmt: skip

SITE_HOURS = Layout(
    "site_hours", "Pladsens timer", "Site hours",
    (_CONTRACTOR, _TENDER, *_PERIOD, *_HOURS),
    needs=((("contractor",),), (("tender",),), _SPAN_NEEDED, _MEASURE_NEEDED),
    natural_key=("contractor", "tender", "period"),
    natural_da="Rækker kendes på entreprenør, udbud og periode.",
    natural_en="Rows are known by contractor, tender and period.",
)  # fmt: skip

CANDIDATES = Layout(
    "candidates", "Kandidater", "Candidates",
    (
        _PERSON, _FIRST_NAME, _LAST_NAME, _CPR,
        Column(
            "identified_on", Form.DATE, "Fundet den", "Identified on",
            _also(
                "Fundet, Henvist, Henvist den, Henvisningsdato, Dato, Visiteret, Visiteret den, Tilmeldt, "
                "Oprettet, Identified, Referred, Referred on, Date"
            ),
            "Dagen, kandidaten blev fundet eller henvist.", "The day the candidate was found or referred.",
            "01-09-2026", "01-09-2026", says=("identified_on",),
        ),
        Column(
            "trades", Form.CHOICES, "Fag", "Trades",
            _also("Ønskede fag, Faggrupper, Ønsket fag, Fagønske, Trade"),
            "Et eller flere fag, adskilt af komma.", "One or several trades, parted by commas.",
            "Tømrer, Maler", "Carpenter, Painter", words=Trade, says=("trades",),
        ),
        _AGE, _RESIDENT,
        Column(
            "assessed_on", Form.DATE, "Vurderet den", "Assessed on",
            _also("Vurderet, Vurderingsdato, Assessed, Afklaret den"),
            "Dagen, kandidaten blev vurderet.", "The day the candidate was assessed.", "10-09-2026", "10-09-2026",
            says=("assessed_on",),
        ),
        Column(
            "result", Form.CHOICE, "Vurdering", "Assessment",
            _also("Klar, Parat, Status, Matchparat, Ready, Result"),
            "Klar, ikke klar endnu, eller hos helhedsplanen.", "Ready, not ready yet, or with the social plan.",
            "Klar", "Ready", words=Assessment, says=("result",),
        ),
        Column(
            "consent_on", Form.DATE, "Samtykke givet", "Consent given",
            _also("Samtykke, Samtykkedato, Samtykke den, Consent"),
            "Dagen for det skriftlige samtykke.", "The day of the written consent.", says=("given_on",),
        ),
        Column(
            "consent_until", Form.DATE, "Samtykke udløber", "Consent expires",
            _also("Samtykke til dato, Udløber, Expires"),
            "Sidste dag samtykket gælder.", "The last day the consent holds.", says=("expires_on",),
        ),
        Column(
            "consent_to", Form.CONTRACTORS, "Samtykke gælder", "Consent to",
            _also("Samtykke til, Må deles med, Shared with"),
            "Hvem der må få besked: navne eller CVR-numre, adskilt af semikolon.",
            "Who may be told: names or CVR numbers, parted by semicolons.", says=("to",),
        ),
    ),
    needs=((("person",), ("first_name", "last_name"), ("cpr",)), (("identified_on",),)),
    natural_key=("person", "identified_on"),
    natural_da="Rækker kendes på person og den dag, kandidaten blev fundet.",
    natural_en="Rows are known by person and the day the candidate was identified.",
)  # fmt: skip

LAYOUTS = MappingProxyType({layout.key: layout for layout in (PLACEMENTS, HOURS, SITE_HOURS, CANDIDATES)})
