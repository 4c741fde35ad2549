"""open_clip as a peer of embedding.ts: answers requests, a line of JSON each, with the time they took or the embeddings.

    python test/bench/embedding_peer.py JOB.json

embeddingPeer.ts says what a job and a request are. Pictures are read by open_clip's own preprocessing in torch's DataLoader,
whose workers stay alive between requests, as within one long job.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import open_clip
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset


class Pictures(Dataset):
    def __init__(self, paths: list, prepare: object) -> None:
        self.paths, self.prepare = paths, prepare

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, place: int) -> torch.Tensor:
        with Image.open(self.paths[place]) as picture:
            return self.prepare(picture)


class Peer:
    def __init__(self, job: dict) -> None:
        self.job = job
        self.clip, _, self.prepare = open_clip.create_model_and_transforms(job["model"], pretrained=job["weights"])
        self.clip.eval()
        self.tokenizer = open_clip.get_tokenizer(job["model"])
        side = job["side"]
        pixels = np.fromfile(job["pixels"], dtype=np.float32).reshape(-1, side, side, 3)
        self.pixels = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
        self.loaders, self.batches = {}, []

    def encoder(self, count: int) -> torch.Tensor:
        return self.rows(self.pixels[: self.job["batch"]] for _ in range(0, count, self.job["batch"]))

    def pictures(self, count: int, workers: int = 0) -> torch.Tensor:
        return self.rows(self.loader(count, workers))

    def texts(self, count: int) -> torch.Tensor:
        size, texts = self.job["textBatch"], self.job["texts"][:count]
        parts = [texts[start : start + size] for start in range(0, count, size)]
        return torch.cat([self.clip.encode_text(self.tokenizer(part), normalize=True) for part in parts])

    def rows(self, batches: object) -> torch.Tensor:
        return torch.cat([self.clip.encode_image(batch, normalize=True) for batch in batches])

    def loader(self, count: int, workers: int) -> DataLoader:
        size = self.job["batch"]
        self.batches[:] = [range(start, min(start + size, count)) for start in range(0, count, size)]
        if workers not in self.loaders:
            pictures = Pictures(self.job["pictures"], self.prepare)
            self.loaders[workers] = DataLoader(
                pictures, batch_sampler=self.batches, num_workers=workers, persistent_workers=workers > 0
            )
        return self.loaders[workers]


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    torch.set_num_threads(job["threads"])
    peer = Peer(job)
    print(json.dumps({"ready": True}), flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            request = json.loads(line)
            task, shows = request.pop("task"), request.pop("show", False)
            began = time.perf_counter()
            rows = getattr(peer, task)(**request)
            answer = {"seconds": time.perf_counter() - began}
            print(json.dumps(answer | ({"rows": rows.tolist()} if shows else {})), flush=True)


if __name__ == "__main__":
    main()
