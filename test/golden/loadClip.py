"""What open_clip says of pictures and texts by a small CLIP: the whole way from files and words to probabilities.

    python test/golden/loadClip.py      (torch 2.15.0, open_clip 3.3.0, Pillow 13.0.0)

loadClip.json: `config`, a configuration in open_clip's format; `preprocess`, the `preprocess_cfg` of the cases that have one;
`pictures`, their sizes; `labels`, `templates`; and per case `images` and `texts`, unit rows `[3][embed_dim]`; `probabilities`
`[picture][label]`; `templated`, the same of classes that are the mean of templates.

cases   plain       the configuration as it is, weights by formula.py
        half        the same weights rounded to float16
        quick       with OpenAI's GELU
        sigmoid     with a logit bias and SigLIP's preparation, `text.` names, probabilities by the sigmoid

Pictures are bytes by formula.py, uniform(`picture <n>`) * 128 + 128 rounded down, as PNG. Probabilities are those of the
examples in open_clip's README, with the model's own logit scale.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np
import open_clip
import torch
from open_clip.model import CLIP, CustomTextCLIP
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
import formula  # noqa: E402

CONFIG = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "patch_size": 16, "width": 32, "layers": 2, "head_width": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 2},
}
SIGLIP = {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic", "resize_mode": "squash"}
BIAS = -2.5
PICTURES = [(40, 30), (50, 90), (32, 32)]
LABELS = ["a diagram", "a dog", "Two cats, asleep on the café's chair!"]
TEMPLATES = ["a photo of {}.", "{}", "a drawing of {}, in ink"]


def picture(index: int) -> Image.Image:
    width, height = PICTURES[index]
    values = formula.uniform(f"picture {index}", (height, width, 3))
    buffer = io.BytesIO()
    Image.fromarray(np.floor(values.astype(np.float64) * 128 + 128).astype(np.uint8)).save(buffer, "png")
    return Image.open(buffer)


def build(name: str) -> torch.nn.Module:
    config = {**CONFIG, "quick_gelu": name == "quick"}
    if name == "sigmoid":
        model = CustomTextCLIP(**config, init_logit_bias=BIAS)
    else:
        model = CLIP(**config)
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if value.ndim > 0:
                entries = torch.from_numpy(formula.parameter(key, tuple(value.shape)))
                value.copy_(entries.half().float() if name == "half" else entries)
            elif name == "half":
                value.copy_(value.half().float())
    return model.eval().double()


def answers(name: str) -> dict:
    model = build(name)
    size = CONFIG["vision_cfg"]["image_size"]
    how = SIGLIP if name == "sigmoid" else {}
    transform = open_clip.image_transform(size, is_train=False, **how)
    tokenizer = open_clip.get_tokenizer("ViT-B-32")
    images = torch.stack([transform(picture(index)) for index in range(len(PICTURES))]).double()
    with torch.no_grad():
        image_features = model.encode_image(images, normalize=True)
        text_features = model.encode_text(tokenizer(LABELS), normalize=True)
        means = []
        for label in LABELS:
            rows = model.encode_text(tokenizer([template.format(label) for template in TEMPLATES]), normalize=True)
            means.append(torch.nn.functional.normalize(rows.mean(0), dim=0))

        def probabilities(classes: torch.Tensor) -> list:
            logits = model.logit_scale.exp() * image_features @ classes.T
            return (torch.sigmoid(logits + model.logit_bias) if name == "sigmoid" else logits.softmax(-1)).tolist()

        return {
            "images": image_features.tolist(),
            "texts": text_features.tolist(),
            "probabilities": probabilities(text_features),
            "templated": probabilities(torch.stack(means)),
        }


if __name__ == "__main__":
    cases = {name: answers(name) for name in ("plain", "half", "quick", "sigmoid")}
    known = {"config": CONFIG, "preprocess": SIGLIP, "bias": BIAS, "pictures": PICTURES, "labels": LABELS, "templates": TEMPLATES}
    round_all = lambda value: json.loads(json.dumps(value), parse_float=lambda digits: round(float(digits), 8))
    Path(__file__).with_suffix(".json").write_text(json.dumps(known | {"cases": round_all(cases)}) + "\n")
    for name, case in cases.items():
        print(name, case["probabilities"], case["templated"])
