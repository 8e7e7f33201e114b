"""All that can be done with drafts and dossiers, one function a verb."""

from tinhso.modules.dossiers.actions.answering import fill_in
from tinhso.modules.dossiers.actions.drafts import attach, begin, detach, discard, renew, save
from tinhso.modules.dossiers.actions.ending import stop, withdraw
from tinhso.modules.dossiers.actions.filing import Applicant, NotComplete, file_at_once, file_online, receive_at_counter
from tinhso.modules.dossiers.actions.guiding import guide, settle_guidance
from tinhso.modules.dossiers.actions.handling import (
    answer_opinion,
    apologise,
    ask_opinion,
    ask_payment,
    ask_supplement,
    assign,
    confirm_payment,
    note,
    step_back,
    step_on,
    supplement,
    take_over,
    transfer,
)
from tinhso.modules.dossiers.actions.keeping import attach_kept, lay_copy, take_for_part
from tinhso.modules.dossiers.actions.linking import note_child_done, note_parent_ended, open_children
from tinhso.modules.dossiers.actions.messaging import send_message
from tinhso.modules.dossiers.actions.reception import accept, ask_completion, complete, decline, record_fee
from tinhso.modules.dossiers.actions.results import draft_result, finish, refuse, return_result, sign
from tinhso.modules.dossiers.actions.versions import move_to_version

__all__ = [
    "Applicant",
    "NotComplete",
    "accept",
    "answer_opinion",
    "apologise",
    "ask_completion",
    "ask_opinion",
    "ask_payment",
    "ask_supplement",
    "assign",
    "attach",
    "attach_kept",
    "begin",
    "complete",
    "confirm_payment",
    "decline",
    "detach",
    "discard",
    "draft_result",
    "file_at_once",
    "file_online",
    "fill_in",
    "finish",
    "guide",
    "lay_copy",
    "move_to_version",
    "note",
    "note_child_done",
    "note_parent_ended",
    "open_children",
    "receive_at_counter",
    "record_fee",
    "refuse",
    "renew",
    "return_result",
    "save",
    "send_message",
    "settle_guidance",
    "sign",
    "step_back",
    "step_on",
    "stop",
    "supplement",
    "take_for_part",
    "take_over",
    "transfer",
    "withdraw",
]
