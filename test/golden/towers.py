"""Known answers for the towers of the model zoo: real open_clip models made small, with a checkpoint by formula.

    python test/golden/towers.py            (torch 2.15.0, open_clip 3.3.0, timm 1.0.31)

towers.json          per model of open_clip: `sizes`, what differs from its configuration, in this project's words; `ids`,
                     four texts (full: two), `lengths`
towers.safetensors   <model>.image_features, <model>.text_features [4, embedDim]: unit rows, <model>.logits [4, 4] (rows are
                     pictures), in evaluation; for `full.<model>`, the model as published, two of each
                     <model>.train.loss, <model>.train.grad.<name>, <model>.train.figures.<name>: loss and gradients of the
                     models in TRAINED, batch norm by the batch, as formula.summary stores them; and
                     <model>.train.after.<name>, running statistics behind that step, of two layers. Gradients are those
                     of the names in TRAINED, all behind or before all kinds of layers, but for the bias of a ResNet's keys,
                     which is zero: a softmax does not see it

Sizes that matter to the code stay as published: width of a head, hidden width over width, patch size, blocks in the stages
of a ResNet, activation, ε, pooling, projection. The loss is open_clip's ClipLoss, or SigLipLoss where the model has a bias.
Parameters and pictures are those of formula.py, but that running variances are 2^10 times as large, so about 1; scalars are
as open_clip draws them. All in double precision but for `full`, which is single.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
import open_clip
import timm
import torch
from open_clip.loss import ClipLoss, SigLipLoss
from open_clip.model import CLIP, CustomTextCLIP
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).parent))
import formula  # noqa: E402

HERE = Path(__file__).parent
SMALL = [
    "ViT-B-32", "ViT-B-32-quickgelu", "ViT-B-16", "ViT-L-14", "ViT-L-14-336-quickgelu", "ViT-H-14", "ViT-g-14",
    "ViT-bigG-14", "ViT-e-14", "ViT-M-16-alt", "ViT-S-32-alt", "RN50", "RN101-quickgelu", "RN50x4", "RN50x16",
    "ViT-B-16-SigLIP", "ViT-B-32-SigLIP2-256", "ViT-SO400M-14-SigLIP-384", "ViT-SO400M-16-SigLIP-i18n-256",
    "ViT-gopt-16-SigLIP2-256",
]  # fmt: skip
FULL = ["ViT-B-32", "RN50", "ViT-B-16-SigLIP"]
TRAINED = {
    "ViT-M-16-alt": r"visual\..*(ls_|in_proj|ln_pre|embedding)",
    "RN50": r"visual\.(conv|bn|layer2|attnpool)",
    "ViT-B-32-SigLIP2-256": r"visual|text\..*(attn|text_projection|positional)|logit",
}
STEM = {"RN50": 8, "RN101-quickgelu": 8, "RN50x4": 10, "RN50x16": 12}
Config = dict


def shrink(name: str) -> tuple[Config, Config, Config]:
    """open_clip's configuration made small, timm's sizes of its trunk if it has one, and both in this project's words."""
    config = open_clip.get_model_config(name)
    vision, text = config["vision_cfg"], config["text_cfg"]
    layers = 3 if name == "ViT-S-32-alt" else 1 if name in TRAINED else 2
    context = 8 if "SigLIP" in name else 12
    text |= {"width": 64, "heads": 2, "layers": layers, "vocab_size": 96, "context_length": context}
    config["embed_dim"] = 32
    trunk: Config = {}
    if "timm_model_name" in vision:
        with torch.device("meta"):
            published = timm.create_model(vision["timm_model_name"])
        patch, head = published.patch_embed.patch_size[0], published.blocks[0].attn.head_dim
        image = 2 * patch + (6 if name.endswith("384") else 0)
        config["embed_dim"] = 2 * head
        trunk = {"img_size": image, "embed_dim": 2 * head, "num_heads": 2, "depth": layers}
        sizes = {"imageSize": image, "width": 2 * head, "heads": 2, "layers": layers}
        if text.get("proj_type") == "none":
            text["width"] = config["embed_dim"]
    elif name.startswith("RN"):
        vision |= {"image_size": 96 if name == "RN50x4" else 64, "width": STEM[name]}
        stages = [1, 2, 1, 1] if name in TRAINED else vision["layers"]
        vision["layers"] = stages
        width = 32 * STEM[name]
        sizes = {"imageSize": vision["image_size"], "width": width, "heads": width // 64, "layers": sum(stages), "stages": stages}
    else:
        head = vision.get("head_width", 64)
        image = vision["patch_size"] * (3 if "336" in name else 2)
        vision |= {"image_size": image, "width": 2 * head, "layers": layers}
        sizes = {"imageSize": image, "width": 2 * head, "heads": 2, "layers": layers}
    own_text = {"width": text["width"], "heads": 2, "layers": layers, "vocabSize": 96, "contextLength": context}
    return config, trunk, {"embedDim": config["embed_dim"], "vision": sizes, "text": own_text}


def build(config: Config, trunk: Config) -> torch.nn.Module:
    """With the formula's parameters; a small trunk takes the place of the published one."""
    config = dict(config)
    kind = CustomTextCLIP if config.pop("custom_text", False) else CLIP
    with torch.device("meta" if trunk else "cpu"):
        model = kind(**config)
    if trunk:
        model = model.to_empty(device="cpu")
        name = config["vision_cfg"]["timm_model_name"]
        model.visual.trunk = timm.create_model(name, num_classes=0, global_pool="map", **trunk)
        with torch.no_grad():
            model.logit_scale.fill_(np.log(1 / 0.07))
            model.logit_bias.fill_(config["init_logit_bias"])
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if value.ndim == 0 or not value.is_floating_point():
                continue
            entries = torch.from_numpy(formula.parameter(key, tuple(value.shape)))
            value.copy_(entries * 1024 if key.endswith("running_var") else entries)
    return model.eval()


def texts(config: Config, count: int) -> tuple[torch.Tensor, list[int]]:
    """CLIP: start, words, end (the largest id), zeros. SigLIP: words, end and padding, both 1 as in T5's vocabulary."""
    length, size = config["text_cfg"]["context_length"], config["text_cfg"]["vocab_size"]
    siglip = config["text_cfg"].get("pool_type") == "last"
    ids = torch.full((count, length), 1 if siglip else 0, dtype=torch.long)
    lengths = []
    for row in range(count):
        words = (formula.hashes(f"text {row}", 1 + 2 * row) % np.uint32(size - 4) + 2).tolist()[: length - 2]
        tokens = [*words, 1] if siglip else [size - 2, *words, size - 1]
        ids[row, : len(tokens)] = torch.tensor(tokens)
        lengths.append(len(tokens))
    return ids, lengths


def pictures(config: Config, trunk: Config, count: int) -> torch.Tensor:
    side = trunk.get("img_size") or config["vision_cfg"]["image_size"]
    return torch.from_numpy(formula.uniform("images", (count, 3, side, side), 2))


def answers(model: torch.nn.Module, images: torch.Tensor, ids: torch.Tensor) -> dict[str, torch.Tensor]:
    with torch.no_grad():
        logits = model.get_logits(images, ids)[0]
        features = model.encode_image(images, normalize=True), model.encode_text(ids, normalize=True)
    return {"image_features": features[0], "text_features": features[1], "logits": logits}


def loss_of(model: torch.nn.Module, images: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    found = model(images, ids)
    return SigLipLoss()(*found) if len(found) == 4 else ClipLoss()(*found)


def gradients(model: torch.nn.Module, images: torch.Tensor, ids: torch.Tensor) -> tuple[torch.Tensor, dict]:
    model.train().zero_grad()
    loss = loss_of(model, images.to(model.logit_scale.dtype), ids)
    loss.backward()
    return loss.detach(), {name: p.grad.numpy().copy() for name, p in model.named_parameters() if p.grad is not None}


def training(config: Config, trunk: Config, images: torch.Tensor, ids: torch.Tensor, names: str) -> dict[str, torch.Tensor]:
    exact = build(config, trunk).double()
    rounded = build(config, trunk)
    loss, found = gradients(exact, images, ids)
    _, in_single = gradients(rounded, images, ids)
    stored = {"loss": loss}
    worst = 0.0
    for name, gradient in found.items():
        entries, figures = formula.summary(name, gradient, in_single[name])
        if not re.match(names, name) or float(figures[1]) < 1e-12:
            continue
        worst = max(worst, float(figures[2]))
        stored |= {f"grad.{name}": torch.from_numpy(entries), f"figures.{name}": torch.from_numpy(figures)}
    after = {f"after.{k}": v for k, v in exact.state_dict().items() if k.startswith(("visual.bn1.running", "visual.layer4.0.bn2.running"))}
    print("  loss", loss.item(), "tensors", len(stored) // 2, "worst deviation in single precision", worst)
    return {f"train.{name}": value for name, value in {**stored, **after}.items()}


def main() -> None:
    tensors, cases = {}, {}
    for name in SMALL:
        config, trunk, sizes = shrink(name)
        ids, lengths = texts(config, 4)
        images = pictures(config, trunk, 4)
        model = build(config, trunk)
        single = answers(model, images, ids)
        found = answers(model.double(), images.double(), ids)
        deviation = {key: float((single[key] - found[key]).abs().max() / found[key].abs().max()) for key in found}
        print(name, {key: f"{value:.0e}" for key, value in deviation.items()}, found["logits"][0].tolist())
        if name in TRAINED:
            found |= training(config, trunk, images, ids, TRAINED[name])
        tensors |= {f"{name}.{key}": value for key, value in found.items()}
        cases[name] = {"sizes": sizes, "ids": ids.flatten().tolist(), "lengths": lengths}
    for name in FULL:
        config = open_clip.get_model_config(name)
        ids, lengths = texts(config, 2)
        found = answers(build(config, {}), pictures(config, {}, 2), ids)
        print("full", name, found["logits"].tolist())
        tensors |= {f"full.{name}.{key}": value for key, value in found.items()}
        cases[f"full.{name}"] = {"sizes": {}, "ids": ids.flatten().tolist(), "lengths": lengths}
    (HERE / "towers.json").write_text(json.dumps(cases) + "\n")
    save_file({k: v.detach().float().contiguous() for k, v in tensors.items()}, HERE / "towers.safetensors")


if __name__ == "__main__":
    main()
