"""What can go wrong between us and Slack, as types: whether the call may have happened, and what a person does.

The heart of it is the difference between "certainly not done" (`ok: false`, 429) and "nobody knows" (timeout, reset,
5xx, `internal_error`: "It's possible some aspect of the operation succeeded", docs.slack.dev common errors). Only the
first kind may be repeated without looking first.
"""

from __future__ import annotations

from typing import Any

DEFAULT_RETRY_AFTER_S = 30.0


class SlackProblem(Exception):
    """A call that did not succeed. `code` is Slack's error (or ours), `sentence` what a person reads.

    `passing` problems end by themselves or when an administrator repairs the app: the same call is worth repeating.
    """

    passing = False

    def __init__(self, method: str, code: str, sentence: str = "") -> None:
        self.method = method
        self.code = code
        self.sentence = sentence or f"Slack refused {method}: {code}."
        super().__init__(f"{method}: {code}")


class UnknownOutcome(SlackProblem):
    """No trustworthy answer: the call may or may not have happened."""

    passing = True


class Rejected(SlackProblem):
    """Slack said no: the call certainly did not happen."""


class RateLimited(Rejected):
    """Too many calls; `retry_after` in seconds."""

    passing = True

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(method, "ratelimited", "Slack asks PartnerDesk to slow down. It tries again by itself.")
        self.retry_after = retry_after


class TokenRevoked(Rejected):
    """The bot token is missing, expired or taken away."""

    passing = True


class MissingScope(Rejected):
    """The app was installed without a scope it needs; `needed` names it."""

    passing = True

    def __init__(self, method: str, needed: str) -> None:
        super().__init__(
            method,
            "missing_scope",
            f"PartnerDesk lacks the Slack scope {needed or 'for this'}. Add it to the app and reinstall it.",
        )
        self.needed = needed


class ChannelGone(Rejected):
    """The channel is archived, deleted or invisible to the app."""


class NotInChannel(Rejected):
    """The app is not a member of the channel."""


class PersonGone(Rejected):
    """The user is deactivated, unknown or not visible to the app."""


class MessageGone(Rejected):
    """The message is deleted or may no longer be edited."""


class InvalidContent(Rejected):
    """Slack does not accept the text, blocks, metadata or arguments: a fault of ours."""


class NotAllowed(Rejected):
    """The workspace's plan or administrators do not allow it."""


class FilesNotAllowed(NotAllowed):
    """No file, or no such file, may be uploaded."""


class CanvasNotAllowed(NotAllowed):
    """No canvas may be made."""


class Expired(Rejected):
    """A trigger or response URL that is used up or too old."""


_TOKEN = "Slack does not accept PartnerDesk's token any more. Reinstall the app and set the new token."
_KINDS: dict[type[Rejected], tuple[str, str]] = {
    TokenRevoked: (
        _TOKEN,
        "invalid_auth not_authed account_inactive token_revoked token_expired not_allowed_token_type no_permission"
        " org_login_required team_access_not_granted access_denied accesslimited two_factor_setup_required no_token",
    ),
    ChannelGone: (
        "That channel is archived, deleted or not visible to PartnerDesk. Unarchive it, or invite PartnerDesk to it.",
        "channel_not_found is_archived is_inactive channel_is_limited_access",
    ),
    NotInChannel: (
        "PartnerDesk is not in that channel. Invite it there: /invite @PartnerDesk.",
        "not_in_channel user_not_in_channel",
    ),
    PersonGone: (
        "That person is deactivated or not visible to PartnerDesk. Name somebody else in the partner book.",
        "user_not_found user_not_visible user_disabled users_not_found cannot_dm_bot invalid_user_combination",
    ),
    MessageGone: (
        "That message was deleted or can no longer be edited.",
        "message_not_found thread_not_found cant_update_message edit_window_closed cannot_reply_to_message",
    ),
    InvalidContent: (
        "Slack did not accept the form of this message. This is a fault of PartnerDesk; please report it.",
        "invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text invalid_arguments"
        " invalid_metadata_format invalid_metadata_schema metadata_too_large too_many_attachments block_mismatch"
        " markdown_text_conflict invalid_attachments",
    ),
    NotAllowed: (
        "The settings of this workspace do not let PartnerDesk do that. Ask a Slack administrator.",
        "restricted_action",
    ),
    FilesNotAllowed: (
        "This workspace does not take that file from PartnerDesk. Ask a Slack administrator to allow uploads.",
        "file_uploads_disabled file_uploads_except_images_disabled file_type_not_allowed"
        " file_upload_size_restricted storage_limit_reached posting_to_channel_denied",
    ),
    CanvasNotAllowed: (
        "PartnerDesk cannot make a canvas here: that takes a paid Slack plan with canvases switched on.",
        "canvas_disabled_user_team free_teams_cannot_create_non_tabbed_canvases",
    ),
    Expired: (
        "That took too long for Slack. Please try again.",
        "expired_trigger_id exchanged_trigger_id invalid_trigger_id trigger_expired used_url expired_url",
    ),
}
_BY_CODE = {code: (kind, sentence) for kind, (sentence, codes) in _KINDS.items() for code in codes.split()}
_UNKNOWN = (
    "fatal_error internal_error service_unavailable request_timeout team_added_to_org update_failed"
    " external_channel_migrating streaming_state_conflict fetch_members_failed file_update_failed"
)
_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})


def problem(method: str, status: int, body: Any, retry_after: str | None = None) -> SlackProblem:
    """The typed problem for an unsuccessful answer: HTTP `status`, decoded `body` if any, Retry-After in seconds."""
    fields = body if isinstance(body, dict) else {}
    code = str(fields.get("error") or f"http_{status}")
    if status == 429 or code in _LIMITED:
        return RateLimited(method, _seconds(retry_after))
    if status >= 500 or status == 408 or (status == 200 and "error" not in fields) or code in _UNKNOWN.split():
        return UnknownOutcome(method, code, "Slack did not answer properly. PartnerDesk tries again by itself.")
    if code == "missing_scope":
        return MissingScope(method, str(fields.get("needed", "")))
    if code in _BY_CODE:
        kind, sentence = _BY_CODE[code]
        return kind(method, code, sentence)
    return Rejected(method, code)


def _seconds(header: str | None) -> float:
    try:
        return max(0.0, float(header)) if header else DEFAULT_RETRY_AFTER_S
    except ValueError:
        return DEFAULT_RETRY_AFTER_S
