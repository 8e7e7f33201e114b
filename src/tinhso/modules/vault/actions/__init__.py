"""All that can be done with kept papers, scans, shares and certified copies, one function a verb."""

from tinhso.modules.vault.actions.certifying import cancel, compare, issue, refuse, request_copy, sign
from tinhso.modules.vault.actions.keeping import (
    keep_papers,
    keep_result,
    note_uses,
    offer,
    revoke,
    take,
    take_into_dossier,
)
from tinhso.modules.vault.actions.scanning import (
    add_file,
    begin_reading,
    drop,
    fail,
    finish_reading,
    read_again,
    remove_file,
    send_to_read,
    sign_copy,
)
from tinhso.modules.vault.actions.sharing import end_share, note_seen, open_share, share_item

__all__ = [
    "add_file",
    "begin_reading",
    "cancel",
    "compare",
    "drop",
    "end_share",
    "fail",
    "finish_reading",
    "issue",
    "keep_papers",
    "keep_result",
    "note_seen",
    "note_uses",
    "offer",
    "open_share",
    "read_again",
    "refuse",
    "remove_file",
    "request_copy",
    "revoke",
    "send_to_read",
    "share_item",
    "sign",
    "sign_copy",
    "take",
    "take_into_dossier",
]
