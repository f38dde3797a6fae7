"""Folders that are ours alone, and locks that die with their holder."""

import pytest

from portal.local import folders
from portal.local.trouble import CannotStart


def test_a_private_folder_can_be_entered_by_its_owner_alone(tmp_path):
    assert folders.private(tmp_path / "mine").stat().st_mode & 0o777 == 0o700
    assert folders.private(tmp_path / "mine") == tmp_path / "mine"


def test_a_folder_that_others_may_enter_is_refused(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    with pytest.raises(CannotStart, match="mode 0700"):
        folders.private(tmp_path / "open")


def test_a_link_in_the_way_is_refused(tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(CannotStart):
        folders.private(tmp_path / "link")


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "theirs").mkdir(mode=0o700)
    with pytest.raises(CannotStart):
        folders.private(tmp_path / "theirs", owner=54321)


def test_a_socket_path_stays_short_enough(tmp_path):
    short = folders.for_sockets(tmp_path / ("x" * 100), "redis-socket")
    assert len(str(short)) <= folders.LONGEST_SOCKET_FOLDER
    assert folders.for_sockets(tmp_path / ("y" * 100), "redis-socket") != short


def test_a_lock_is_held_until_it_is_closed(tmp_path):
    held = folders.hold(tmp_path / "lock")
    with pytest.raises(CannotStart, match="in use"):
        folders.hold(tmp_path / "lock")
    held.close()
    folders.hold(tmp_path / "lock").close()
