"""datatrove: its three MinHash steps on one shard, words by white space."""

import glob
import os
import shutil
import struct
import tempfile

import common
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupSignature,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.utils.hashing import HashConfig
from datatrove.utils.word_tokenizers import WordTokenizer


class Spaces(WordTokenizer):
    """Words between white space."""

    def word_tokenize(self, text):
        return text.split()

    def sent_tokenize(self, text):
        return [text]

    def span_tokenize(self, text):
        return [(0, len(text))]


def step(clock, name, pipeline, tasks, folder):
    LocalPipelineExecutor(
        pipeline=pipeline, tasks=tasks, workers=1, logging_dir=f"{folder}/log-{name}"
    ).run()
    clock.lap(name)


def main():
    source, target = common.arguments()
    clock = common.Clock()
    folder = tempfile.mkdtemp()
    os.mkdir(f"{folder}/in")
    os.symlink(os.path.abspath(source), f"{folder}/in/00000.jsonl")
    config = MinhashConfig(
        hash_config=HashConfig(hash_fc="xxhash", precision=32),
        num_buckets=common.BANDS,
        hashes_per_bucket=common.ROWS,
        n_grams=common.SIZE,
    )
    sign = MinhashDedupSignature(f"{folder}/signatures", config=config, language=Spaces())
    step(clock, "read, shingles, sketch", [JsonlReader(f"{folder}/in"), sign], 1, folder)
    match = MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)
    step(clock, "buckets", [match], common.BANDS, folder)
    join = MinhashDedupCluster(
        f"{folder}/buckets", f"{folder}/clusters", config=config, save_cluster_id=True
    )
    step(clock, "cluster", [join], 1, folder)
    ids, _ = common.read(source)
    labels = [-1 - number for number in range(len(ids))]
    for path in glob.glob(f"{folder}/clusters/*.clusters"):
        with open(path, "rb") as stored:
            for number, cluster in struct.iter_unpack("<2I", stored.read()):
                labels[number] = cluster
    common.write(target, ids, labels)
    clock.lap("write")
    shutil.rmtree(folder)
    clock.finish()


if __name__ == "__main__":
    main()
