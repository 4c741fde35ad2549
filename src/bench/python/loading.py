"""open_clip's training transforms in torch's DataLoader as a peer of src/bench/loading.ts.

    python loading.py JOB.json

src/bench/loadingPeer.ts says what a job and a request are. Shards are read by Python's tarfile, which is less work than the
pipeline of webdataset that open_clip has; workers share them.
"""

import io
import tarfile
import time
from itertools import cycle
from typing import Callable, Iterator

import open_clip
import torch
from PIL import Image
from serve import serve
from torch.utils.data import DataLoader, IterableDataset, get_worker_info


class Shards(IterableDataset):
    """Pictures and texts without end."""

    def __init__(self, shards: list[str], side: int) -> None:
        self.shards = shards
        self.transform = open_clip.image_transform(side, is_train=True)
        self.tokenizer = open_clip.get_tokenizer("ViT-B-32")

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        worker = get_worker_info()
        mine = self.shards[worker.id :: worker.num_workers]
        for shard in cycle(mine):
            with tarfile.open(shard) as archive:
                yield from self.samples(archive)

    def samples(self, archive: tarfile.TarFile) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        image = None
        for member in archive:
            content = archive.extractfile(member).read()
            if member.name.endswith(".txt"):
                yield image, self.tokenizer(content.decode())[0]
            else:
                image = self.transform(Image.open(io.BytesIO(content)))


def load(job: dict) -> Callable[..., dict]:
    dataset = Shards(job["shards"], job["side"])

    def batches(warmUp: int, batches: int) -> dict:
        loader = iter(DataLoader(dataset, job["batch"], num_workers=job["workers"]))
        means = torch.stack([next(loader)[0].mean((0, 2, 3)) for _ in range(warmUp)])
        began = time.perf_counter()
        for _ in range(batches):
            next(loader)
        return {"seconds": time.perf_counter() - began, "mean": means.mean(0).tolist()}

    return batches


if __name__ == "__main__":
    serve(load)
