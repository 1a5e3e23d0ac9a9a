"""Action items: who settles them, and which are listed. Their reminders are tested with renewals."""

from __future__ import annotations

import pytest

from bot.desk import actions
from bot.desk.actions import Agreed
from bot.errors import Refused
from models.base import row_id
from models.calendar import Side
from models.partners import Partner
from models.risks import SubjectKind
from models.store import Store
from tests.desk.world import HOME, build


def test_action_items_are_settled_by_whoever_may_once(store: Store) -> None:
    world = build(store)
    with store.write(HOME) as uow:
        now, policy = world.clock.now(), world.policy
        partner = uow.find(Partner, name="Globex Consulting")
        assert partner is not None
        for owner in ("U0PM", "U0PARTNER", ""):
            agreed = Agreed("Send the roster", Side.PARTNER, owner)
            row = actions.add(
                uow, SubjectKind.CHECK_IN, 1, row_id(partner), agreed, actor="U0PM", now=now, policy=policy
            )
            assert row.owner == "U0PM", "who is none of ours cannot see to it"
        with pytest.raises(Refused, match="Only Dana Park"):
            actions.done(uow, 1, actor="U0AE", now=now, policy=policy)
        assert actions.listed(uow, None, person="U0PM", now=now, limit=2).more == 1
        assert actions.done(uow, 1, actor="U0SM", now=now, policy=policy).state == "done"
        with pytest.raises(Refused, match="is done already, by Sam Ortiz"):
            actions.drop(uow, 1, actor="U0PM", now=now, policy=policy)
        assert [each.id for each in actions.listed(uow, partner, person="U0AE", now=now).items] == [2, 3]
        actions.drop_open(uow, SubjectKind.CHECK_IN, 1, actor="U0PM", now=now, policy=policy, note="over")
        assert actions.listed(uow, partner, person="U0AE", now=now).items == ()
