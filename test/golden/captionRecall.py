"""Writes captionRecall.json: CLIP_benchmark's recalls where pictures share captions, for embeddings computed by clusters.py.

    python test/golden/captionRecall.py CLIP_BENCHMARK      (a copy of the repository at 48de38c; torch, scikit-learn)

60 pictures, picture i with 1 to 7 of 250 captions. "own" is what its code says as it is. In "stable" one thing is replaced:
of equal scores torch.topk takes any, here those of the lower index.
"""

import json
import pathlib
import sys
import types

import numpy
import torch
from clusters import labels_of, rows_of

sys.path.insert(0, sys.argv[1])
from clip_benchmark.metrics import zeroshot_retrieval  # noqa: E402

PICTURES, CAPTIONS, WIDTH = 60, 250, 16
encode = types.SimpleNamespace(encode_image=lambda rows: rows, encode_text=lambda rows: rows)

counts = 1 + labels_of("caption counts", PICTURES, 7)
drawn = labels_of("captions", int(counts.sum()), CAPTIONS)
ends = numpy.cumsum(counts)
texts = [[str(text) for text in drawn[end - count : end]] for count, end in zip(counts, ends)]
# Each picture's embedding lies near the caption that it was given first.
images = torch.from_numpy(rows_of("pictures", drawn[ends - counts], WIDTH, CAPTIONS, 1))
captions = torch.from_numpy(rows_of("caption rows", numpy.arange(CAPTIONS), WIDTH, CAPTIONS, 0.5))


def evaluate():
    batches = [(images[i : i + 16], texts[i : i + 16]) for i in range(0, PICTURES, 16)]
    tokenizer = lambda rows: torch.stack([captions[int(row)] for row in rows])
    return zeroshot_retrieval.evaluate(encode, batches, tokenizer, "cpu", False, [1, 5, 10])


def stable_topk(scores, k, dim):
    order = torch.sort(scores, dim=dim, descending=True, stable=True)
    return order.values.narrow(dim, 0, k), order.indices.narrow(dim, 0, k)


unit = torch.nn.functional.normalize(captions[drawn], dim=-1) @ torch.nn.functional.normalize(images, dim=-1).T
assert all((unit[drawn == text] == unit[drawn == text][0]).all() for text in set(drawn)), "identical captions tie exactly"

answers = {"own": evaluate()}
torch.topk = stable_topk
answers["stable"] = evaluate()
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers, indent=1) + "\n")
print(len(drawn), "captions,", len(set(drawn)), "distinct", answers)
