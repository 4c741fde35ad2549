"""open_clip as a peer of src/bench/embedding.ts.

    python embedding.py JOB.json

src/bench/embeddingPeer.ts says what a job and a request are. Pictures are read by open_clip's own preprocessing in torch's
DataLoader, whose workers stay alive between requests, as within one long job.
"""

from pathlib import Path
from typing import Callable, Iterable

import numpy as np
import open_clip
import torch
from PIL import Image
from serve import serve
from torch.utils.data import DataLoader, Dataset

WORKERS = 2


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
        open_clip.add_model_config(Path(job["model"]))
        name = Path(job["model"]).stem
        self.clip, _, prepare = open_clip.create_model_and_transforms(name, pretrained=job["weights"])
        self.clip.eval()
        self.tokenizer = open_clip.get_tokenizer(name)
        side = job["side"]
        pixels = np.fromfile(job["pixels"], dtype=np.float32).reshape(-1, side, side, 3)
        self.pixels = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
        self.batches = []
        self.loader = DataLoader(
            Pictures(job["pictures"], prepare), batch_sampler=self.batches, num_workers=WORKERS, persistent_workers=True
        )

    def pictures(self, count: int, classes: int) -> torch.Tensor:
        size = self.job["batch"]
        self.batches[:] = [range(start, min(start + size, count)) for start in range(0, count, size)]
        return self.rows(self.loader)

    def encoder(self, count: int, classes: int) -> torch.Tensor:
        size = self.job["batch"]
        return self.rows(self.pixels[: min(size, count - start)] for start in range(0, count, size))

    def texts(self, count: int, classes: int) -> torch.Tensor:
        return self.text_rows(self.job["texts"][:count])

    def zero_shot(self, count: int, classes: int) -> torch.Tensor:
        names, templates = self.job["classes"][:classes], self.job["templates"]
        rows = self.text_rows([template.replace("{}", name) for name in names for template in templates])
        means = rows.unflatten(0, (classes, len(templates))).mean(1)
        return self.encoder(count, classes) @ torch.nn.functional.normalize(means, dim=-1).T

    def text_rows(self, texts: list) -> torch.Tensor:
        size = self.job["textBatch"]
        parts = [texts[start : start + size] for start in range(0, len(texts), size)]
        return torch.cat([self.clip.encode_text(self.tokenizer(part), normalize=True).float() for part in parts])

    def rows(self, batches: Iterable[torch.Tensor]) -> torch.Tensor:
        return torch.cat([self.clip.encode_image(batch, normalize=True).float() for batch in batches])


def load(job: dict) -> Callable[..., dict]:
    peer = Peer(job)

    def answer(task: str, precision: str, count: int, classes: int, show: bool = False) -> dict:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            rows = getattr(peer, task.replace("-", "_"))(count, classes)
        return {"rows": rows.tolist()} if show else {}

    return answer


if __name__ == "__main__":
    serve(load)
