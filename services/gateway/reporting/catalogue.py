"""Every form there is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.gateway.reporting.candidates import CANDIDATE_FORMS
from services.gateway.reporting.firm import FIRM_FORMS
from services.gateway.reporting.forms import ReportForm
from services.gateway.reporting.openings import OPENING_FORMS
from services.gateway.reporting.town import TOWN_FORMS

FORMS: Mapping[str, ReportForm] = MappingProxyType(
    {form.key: form for form in (*FIRM_FORMS, *TOWN_FORMS, *OPENING_FORMS, *CANDIDATE_FORMS)}
)
"""Every form by its key."""
