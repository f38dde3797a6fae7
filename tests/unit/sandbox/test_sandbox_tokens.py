"""Codes and tokens: once, for a while, for one app; a reused refresh token ends its family."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.tokens import Lifetimes, Rejected, TokenDesk

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=60)
LATE = NOW + timedelta(seconds=7200)


@pytest.fixture
def desk() -> TokenDesk:
    return TokenDesk(Lifetimes(7200, 7200, 7200), set())


def test_a_code_works_once(desk):
    code = desk.code(1, "app", NOW)
    assert desk.redeem(code, "app", SOON).user == 1
    with pytest.raises(Rejected):
        desk.redeem(code, "app", SOON)


def test_a_code_dies_after_its_time(desk):
    code = desk.code(1, "app", NOW)
    with pytest.raises(Rejected):
        desk.redeem(code, "app", LATE)


def test_a_code_may_need_a_moment_to_be_known(desk):
    code = desk.code(1, "app", NOW, delay=1)
    with pytest.raises(Rejected):
        desk.redeem(code, "app", NOW)
    assert desk.redeem(code, "app", NOW + timedelta(seconds=1)).user == 1


def test_another_app_cannot_redeem_a_code_nor_use_it_up(desk):
    code = desk.code(1, "app", NOW)
    with pytest.raises(Rejected):
        desk.redeem(code, "other", SOON)
    assert desk.redeem(code, "app", SOON).user == 1


def test_a_refresh_token_rotates_and_the_older_access_token_lives_on(desk):
    first = desk.redeem(desk.code(1, "app", NOW), "app", NOW)
    second = desk.refresh(first.refresh, "app", SOON)
    assert {first.refresh, first.access}.isdisjoint({second.refresh, second.access})
    assert desk.holder(first.access, SOON)
    assert desk.holder(second.access, SOON).user == 1


def test_a_reused_refresh_token_ends_its_whole_family(desk):
    first = desk.redeem(desk.code(1, "app", NOW), "app", NOW)
    second = desk.refresh(first.refresh, "app", SOON)
    with pytest.raises(Rejected):
        desk.refresh(first.refresh, "app", SOON)
    assert desk.holder(second.access, SOON) is None
    with pytest.raises(Rejected):
        desk.refresh(second.refresh, "app", SOON)
    assert desk.revoked_families(1) == 1


def test_a_reuse_leaves_other_families_alone(desk):
    stolen = desk.redeem(desk.code(1, "app", NOW), "app", NOW)
    kept = desk.redeem(desk.code(1, "app", NOW), "app", NOW)
    desk.refresh(stolen.refresh, "app", SOON)
    with pytest.raises(Rejected):
        desk.refresh(stolen.refresh, "app", SOON)
    assert desk.holder(kept.access, SOON)


def test_an_expired_refresh_token_is_refused_without_ending_the_family(desk):
    pair = desk.redeem(desk.code(1, "app", NOW), "app", NOW)
    with pytest.raises(Rejected):
        desk.refresh(pair.refresh, "app", LATE)
    assert desk.revoked_families(1) == 0


def test_an_access_token_dies_at_its_time(desk):
    pair = desk.redeem(desk.code(1, "app", NOW), "app", NOW)
    assert desk.holder(pair.access, LATE - timedelta(seconds=1))
    assert desk.holder(pair.access, LATE) is None


def test_a_new_grant_ends_older_ones_when_asked_to(desk):
    older = desk.redeem(desk.code(1, "app", NOW), "app", NOW)
    newer = desk.redeem(desk.code(1, "app", NOW), "app", NOW, ends_older=True)
    assert desk.holder(older.access, SOON) is None
    assert desk.holder(newer.access, SOON)


def test_tokens_can_be_ended_early(desk):
    pair = desk.redeem(desk.code(1, "app", NOW), "app", NOW)
    assert desk.expire(1, SOON, access=True, refresh=False) == 1
    assert desk.holder(pair.access, SOON) is None
    assert desk.refresh(pair.refresh, "app", SOON).user == 1


def test_every_token_is_known_as_a_secret():
    issued: set[str] = set()
    desk = TokenDesk(Lifetimes(1, 1, 1), issued)
    code = desk.code(1, "app", NOW)
    pair = desk.redeem(code, "app", NOW)
    assert issued == {code, pair.access, pair.refresh}


def test_a_pair_does_not_show_its_tokens(desk):
    pair = desk.redeem(desk.code(1, "app", NOW), "app", NOW)
    assert pair.access not in repr(pair)
    assert pair.refresh not in repr(pair)
