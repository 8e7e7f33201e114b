"""What the link does by itself: send, pull, take in, fetch files, compare. Only these speak to the portal.

All are repeatable and end by themselves within a minute, so that no worker is held by a portal that does not answer.
"""

from tinhso.modules.national_portal.jobs.comparing import compare, look_at_catalogue
from tinhso.modules.national_portal.jobs.receiving import fetch_files, pull, receive
from tinhso.modules.national_portal.jobs.sending import mark, send

__all__ = ["compare", "fetch_files", "look_at_catalogue", "mark", "pull", "receive", "send"]
