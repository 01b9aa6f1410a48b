"""The stream: events through Apache Kafka, for those who outgrow one machine. The only room that knows Kafka."""
