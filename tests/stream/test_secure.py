"""A Kafka with TLS, logins and ACLs: the rights that README gives are enough, and each of them is needed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from confluent_kafka import Producer as Librdkafka
from kafka.admin import NewTopic

from deploy.kafka.broker import Broker, running
from deploy.kafka.secure import Secured
from schemas.codec import decode
from services.domain.rights import Kind
from services.errors import BrokerUnavailable, BygSporError
from services.gateway.api.described import EXAMPLE
from services.settings import Kafka
from services.store.access import Access
from services.store.batches import Decoded
from services.store.store import Store
from services.stream import standing
from services.stream.clients import password
from services.stream.producer import Producer
from tests.cli.runner import Bygspor
from tests.gateway.conftest import opened
from tests.store.told import MAIN, OTHER, Said, ask, hours, started
from tests.stream import secure
from tests.stream.running import working
from tests.stream.secure import GATEWAY, SYSTEM, TOPICS, WORKER, Installation, Right
from tests.waiting import until

RIGHTS = secure.of_readme()
# A topic that a worker may not see is to it not there.
WORKER_NEEDS = [one for one in RIGHTS if one.user == WORKER and one.name != "bygspor.in.*"]
ORGANISATION = "10000319"
# A wrong password is told of sooner than Kafka being away.
SOON_SECONDS = 8.0


@pytest.fixture(scope="module")
def demanding(kafka_programs: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that lets nobody in without a login."""
    with running(tmp_path_factory.mktemp("demanding"), users=secure.USERS) as broker:
        yield broker


@pytest.fixture
def bare(demanding: Broker) -> Iterator[Installation]:
    """An installation in which nobody may do anything yet."""
    yield from secure.installed(demanding, MAIN)


@pytest.fixture
def installation(bare: Installation) -> Installation:
    """An installation with the topics of two organisations and the rights of README."""
    make_topics(bare)
    bare.grant(RIGHTS)
    return bare


def make_topics(bare: Installation) -> None:
    """Those of an installation and of two organisations."""
    names = bare.names
    wanted = [names.events, names.dead_letters, names.of_organisation(MAIN), names.of_organisation(OTHER)]
    with standing.admin(bare.login()) as admin:
        admin.create_topics([NewTopic(name, 2, 1) for name in wanted])


def decoded(*events: Said) -> list[Decoded]:
    return [Decoded(raw, decode(raw)) for raw in map(msgspec.json.encode, events)]


def system_sends(kafka: Kafka, topic: str, *values: bytes) -> list[str]:
    """What an organisation's own system is told of each record, through a client that we did not write."""
    told: list[str] = []
    producer = Librdkafka(
        {
            "bootstrap.servers": ",".join(kafka.servers),
            "security.protocol": "SASL_SSL",
            "ssl.ca.location": str(kafka.ca),
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": kafka.user,
            "sasl.password": password(kafka),
            "acks": "all",
            "enable.idempotence": True,
        }
    )
    for value in values:
        producer.produce(topic, value, on_delivery=lambda error, _: told.append(error.name() if error else "taken"))
    assert producer.flush(30) == 0
    return told


def with_wrong_password(kafka: Kafka, folder: Path) -> Kafka:
    wrong = folder / "wrong"
    wrong.write_text("wrong")
    return replace(kafka, password_file=wrong)


def environment(kafka: Kafka) -> dict[str, Any]:
    return {
        "BYGSPOR_KAFKA": ",".join(kafka.servers),
        "BYGSPOR_KAFKA_PREFIX": kafka.prefix,
        "BYGSPOR_KAFKA_USER": str(kafka.user),
        "BYGSPOR_KAFKA_PASSWORD_FILE": str(kafka.password_file),
        "BYGSPOR_KAFKA_CA": str(kafka.ca),
        "BYGSPOR_LANG": "en",
    }


def test_with_the_rights_of_readme_events_of_gateway_and_systems_land_and_letters_are_sent(
    installation: Installation, store: Store
) -> None:
    Access(store.database).organisations.register(MAIN, "Tømrer ApS", [Kind.CONTRACTOR])
    producer = Producer(installation.login(GATEWAY))
    producer.probe()
    producer.send(decoded(started("s1"), hours("h1", 10)))
    producer.close()
    own = installation.names.of_organisation(MAIN)
    sent = system_sends(installation.login(SYSTEM), own, msgspec.json.encode(hours("h2", 10, 4)), b"17")
    assert sent == ["taken", "taken"]
    with working(store, installation.login(WORKER)):
        until(lambda: ask(store, "SELECT sum(events) FROM stream.applied_record") == [4])
        until(lambda: ask(store, "SELECT count(sent_at) FROM stream.dead_letter") == [1])
    assert sorted(ask(store, "SELECT id FROM log.event")) == ["h1", "h2", "s1"]


def test_a_system_can_write_to_its_organisations_topic_and_nowhere_else(installation: Installation) -> None:
    names, login = installation.names, installation.login(SYSTEM)
    for topic in (names.of_organisation(OTHER), names.events, names.dead_letters):
        assert system_sends(login, topic, b"{}") == ["TOPIC_AUTHORIZATION_FAILED"]
    assert system_sends(login, names.of_organisation(MAIN), b"{}") == ["taken"]


def test_who_runs_topics_can_make_check_and_mend_them(bare: Installation, bygspor: Bygspor) -> None:
    bare.grant([one for one in RIGHTS if one.user == TOPICS])
    settings = environment(bare.login(TOPICS))
    assert bygspor("topics", "apply", "--for", MAIN, **settings).code == 0
    with standing.admin(bare.login()) as admin:
        admin.delete_topics([bare.names.dead_letters])
        until(lambda: bare.names.dead_letters not in admin.list_topics())
        admin.create_topics([NewTopic(bare.names.dead_letters, 1, 1)])
    assert bygspor("topics", "check", **settings).code == 1
    assert bygspor("topics", "apply", **settings).code == 0
    assert bygspor("topics", "check", **settings).code == 0


@pytest.mark.parametrize("missing", WORKER_NEEDS, ids=lambda one: f"{one.operation} {one.kind} {one.name}")
def test_a_worker_that_lacks_a_right_stops_and_says_so(missing: Right, bare: Installation, store: Store) -> None:
    make_topics(bare)
    bare.grant([one for one in RIGHTS if one != missing])
    values = [msgspec.json.encode(hours("h1", 10)), b"17"]
    assert system_sends(bare.login(), bare.names.events, *values) == ["taken", "taken"]
    with (
        pytest.raises(BygSporError, match=r"may not be seen|Kafka refuses") as told,
        stopping(store, bare.login(WORKER)),
    ):
        pass
    assert not told.value.retriable


def test_a_worker_that_may_see_its_group_but_not_read_as_it_stops_too(bare: Installation, store: Store) -> None:
    make_topics(bare)
    group = next(one for one in RIGHTS if one.kind == "group")
    bare.grant([group._replace(operation="Describe") if one == group else one for one in RIGHTS])
    with pytest.raises(BrokerUnavailable, match="Kafka refuses"), stopping(store, bare.login(WORKER)):
        pass


@pytest.mark.parametrize("operation", [None, "Describe"])
def test_a_gateway_that_may_not_write_is_refused_at_once(bare: Installation, operation: str | None) -> None:
    make_topics(bare)
    if operation:
        bare.grant([Right(GATEWAY, operation, "topic", "bygspor.events")])
    assert_refused(Producer(bare.login(GATEWAY)))


def test_a_wrong_password_is_told_of_at_once_and_not_tried_for_ever(
    bare: Installation, store: Store, bygspor: Bygspor, tmp_path: Path
) -> None:
    for command in (["topics", "apply"], ["worker"]):
        told = bygspor(*command, **environment(with_wrong_password(bare.login(TOPICS), tmp_path)))
        assert told.code == 3
        assert "the login of topics, or its password, is wrong" in told.err
        assert "BYGSPOR_KAFKA_PASSWORD_FILE" in told.err
    assert_refused(Producer(with_wrong_password(bare.login(GATEWAY), tmp_path)))
    with pytest.raises(BrokerUnavailable), stopping(store, with_wrong_password(bare.login(WORKER), tmp_path)):
        pass


def test_a_certificate_that_is_not_trusted_is_told_of(bare: Installation, bygspor: Bygspor, tmp_path: Path) -> None:
    stranger = Secured(tmp_path / "stranger", ()).ca
    told = bygspor("topics", "check", **environment(replace(bare.login(TOPICS), ca=stranger)))
    assert told.code == 3
    assert "we do not trust the certificate" in told.err


def test_senders_to_a_gateway_that_kafka_refuses_are_asked_to_come_again(
    bare: Installation, database_url: str, tmp_path: Path
) -> None:
    conveyor = Producer(with_wrong_password(bare.login(GATEWAY), tmp_path))
    with opened(database_url, tmp_path, conveyor=conveyor) as gateway:
        gateway.organisation(ORGANISATION, Kind.CONTRACTOR)
        answer = gateway.post(EXAMPLE, gateway.key(ORGANISATION))
    assert (answer.status_code, answer.json()["detail"]) == (503, "kafka.refused")


@contextlib.contextmanager
def stopping(store: Store, kafka: Kafka) -> Iterator[None]:
    """A worker that ends by itself."""
    with working(store, kafka) as worker:
        until(worker._stopping.is_set, 30)
        yield


def assert_refused(producer: Producer) -> None:
    began = time.monotonic()
    with pytest.raises(BrokerUnavailable) as told:
        producer.send(decoded(hours("h1", 10)))
    assert (told.value.code, told.value.retriable) == ("kafka.refused", False)
    assert time.monotonic() - began < SOON_SECONDS
    producer.close()
