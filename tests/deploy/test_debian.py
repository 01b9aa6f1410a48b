"""Programs from elsewhere: whole or not at all, and a missing one is an error only where nobody looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy import debian
from deploy.debian import Unavailable
from deploy.kafka import __main__ as command
from deploy.kafka import programs


def missing() -> programs.Programs:
    raise Unavailable("no apt-get")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_missing_kafka_fails_the_build_and_nobody_else(
    ci: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(programs, "fetched", missing)
    assert command.main(["fetch"]) == code
    assert "no apt-get. The Kafka tests are skipped." in capsys.readouterr().out


def test_where_java_is_missing_and_cannot_be_fetched_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(programs, "_UNPACKED", tmp_path)
    with pytest.raises(Unavailable, match="no apt-get"):
        programs.fetched()


def test_of_two_who_make_a_folder_at_once_the_first_one_counts(tmp_path: Path) -> None:
    with debian.whole(tmp_path / "made") as late:
        (late / "who").write_text("late")
        with debian.whole(tmp_path / "made") as early:
            (early / "who").write_text("early")
    assert (tmp_path / "made" / "who").read_text() == "early"
    assert [one.name for one in tmp_path.iterdir()] == ["made"]


def break_off(folder: Path) -> None:
    with debian.whole(folder) as draft:
        (draft / "half").touch()
        raise Unavailable("the line is cut")


def test_a_folder_that_was_not_finished_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        break_off(tmp_path / "made")
    assert list(tmp_path.iterdir()) == []


def test_what_an_unpacked_program_links_to_in_the_system_is_looked_for_among_what_was_unpacked(tmp_path: Path) -> None:
    settings = tmp_path / "etc" / "java" / "jvm.cfg"
    settings.parent.mkdir(parents=True)
    settings.write_text("unpacked")
    link, elsewhere = tmp_path / "usr.cfg", tmp_path / "null"
    link.symlink_to("/etc/java/jvm.cfg")
    elsewhere.symlink_to("/dev/null")
    debian._relink(tmp_path)
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert (moved / "usr.cfg").read_text() == "unpacked"
    assert (moved / "null").readlink() == Path("/dev/null")
