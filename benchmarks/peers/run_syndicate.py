"""syndicate, as a user calls it.

A third argument says what for: ``whole`` copies alone, as the others do; ``parts`` of texts too;
or as ``shipped``, boilerplate stripped and everything told.
"""

import sys

import common

from syndicate.config import Config
from syndicate.pipeline import dedupe_paths

source, target = common.arguments()
SETTINGS = {
    "whole": Config(strip="none", find="whole", threshold=common.THRESHOLD),
    "parts": Config(strip="none", threshold=common.THRESHOLD),
    "shipped": Config(),
}
clock = common.Clock()
stage = ""


def progress(now, _done, _total):
    global stage  # noqa: PLW0603 - a script
    if stage and now != stage:
        clock.lap(stage)
    stage = now


result = dedupe_paths(
    [source],
    config=SETTINGS[sys.argv[3]],
    workers=1,
    progress=progress,
)
clock.lap("cluster, report")
labels = {}
for number, cluster in enumerate(result.clusters):
    for name in (cluster.canonical, *(member.id for member in cluster.members)):
        labels[name] = f"c{number}"
with open(target, "w", encoding="utf-8") as sink:
    sink.writelines(f"{name}\t{label}\n" for name, label in labels.items())
clock.lap("write")
clock.finish(clusters=len(result.clusters), matches=len(result.matches))
