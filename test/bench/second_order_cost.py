"""Time and memory of the official DALIP code and of open_clip's CLIP, one configuration in one process.

    python test/bench/second_order_cost.py CHECKOUT --model dalip --passes backward

CHECKOUT is a copy of https://github.com/XavierHeart/DALIP; its two faults are mended as test/golden/dalipOfficial.py says.
Its CLIP cannot be built without second-order heads, so plain CLIP is the installed open_clip's ViT-B-16, of the same
shapes and layers. Prints one line of JSON, which secondOrderCost.ts reads:

milliseconds         of each step
peakMib, startMib    the process's largest resident memory over all steps, warm-ups included, and what it was when the
                     model was built; Linux only
"""

import argparse
import gc
import json
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent.parent / "golden"))

IMAGE, PATCH, WIDTH, LAYERS = 224, 16, 768, 12
CONTEXT, VOCABULARY, TEXT_WIDTH, EMBED = 77, 49408, 512, 512


def build(name: str, checkout: str) -> tuple:
    """A model that answers a dictionary, and its loss."""
    if name == "clip":
        from open_clip import loss, model
    else:
        from dalipOfficial import mend_text_encoder, official

        model, loss = official(checkout)
        mend_text_encoder(model)
    vision = model.CLIPVisionCfg(image_size=IMAGE, patch_size=PATCH, width=WIDTH, layers=LAYERS)
    text = model.CLIPTextCfg(context_length=CONTEXT, vocab_size=VOCABULARY, width=TEXT_WIDTH, heads=8, layers=LAYERS)
    return model.CLIP(EMBED, vision, text, output_dict=True), loss.ClipLoss()


def token_ids(batch: int) -> torch.Tensor:
    """Texts of 77, 67, 57 … tokens."""
    ids = torch.zeros(batch, CONTEXT, dtype=torch.long)
    for row in range(batch):
        length = CONTEXT - 10 * (row % 7)
        ids[row, :length] = 1 + (torch.arange(length) * 7919 + row) % 49405
        ids[row, length - 1] = VOCABULARY - 1
    return ids


def memory(key: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(key))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("checkout")
    parser.add_argument("--model", choices=["clip", "dalip"], required=True)
    parser.add_argument("--passes", choices=["forward", "backward"], required=True)
    for name, default in {"batch": 8, "steps": 5, "warmup": 2, "threads": 2}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    model, loss = build(options.model, options.checkout)
    images, ids = torch.randn(options.batch, 3, IMAGE, IMAGE), token_ids(options.batch)
    backward = options.passes == "backward"
    model.train(backward)

    def step() -> None:
        with torch.set_grad_enabled(backward):
            value = loss(**model(images, ids))
        if backward:
            value.backward()
            model.zero_grad(set_to_none=True)
        value.item()

    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    start, milliseconds = memory("VmRSS"), []
    for _ in range(options.warmup + options.steps):
        began = time.perf_counter()
        step()
        milliseconds.append(1000 * (time.perf_counter() - began))
    print(json.dumps({"milliseconds": milliseconds[options.warmup :], "peakMib": memory("VmHWM"), "startMib": start}))


if __name__ == "__main__":
    main()
