"""open_clip as src/bench/start.ts starts it: the same model from the same file, the same text, its embedding.

    python start.py JOB.json
"""

import json
import sys
from pathlib import Path

import open_clip
import torch
from open_clip.model import CLIP
from safetensors.torch import load_file


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    torch.set_num_threads(job["threads"])
    model = CLIP(**job["sizes"]).eval()
    model.load_state_dict(load_file(job["weights"]))
    open_clip.get_tokenizer("ViT-B-32")([job["text"]])  # as much work; the model's vocabulary is smaller than open_clip's
    with torch.inference_mode():
        print(json.dumps(model.encode_text(torch.tensor(job["ids"]), normalize=True)[0].tolist()))


if __name__ == "__main__":
    main()
