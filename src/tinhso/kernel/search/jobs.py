"""What runs each night: the front of each shelf is arranged by what was looked for."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tinhso.kernel.search.front import arrange
from tinhso.kernel.search.models import Shelved


@app.periodic(cron="50 18 * * *", periodic_id="search.arrange")
@app.task(name="search.arrange", queue="journal", queueing_lock="search.arrange")
def arrange_shelves(timestamp: int) -> None:
    """Ten minutes before two in the morning here."""
    for model in Shelved.__subclasses__():
        arrange(model)
