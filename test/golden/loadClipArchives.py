"""What open_clip says of pictures and texts by weights in the files of two publishers, from the file to probabilities.

    python test/golden/loadClipArchives.py      (torch 2.15.0, open_clip 3.3.0, timm 1.0.31, transformers 5.24.0)

loadClip/openai.pt      a small CLIP traced by TorchScript in half precision, as OpenAI published theirs; its code is taken out
loadClip/config.json    its configuration in open_clip's format
loadClip/siglip.json    an `open_clip_config.json` as beside SigLIP's weights: timm's trunk of 32-pixel patches as published,
                        with a text tower of one layer for the tiny tokenizer of siglipTokenizer/
loadClip/answers.json   pictures as in loadClip.py; `labels`; for `openai` and `siglip`: `images` and `texts`, the unit rows'
                        first numbers [3][16], and `probabilities` [picture][label]

CLIP's tokenizer has 514 tokens here, bytes and the two ends: the vocabulary without its merges. SigLIP's weights (94 million)
are those of formula.py and not in a file.
"""

import gzip
import json
import sys
import tempfile
from pathlib import Path

import open_clip
import timm
import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg, CustomTextCLIP
from open_clip.tokenizer import HFTokenizer, SimpleTokenizer

sys.path.insert(0, str(Path(__file__).parent))
import formula  # noqa: E402
from loadClip import PICTURES, SIGLIP, picture  # noqa: E402
from torchFiles import without_code  # noqa: E402

HERE = Path(__file__).parent
FOLDER = HERE / "loadClip"
LABELS = ["a dog", "a red apple", "Two old boats beside the sea"]
OPENAI = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 16, "patch_size": 8, "width": 16, "layers": 1, "head_width": 8},
    "text_cfg": {"context_length": 32, "vocab_size": 514, "width": 8, "heads": 2, "layers": 1},
    "quick_gelu": True,
}
TRUNK = "vit_base_patch32_siglip_256"
SIGLIP_MODEL = {
    "embed_dim": 768,
    "init_logit_bias": -10,
    "custom_text": True,
    "vision_cfg": {"image_size": 256, "timm_model_name": TRUNK, "timm_pool": "map", "timm_proj": "none"},
    "text_cfg": {
        "context_length": 12, "vocab_size": 52, "hf_tokenizer_name": "timm/tiny", "tokenizer_kwargs": {"clean": "canonicalize"},
        "width": 768, "heads": 12, "layers": 1, "no_causal_mask": True, "proj_bias": True, "pool_type": "last",
        "norm_kwargs": {"eps": 1e-6},
    },
}  # fmt: skip


def by_formula(model: torch.nn.Module) -> torch.nn.Module:
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if value.ndim > 0 and value.is_floating_point():
                value.copy_(torch.from_numpy(formula.parameter(name, tuple(value.shape))))
    return model.eval()


def answers(model: torch.nn.Module, transform, tokenizer) -> dict:
    images = torch.stack([transform(picture(index)) for index in range(len(PICTURES))]).to(model.logit_scale.dtype)
    with torch.no_grad():
        image_rows = model.encode_image(images, normalize=True)
        text_rows = model.encode_text(tokenizer(LABELS), normalize=True)
        logits = model.logit_scale.exp() * image_rows @ text_rows.T
        bias = getattr(model, "logit_bias", None)
        probabilities = logits.softmax(-1) if bias is None else torch.sigmoid(logits + bias)
    print(probabilities, images.shape, tokenizer(LABELS))
    return {"images": image_rows[:, :16].tolist(), "texts": text_rows[:, :16].tolist(), "probabilities": probabilities.tolist()}


def openai() -> dict:
    sizes = OPENAI["embed_dim"], CLIPVisionCfg(**OPENAI["vision_cfg"]), CLIPTextCfg(**OPENAI["text_cfg"])
    model = by_formula(CLIP(*sizes, quick_gelu=True))
    for name, number in dict(input_resolution=16, context_length=32, vocab_size=514).items():
        if hasattr(model, name):
            delattr(model, name)
        model.register_buffer(name, torch.tensor(number))
    inputs = torch.randn(1, 3, 16, 16), torch.zeros(1, 32, dtype=torch.long)
    path = FOLDER / "openai.pt"
    torch.jit.save(torch.jit.trace(model, inputs, check_trace=False).half(), path)
    stored = torch.jit.load(path).state_dict()
    without_code(path)
    exact = CLIP(*sizes, quick_gelu=True).double().eval()
    exact.load_state_dict({name: value for name, value in stored.items() if name in exact.state_dict()})
    with tempfile.TemporaryDirectory() as folder:
        merges = Path(folder, "none.txt.gz")
        merges.write_bytes(gzip.compress(b"#version"))
        tokenizer = SimpleTokenizer(str(merges), context_length=32)
    return answers(exact, open_clip.image_transform(16, is_train=False), tokenizer)


def siglip() -> dict:
    config = json.loads(json.dumps(SIGLIP_MODEL))
    config.pop("custom_text")
    model = by_formula(CustomTextCLIP(**config).double())
    tokenizer = HFTokenizer(str(HERE / "siglipTokenizer"), context_length=12, clean="canonicalize")
    with torch.no_grad():
        model.logit_scale.fill_(2.0)
        model.logit_bias.fill_(-3.0)
    return answers(model, open_clip.image_transform(256, is_train=False, **SIGLIP), tokenizer)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    known = {"labels": LABELS, "openai": openai(), "siglip": siglip()}
    rounded = json.loads(json.dumps(known), parse_float=lambda digits: round(float(digits), 8))
    (FOLDER / "answers.json").write_text(json.dumps(rounded) + "\n")
    (FOLDER / "config.json").write_text(json.dumps(OPENAI) + "\n")
    (FOLDER / "siglip.json").write_text(json.dumps({"model_cfg": SIGLIP_MODEL, "preprocess_cfg": SIGLIP}) + "\n")


if __name__ == "__main__":
    main()
