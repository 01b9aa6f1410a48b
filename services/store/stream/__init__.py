"""Where the topics of Kafka stand with the log: which records are in it, and what became of their events."""

from services.store.stream.fates import Fate, State, fate_of
from services.store.stream.records import Place, Record, RecordKey, applied_among, apply_records
from services.store.stream.topics import Recreated, TopicRow, adopt, made_anew, numbered, topics

__all__ = [
    "Fate",
    "Place",
    "Record",
    "RecordKey",
    "Recreated",
    "State",
    "TopicRow",
    "adopt",
    "applied_among",
    "apply_records",
    "fate_of",
    "made_anew",
    "numbered",
    "topics",
]
