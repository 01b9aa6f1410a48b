"""The three tenders told as stories, and their event files in `data/`.

A test holds the files to the stories: who changes a story writes the files anew with
`python -m services.sample.estates`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from services.sample import havnegade, korskaerparken, rosenhoej
from services.sample.story import Story

DATA = Path(__file__).with_name("data")
"""Where the files are."""

STORIES: Mapping[str, Callable[[], Story]] = {
    korskaerparken.STORY_NAME: korskaerparken.tell,
    rosenhoej.STORY_NAME: rosenhoej.tell,
    havnegade.STORY_NAME: havnegade.tell,
}
"""Each story by its name."""


def lines(name: str) -> list[bytes]:
    """The events of one story as its file holds them, in the order in which they were heard."""
    return (DATA / f"{name}.jsonl").read_bytes().splitlines()


def write() -> None:
    """Tell every story anew and write the files."""
    for name, tell in STORIES.items():
        (DATA / f"{name}.jsonl").write_bytes(b"".join(line + b"\n" for line in tell().lines()))


if __name__ == "__main__":
    write()
