"""Writes events.tfevents: scalars, as TensorBoard's own writer stores them.

    python test/golden/tensorboardEvents.py      (tensorboard)
"""

from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

NOW = 1700000000.25


def scalars(step, values):
    points = [Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
    return Event(wall_time=NOW, step=step, summary=Summary(value=points))


events = [
    Event(wall_time=NOW, file_version="brain.Event:2"),
    Event(wall_time=NOW, step=7, session_log=SessionLog(status=SessionLog.START)),
    scalars(0, {"loss": 0.0}),
    scalars(7, {"loss": 2.5, "train/logit scale": 14.285714149475098}),
    scalars(300, {"loss": 1e-8}),
    scalars(2**40, {"Güte": -1.0}),
]
with open(Path(__file__).with_name("events.tfevents"), "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString(deterministic=True))
    writer.flush()
