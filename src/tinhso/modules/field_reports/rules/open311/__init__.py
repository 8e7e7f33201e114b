"""Open311 GeoReport v2: what a request says, and every answer's shape in XML and JSON. Pure.

Source: the specification of the Open311 project and its common extensions. Choices where it is silent: times without a
zone are ours (UTC+7); a span of more than 90 days is cut to the last 90; the newest come first; two statuses only.
"""

from tinhso.modules.field_reports.rules.open311.asking import (
    HERE,
    LONGEST_SPAN,
    MOST_PAGES,
    MOST_ROWS,
    Asked,
    Refused,
    Wrong,
    asked,
    given,
    listed,
    moment,
    place_of,
)
from tinhso.modules.field_reports.rules.open311.sending import (
    LONGEST_WORDS,
    Filing,
    attributes_of,
    check_attribute,
    filing,
)
from tinhso.modules.field_reports.rules.open311.shapes import (
    DETAILED,
    JSON,
    PARTS,
    TOKEN_DAYS,
    TYPES,
    UPDATES,
    XML,
    definition,
    discovery,
    errors,
    kind_of_service,
    service,
    stamp,
    written,
)

__all__ = [
    "DETAILED",
    "HERE",
    "JSON",
    "LONGEST_SPAN",
    "LONGEST_WORDS",
    "MOST_PAGES",
    "MOST_ROWS",
    "PARTS",
    "TOKEN_DAYS",
    "TYPES",
    "UPDATES",
    "XML",
    "Asked",
    "Filing",
    "Refused",
    "Wrong",
    "asked",
    "attributes_of",
    "check_attribute",
    "definition",
    "discovery",
    "errors",
    "filing",
    "given",
    "kind_of_service",
    "listed",
    "moment",
    "place_of",
    "service",
    "stamp",
    "written",
]
