"""The Kafka that tests and `make stack` run on: it keeps what it said it has, alone or as three, and never lingers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic
from kafka.errors import KafkaError

from deploy.kafka import ports
from deploy.kafka.broker import Broker, running
from deploy.kafka.node import STOPS_WITHIN, Failed
from services.settings import Kafka
from services.stream.clients import begun, client, consumer
from tests.kafka import settings_for
from tests.waiting import until

_OWNER = """
import sys, time
from pathlib import Path
from deploy.kafka.broker import Broker
broker = Broker(Path(sys.argv[1]))
broker.start()
print(broker.servers, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def broken(kafka_programs: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that these tests kill, pause and wipe in turn; it answers when each of them begins and ends."""
    with running(tmp_path_factory.mktemp("broken")) as broker:
        yield broker


def make_topic(kafka: Kafka, copies: int = 1) -> str:
    with begun(KafkaAdminClient, client(kafka)) as admin:
        admin.create_topics([NewTopic(f"{kafka.prefix}.x", num_partitions=3, replication_factor=copies)])
    return f"{kafka.prefix}.x"


def topics(kafka: Kafka) -> list[str]:
    with begun(KafkaAdminClient, client(kafka)) as admin:
        return [name for name in admin.list_topics() if name.startswith(kafka.prefix)]


def produce(kafka: Kafka, topic: str, *values: bytes, patience: int = 60) -> None:
    milliseconds = patience * 1_000
    patient = {"request_timeout_ms": milliseconds // 2, "delivery_timeout_ms": milliseconds}
    settings = client(kafka) | patient | {"max_block_ms": milliseconds}
    settings |= {"acks": "all", "enable_idempotence": True}
    with begun(KafkaProducer, settings) as producer:
        for sent in [producer.send(topic, value) for value in values]:
            sent.get(patience + 5)


def holds(kafka: Kafka, topic: str, *values: bytes) -> bool:
    """Whether all these can be read there, among others maybe."""
    missed = set(values)
    with KafkaConsumer(topic, **consumer(kafka), consumer_timeout_ms=30_000) as reading:
        for record in reading:
            missed.discard(record.value)
            if not missed:
                return True
    return False


def test_what_was_acknowledged_is_read_back(kafka: Kafka) -> None:
    topic = make_topic(kafka)
    produce(kafka, topic, b"0", b"1", b"2")
    assert holds(kafka, topic, b"0", b"1", b"2")


def test_a_topic_that_nobody_made_is_not_made_by_asking_for_it(kafka: Kafka) -> None:
    with pytest.raises(KafkaError):
        produce(kafka, f"{kafka.prefix}.mispelt", b"0", patience=1)
    assert topics(kafka) == []


def test_a_broker_that_was_killed_comes_back_where_it_was_with_all_it_had(broken: Broker) -> None:
    kafka = settings_for(broken.servers)
    topic = make_topic(kafka)
    produce(kafka, topic, b"before")
    broken.kill()
    assert not ports.listens(port(broken))
    broken.start_node()
    produce(kafka, topic, b"after")
    assert holds(kafka, topic, b"before", b"after")


def test_a_paused_broker_answers_again_when_it_goes_on(broken: Broker) -> None:
    kafka = settings_for(broken.servers)
    topic = make_topic(kafka)
    broken.pause()
    with pytest.raises(KafkaError):
        produce(kafka, topic, b"lost?", patience=1)
    broken.resume()
    produce(kafka, topic, b"after")
    assert holds(kafka, topic, b"after")


def test_a_wiped_broker_has_forgotten_its_topics(broken: Broker) -> None:
    kafka = settings_for(broken.servers)
    make_topic(kafka)
    broken.kill()
    broken.wipe()
    broken.start_node()
    assert topics(kafka) == []


def test_of_three_nodes_one_can_be_missed_and_two_cannot(kafka_home: Path) -> None:
    with running(kafka_home, nodes=3) as broker:
        kafka = settings_for(broker.servers)
        topic = make_topic(kafka, copies=3)
        broker.kill(0)
        produce(kafka, topic, b"0", b"1", b"2")
        broker.kill(1)
        with pytest.raises(KafkaError):
            produce(kafka, topic, b"refused", patience=3)
        broker.start_node(0)
        # What was refused may be there as well: nobody said that it is not.
        assert holds(kafka, topic, b"0", b"1", b"2")


def test_a_broker_is_gone_when_its_owner_was_killed(kafka_home: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", _OWNER, str(kafka_home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        servers = owner.stdout.readline().strip()
        owner.kill()
    until(lambda: not ports.listens(int(servers.rpartition(":")[2])))


def test_a_broker_that_is_asked_to_stop_does_so_soon(kafka_home: Path) -> None:
    broker = Broker(kafka_home)
    broker.start()
    began = time.monotonic()
    broker.stop()
    assert time.monotonic() - began < STOPS_WITHIN
    assert not ports.listens(port(broker))


def test_a_broker_that_cannot_start_says_what_kafka_said(kafka_home: Path) -> None:
    broker = Broker(kafka_home)
    data = kafka_home / "node-0" / "data"
    data.mkdir()
    (data / "meta.properties").write_text("version=1\ncluster.id=another\nnode.id=7\n")
    with pytest.raises(Failed, match=r"ended; .*node-0.log ends with:\n(.*\n)*.*node id"):
        broker.start()


def test_a_second_broker_in_the_same_folder_is_refused(broken: Broker) -> None:
    with pytest.raises(Failed, match="already"):
        Broker(broken.home).start()


def test_one_that_is_left_running_is_found_again_and_ended(kafka_home: Path) -> None:
    try:
        first, second, known = (command(kafka_home, what) for what in ("up", "up", "status"))
        servers = ports.addresses(ports.recorded(kafka_home))
        assert (first.returncode, f"answers at {servers}" in first.stdout) == (0, True)
        assert (second.returncode, f"runs already at {servers}" in second.stdout) == (0, True)
        assert (known.returncode, f"at {servers}" in known.stdout) == (0, True)
        assert command(kafka_home, "up", "--nodes", "3").returncode == 1
    finally:
        ended, after = command(kafka_home, "down"), command(kafka_home, "status")
    assert (ended.returncode, ended.stdout) == (0, "kafka: 1 node(s) stopped\n")
    assert (after.returncode, after.stdout) == (1, "kafka: not running\n")


def command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "deploy.kafka", *arguments, "--home", str(home)]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def port(broker: Broker) -> int:
    return int(broker.servers.rpartition(":")[2])
