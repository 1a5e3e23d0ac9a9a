"""What the desk tells, as samples: Dana looks after Globex for Contoso; Lee of Globex says the cutover slips."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.desk.views import (
    ChannelView,
    CommitmentView,
    DealView,
    EscalationView,
    EvidenceView,
    HandoffView,
    PersonView,
    ProposalView,
    RiskView,
    StatusView,
)

SAID = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
DANA = PersonView("U0PM", "Dana Park", "America/New_York")
SAM = PersonView("U0SM", "Sam Ortiz", "America/New_York")
VIC = PersonView("U0VP", "Vic Lang", "Europe/Berlin")
ARI = PersonView("U0AE", "Ari Edo", "America/New_York")
LEE = PersonView("U0LEE", "Lee Chan", "Asia/Singapore")
QUOTE = "the cutover slips to Friday &amp; we cannot staff it before"
LINK = "https://contoso.slack.com/archives/C0JOINT/p1773151500000100"

SPOKEN = EvidenceView("C0JOINT", "1773151500.000100", LINK, LEE, "partner", SAID, QUOTE, "current")
DEAL = DealView("OPP-1", "Acme ERP", Decimal("250000.00"), "USD", "propose", date(2026, 6, 30))
RISK = RiskView(
    id=12, kind="risk", category="delay", state="detected", partner="Globex Consulting", account="Acme Corp",
    manager=DANA, owner="Globex Consulting", due_on=date(2026, 3, 13), due_phrase="Friday", reader="rules",
    rule="risk.delay.slips", policy_version="2026-11-20", evidence=(SPOKEN,), deals=(DEAL,), first_seen_at=SAID,
    last_seen_at=SAID, snoozed_until=None, times_seen=1, held_by=None, is_open=True,
)  # fmt: skip
ESCALATION = EscalationView(
    id=3, risk=RISK, recipient=SAM, to_role="senior_manager", level=0, state="notified", informs=False,
    reason="a delay goes to the senior manager of Globex Consulting's partner manager", rule="risk → senior_manager",
    climbs_at=SAID + timedelta(hours=4), climbs_to=VIC, settled_by=None, settled_at=None,
)  # fmt: skip
HANDOFF = HandoffView(
    id=5, trigger="referral", to_role="ae", state="offered", assignee=ARI, partner="Globex Consulting",
    account="Acme Corp", evidence=(SPOKEN,), reason="you own Acme Corp", rule="referral.intro",
    policy_version="2026-11-20", due_at=SAID + timedelta(hours=6), settled_by=None,
)  # fmt: skip
COMMITMENT = CommitmentView(
    id=8, state="slipped", partner="Globex Consulting", account="Acme Corp", side="partner", by=LEE,
    owner="Lee Chan", what=QUOTE, due_on=date(2026, 3, 13), due_phrase="Friday",
    slips=(date(2026, 3, 6), date(2026, 3, 13)), evidence=(SPOKEN,), overdue=True,
)  # fmt: skip
CLOSING = ProposalView(
    id=4, kind="close_risk", state="open", offered_to=DANA, params={"risk_id": "12"}, risk=RISK, commitment=None,
    evidence=(replace(SPOKEN, quote="the cutover is done"),), expires_at=SAID + timedelta(days=14), settled_by=None,
)  # fmt: skip
KEEPING = ProposalView(
    id=7, kind="close_commitment", state="open", offered_to=DANA, params={"commitment_id": "8"}, risk=None,
    commitment=COMMITMENT, evidence=(replace(SPOKEN, quote="the plan is in your inbox"),),
    expires_at=SAID + timedelta(days=14), settled_by=None,
)  # fmt: skip
LINKING = ProposalView(
    id=6, kind="link_channel", state="open", offered_to=DANA,
    params={"channel": "C0NEW", "channel_name": "globex-new", "partner_id": "1", "partner": "Globex Consulting"},
    risk=None, commitment=None, evidence=(), expires_at=SAID + timedelta(days=14), settled_by=None,
)  # fmt: skip
CHANNEL = ChannelView("C0JOINT", "globex-acme", "joint", "Globex Consulting", "Acme Corp", True, SAID)
STATUS = StatusView(
    channels=(CHANNEL,), open_risks=1, open_commitments=2, open_escalations=1, waiting_deliveries=0,
    oldest_waiting_s=None, dead_deliveries=0, open_receipts=0, reader="rules", policy_version="2026-11-20",
)  # fmt: skip
