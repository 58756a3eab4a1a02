"""syndicate, as a user calls it: partial reprints and relations included.

A third argument ``rules`` strips boilerplate too.
"""

import sys

import common

from syndicate.config import Config
from syndicate.pipeline import dedupe_paths

source, target = common.arguments()
strip = sys.argv[3] if len(sys.argv) > 3 else "none"
clock = common.Clock()
stage = ""


def progress(now, _done, _total):
    global stage  # noqa: PLW0603 - a script
    if stage and now != stage:
        clock.lap(stage)
    stage = now


result = dedupe_paths(
    [source],
    config=Config(strip=strip, threshold=common.THRESHOLD),
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
