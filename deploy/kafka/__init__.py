"""A real Apache Kafka on this machine: `python -m deploy.kafka up|down|status`."""
