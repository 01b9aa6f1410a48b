"""The history of the tables, step by step; `services.store.migrate` walks it."""
