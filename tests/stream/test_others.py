"""What others than we send into an organisation's own topic, with clients that we did not write, good and bad."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from services.domain.rights import Kind
from services.settings import Kafka
from services.store.access import Access
from services.store.store import Store
from tests.canary import CANARIES, assert_none, database_dump
from tests.store.told import CANDIDATE, CIRCLE, CLIENT, MAIN, OTHER, Said, ask, hours, say, started
from tests.stream.running import batch, make_topics, working
from tests.waiting import until

Send = Callable[[Kafka, str, Sequence[bytes]], None]


def with_librdkafka(kafka: Kafka, topic: str, values: Sequence[bytes]) -> None:
    producer = Producer({"bootstrap.servers": ",".join(kafka.servers), "acks": "all"})
    for value in values:
        producer.produce(topic, value, key=CANARIES[0], headers={"note": CANARIES[1]})
    assert producer.flush(30) == 0


def with_kcat(kafka: Kafka, topic: str, values: Sequence[bytes]) -> None:
    if shutil.which("kcat") is None:
        pytest.skip("no kcat on the path")
    command = ["kcat", "-P", "-b", ",".join(kafka.servers), "-t", topic, "-k", CANARIES[0]]
    subprocess.run(command, input=b"\n".join(values), check=True, timeout=30)


BOTH = pytest.mark.parametrize("send", [with_librdkafka, with_kcat])


def raw(event: Said) -> bytes:
    return msgspec.json.encode(event)


def with_field(event: Said, name: str) -> Said:
    return {**event, "data": {**event["data"], name: 1}}


def escaped(event: Said, number: str) -> bytes:
    """The event with a number written so that only who reads the JSON sees it."""
    return raw(event).replace(number.encode(), "".join(f"\\u{ord(digit):04x}" for digit in number).encode())


PARTED = f"{CANARIES[1][:6]}-{CANARIES[1][6:]}"
IDENTIFIED = say(
    "candidate.identified",
    "c1",
    subject=CANDIDATE,
    person=f"{CLIENT}:a",
    linking_circle=CIRCLE,
    identified_on="2025-03-01",
)
BAD: Mapping[bytes, str] = {
    b'{"specversion": "1.0", "id":': "json_invalid",
    b"hello": "json_invalid",
    b'[{"specversion": "1.0"}, ': "not_a_batch",
    b"17": "not_an_object",
    raw({**hours("b1", 10), "type": "dk.bygspor.hours.guessed.v1"}): "unknown_type",
    raw(hours("b2", 10, by=CLIENT)): "foreign_source",
    raw({**hours("b3", 10, by=CLIENT), "type": "dk.bygspor.hours.reported.v99"}): "foreign_source",
    raw({**hours("b4", 10), "source": f"urn:bygspor:{MAIN}:bygspor-web"}): "reserved_source",
    raw(IDENTIFIED): "not_your_type",
    raw({**IDENTIFIED, "id": "b5", "type": "dk.bygspor.candidate.identified.v99"}): "not_your_type",
}
WITH_A_NUMBER: Mapping[bytes, str] = {
    raw(started("n1", person=CANARIES[0])): "cpr",
    raw(hours("n2", 10, placement=PARTED)): "cpr",
    raw(with_field(hours("n3", 10), CANARIES[2])): "cpr",
    raw({**hours("n4", 10), "source": f"urn:bygspor:{MAIN}:{CANARIES[0]}"}): "cpr",
    raw(hours(CANARIES[1], 10)): "cpr",
    raw({**hours("n5", 10), "subject": f"{CLIENT}:{CANARIES[2]}"}): "cpr",
    raw({**hours("n6", 10), "type": f"dk.bygspor.{CANARIES[0]}.v1"}): "cpr",
    raw({**hours("n7", 10), "type": "dk.bygspor.hours.reported.v9", PARTED: "later"}): "cpr",
    escaped(hours("n8", 10, placement=CANARIES[2]), CANARIES[2]): "cpr",
    escaped(with_field(hours("n9", 10), CANARIES[0]), CANARIES[0]): "cpr",
    b"cpr: %s" % PARTED.encode(): "json_invalid",
    b'{"id": "n10", "cpr": "%s", ' % PARTED.encode(): "json_invalid",
    b'[{"id": "n11", "cpr": %s}, ' % CANARIES[0].encode(): "not_a_batch",
}


class Letter(NamedTuple):
    """A record of the topic of dead letters: all of its bytes, and what it says."""

    record: bytes
    said: Any

    @property
    def place(self) -> tuple[str, int, int]:
        return self.said["topic"], self.said["partition"], self.said["offset"]

    @property
    def codes(self) -> set[str]:
        return {fault["code"] for fault in self.said["faults"]}


@pytest.fixture
def organisation(store: Store) -> str:
    """A contractor that has systems of its own."""
    Access(store.database).organisations.register(MAIN, "Tømrer ApS", [Kind.CONTRACTOR])
    return MAIN


@BOTH
def test_good_events_land_under_the_organisation_whose_topic_it_is(
    send: Send, store: Store, kafka: Kafka, organisation: str
) -> None:
    names = make_topics(kafka, [organisation])
    alone, together = [started("s1"), hours("h1", 10)], [hours("h2", 10, 4), hours("h3", 10, 5)]
    beside = batch(hours("h4", 10, 6), hours("b1", 10, 7, by=CLIENT), b"17")
    send(kafka, names.of_organisation(organisation), [*map(raw, alone), batch(*together), beside])
    with working(store, kafka):
        until(lambda: ask(store, "SELECT sum(events) FROM stream.applied_record") == [7])
    landed = ask(store, "SELECT e.id, s.organisation FROM log.event e JOIN log.source s ON s.no = e.source_no")
    assert set(landed) == {(name, organisation) for name in ("s1", "h1", "h2", "h3", "h4")}
    refused = [{fault["code"] for fault in faults} for faults in ask(store, "SELECT faults FROM log.rejected")]
    assert sorted(refused, key=sorted) == [{"foreign_source"}, {"not_an_object"}]
    assert all(check.ok for check in store.verify())


@BOTH
def test_bad_ones_end_among_the_rejected_and_nothing_like_a_cpr_number_is_left_anywhere(
    send: Send, store: Store, kafka: Kafka, organisation: str, capfd: pytest.CaptureFixture[str]
) -> None:
    names = make_topics(kafka, [organisation, OTHER])
    own, unknown = names.of_organisation(organisation), names.of_organisation(OTHER)
    wanted = {**BAD, **WITH_A_NUMBER}
    send(kafka, own, list(wanted))
    send(kafka, unknown, [raw(hours("u1", 10, by=OTHER))])
    with working(store, kafka):
        until(lambda: ask(store, "SELECT count(sent_at) FROM stream.dead_letter") == [len(wanted) + 1])
    kept, letters = rejected(store), letters_on(kafka, names.dead_letters)
    assert ask(store, "SELECT count(*) FROM log.event") == [0]

    sent = {place: wanted.get(value, "unknown_organisation") for place, value in records_of(kafka, own, unknown)}
    assert {letter.place for letter in letters} == sent.keys() == kept.keys()
    for letter in letters:
        whose, codes = kept[letter.place]
        assert sent[letter.place] in codes, letter
        assert letter.codes == codes
        assert letter.said["organisation"] == whose == (organisation if letter.place[0] == own else OTHER)
    said = capfd.readouterr()
    assert_none(database_dump(store.url), *(letter.record for letter in letters), said.out, said.err)


def rejected(store: Store) -> dict[tuple[str, int, int], tuple[str, set[str]]]:
    """The rejected lines by where they stood: whose they are, and what is wrong with them."""
    rows = ask(store, "SELECT origin, line, organisation, faults FROM log.rejected")
    places = ((*origin.rsplit("/", 1), line) for origin, line, _, _ in rows)
    told = ((whose, {fault["code"] for fault in faults}) for _, _, whose, faults in rows)
    return {(topic, int(partition), line): one for (topic, partition, line), one in zip(places, told, strict=True)}


def letters_on(kafka: Kafka, topic: str) -> list[Letter]:
    return [
        Letter(repr((one.key(), one.value(), one.headers())).encode(), msgspec.json.decode(one.value()))
        for one in read(kafka, topic)
    ]


def records_of(kafka: Kafka, *topics: str) -> list[tuple[tuple[str, int, int], bytes]]:
    read_from = [one for topic in topics for one in read(kafka, topic)]
    return [((one.topic(), one.partition(), one.offset()), one.value()) for one in read_from]


def read(kafka: Kafka, topic: str) -> list[Any]:
    """Everything a topic holds."""
    consumer = Consumer({"bootstrap.servers": ",".join(kafka.servers), "group.id": "nobody's"})
    found: list[Any] = []
    for partition in consumer.list_topics(topic, 30).topics[topic].partitions:
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), 30)
        consumer.assign([TopicPartition(topic, partition, 0)])
        found += consumer.consume(end, 30) if end else []
    consumer.close()
    return found
