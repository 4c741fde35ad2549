"""Writes data/models/ and the fingerprints in test/golden/zoo.json from the installed open_clip and timm.

    python data/models/build/build.py            (open_clip 3.3.0, timm 1.0.31, torch 2.15.0)

configs/<model>.json    the model's configuration in open_clip's format, for the towers this project has
trunks.json             the sizes of timm's SigLIP towers, which those configurations only name
weights.json            published weights by model and tag: sources, licence, how pictures are prepared
zoo.json                per model: number of tensors and of entries, and the SHA-256 of the lines "name shape" in the order of
                        names, of the state dict that open_clip's own classes have (made on the `meta` device, so without memory);
                        without `num_batches_tracked`

The same versions give the same bytes.
"""

import hashlib
import json
import math
import re
from pathlib import Path

import open_clip
import timm
import torch
from open_clip import pretrained
from open_clip.model import CLIP, CustomTextCLIP

HERE = Path(__file__).parent.parent
GOLDEN = HERE.parent.parent / "test" / "golden" / "zoo.json"
TOWERS = re.compile(r"(ViT-(?!.*(CLIPA|worldwide))|RN).*")


def write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def configuration(name: str) -> dict:
    """Without what says nothing here: whether timm would fetch weights, and a ResNet's patch size of null."""
    config = open_clip.get_model_config(name)
    vision = {k: v for k, v in config["vision_cfg"].items() if k != "timm_model_pretrained" and v is not None}
    return {**config, "vision_cfg": vision}


def trunk(name: str) -> dict:
    with torch.device("meta"):
        model = timm.create_model(name)
    block = model.blocks[0]
    config = {
        "patch_size": model.patch_embed.patch_size[0], "width": model.embed_dim, "layers": len(model.blocks),
        "heads": block.attn.num_heads,
    }  # fmt: skip
    ratio = math.ceil(block.mlp.fc1.out_features / model.embed_dim * 1e4) / 1e4
    tanh = "tanh" in repr(block.mlp.act).lower()
    if ratio != 4:
        config["mlp_ratio"] = ratio
    return {**config, **({"act_kwargs": {"approximate": "tanh"}} if tanh else {})}


def fingerprint(name: str) -> dict:
    config = open_clip.get_model_config(name)
    custom = config.pop("custom_text", False)
    with torch.device("meta"):
        model = (CustomTextCLIP if custom else CLIP)(**config)
    shapes = {k: list(v.shape) for k, v in model.state_dict().items() if not k.endswith("num_batches_tracked")}
    lines = "".join(f"{k} {'x'.join(map(str, shapes[k]))}\n" for k in sorted(shapes))
    entries = sum(int(torch.Size(shape).numel()) for shape in shapes.values())
    return {"tensors": len(shapes), "entries": entries, "sha256": hashlib.sha256(lines.encode()).hexdigest()}


def licence(model: str, tag: str) -> str:
    """As the repositories and model cards name it; README.md says how sure that is."""
    if "SigLIP" in model:
        return "Apache-2.0"
    if tag.startswith("metaclip"):
        return "CC-BY-NC-4.0"
    return "Apple sample code licence" if tag.startswith("dfn") else "MIT"


def checksum(address: str) -> str | None:
    """OpenAI's addresses hold the whole SHA-256, open_clip's file names its first eight digits."""
    if "openaipublic" in address:
        return address.split("/")[-2]
    found = re.search(r"-([0-9a-f]{8})\.pth?$", address)
    return found and found[1]


def sources(entry: dict) -> list[dict]:
    """Those with a checksum first, then repositories, which have safetensors."""
    found = []
    if entry["url"]:
        found.append({"address": entry["url"], "sha256": checksum(entry["url"])})
    if entry["hf_hub"]:
        repository, _, file = entry["hf_hub"].rpartition("/")
        found.append({"repository": repository, **({"file": file} if file else {}), "sha256": None})
    return sorted(found, key=lambda source: (source["sha256"] is None, "address" in source))


def preparation(entry: dict) -> dict:
    return {
        "mean": list(entry["mean"]), "std": list(entry["std"]),
        "interpolation": entry["interpolation"], "resizeMode": entry["resize_mode"],
    }  # fmt: skip


OWN = {
    "ViT-B-32": {
        "alip": {
            "preparation": "clip", "licence": "MIT",
            "sources": [{
                "page": "https://drive.google.com/file/d/1AqSHisCKZOZ16Q3sYguK6zIZIuwwEriE/view",
                "file": "ALIP_YFCC15M_B32.pt", "sha256": None,
            }],
        },
    },
    "ViT-B-16": {
        "dalip": {
            "preparation": "clip", "licence": None, "secondOrder": "official",
            "sources": [{"page": "https://pan.baidu.com/s/1DUOOcA5wyU-yuzpqRq4HQw?pwd=vbtk", "sha256": None}],
        },
    },
}  # fmt: skip


def published(names: list[str]) -> dict:
    ways: dict[str, dict] = {}
    weights: dict[str, dict] = {}
    for model, tags in pretrained._PRETRAINED.items():
        if model not in names or model.endswith("-quickgelu"):
            continue
        for tag, entry in tags.items():
            way = preparation(entry)
            label = ("half" if way["mean"][0] == 0.5 else "clip") + ("-squash" if way["resizeMode"] == "squash" else "")
            assert ways.setdefault(label, way) == way
            weights.setdefault(model, {})[tag] = {
                "preparation": label, "licence": licence(model, tag),
                **({"quickGelu": True} if entry.get("quick_gelu") else {}), "sources": sources(entry),
            }  # fmt: skip
    for model, tags in OWN.items():
        weights[model] |= tags
    return {"preparations": ways, "weights": weights}


def main() -> None:
    names = sorted(name for name in open_clip.list_models() if TOWERS.fullmatch(name))
    configs = {name: configuration(name) for name in names}
    (HERE / "configs").mkdir(exist_ok=True)
    for name, config in configs.items():
        write(HERE / "configs" / f"{name}.json", config)
    trunks = {c["vision_cfg"]["timm_model_name"] for c in configs.values() if "timm_model_name" in c["vision_cfg"]}
    write(HERE / "trunks.json", {name: trunk(name) for name in sorted(trunks)})
    write(HERE / "weights.json", published(names))
    GOLDEN.write_text(json.dumps({name: fingerprint(name) for name in names}, indent=0) + "\n")
    print(len(names), "models,", len(trunks), "trunks")


if __name__ == "__main__":
    main()
