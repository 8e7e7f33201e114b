"""``python -m tests.journeys.open311_client <endpoint> <code>``: one report as the package ``three`` of PyPI reads it.

It was written for Python 2, whose ``itertools.ifilter`` is today's ``filter``; nothing else is changed.
"""

from __future__ import annotations

import itertools
import json
import sys
import warnings


def main(endpoint: str, code: str) -> None:
    warnings.simplefilter("ignore")  # of an old reader of XML that it brings along
    itertools.ifilter = filter  # type: ignore[attr-defined]
    import three

    city = three.Three(endpoint)
    assert code in [one["service_request_id"] for one in city.requests()]
    print(json.dumps(city.request(code)[0], ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
