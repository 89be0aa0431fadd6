"""The engine: queues as pure state machines over a log of facts."""
