"""Known answers for DALIP as its official code computes it: both towers, both heads, the loss and every gradient.

    git clone https://github.com/XavierHeart/DALIP                       (commit 07f6ba7)
    python test/golden/dalipOfficial.py DALIP                            (torch, safetensors; what open_clip needs)

The official model runs whole and unchanged, in double precision: its transformers small, its second-order heads of the
published size (512 channels, 4 heads, 46 channels each, 4,324 numbers), because that is hard-coded. Its parameters, 42
million, come from formula.py. Dropout is 0. Two faults stand in the published code's way and are mended from outside:

text encoder   its pooling function `text_global_pool` returns one tensor where `encode_text` takes two, pooled and all
               tokens: an error, or nonsense where the batch has two texts. Here it returns both.
import         `List` is used in annotations of open_clip/model.py and never imported, so that before Python 3.14 the
               module does not load. Here it is a builtin.

dalipOfficial.safetensors, whose metadata has `parameters`, a JSON object from names to shapes:
  ids [5, 12]               token ids, int32; the images are formula.py's uniform("images", [5, 3, 32, 32], 2), NCHW
  <mode>.loss []            mode is train or eval; alpha is the official default, 0.5
  <mode>.<modality>.<order> unit rows [5, 512]; modality image or text; order first or second
  <mode>.grad.<name>, <mode>.figures.<name>    a gradient's entries and figures, as formula.py's `summary` says; the
                            deviation is that of the official code itself, run in single precision
  before.<name>, after.<name>    running statistics around the training step

Made with torch 2.15.0 on a CPU.
"""

import builtins
import copy
import importlib
import json
import sys
import typing
from pathlib import Path

import formula
import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
START, END, CONTEXT = 62, 63, 12


def official(checkout: str) -> tuple:
    """The official modules `open_clip.model` and `open_clip.loss`, mended."""
    sys.path.insert(0, str(Path(checkout, "src").resolve()))
    try:
        model = importlib.import_module("open_clip.model")
    except NameError as error:
        assert error.name == "List", error
        builtins.List = typing.List
        model = importlib.import_module("open_clip.model")
    return model, importlib.import_module("open_clip.loss")


def check_text_encoder_fails(model: torch.nn.Module, ids: torch.Tensor) -> None:
    try:
        model.encode_text(ids)
    except ValueError as error:
        assert "unpack" in str(error), error
    else:
        raise AssertionError("The text encoder runs unmended: compare without the mending.")


def mend_text_encoder(module) -> None:
    pool = module.text_global_pool
    module.text_global_pool = lambda x, text, pool_type: (pool(x, text, pool_type), x)


def build(module) -> torch.nn.Module:
    vision = module.CLIPVisionCfg(image_size=32, patch_size=8, width=64, layers=2, head_width=32)
    text = module.CLIPTextCfg(context_length=CONTEXT, vocab_size=END + 1, width=48, layers=2, heads=4)
    model = module.CLIP(512, vision, text, output_dict=True)
    state = model.state_dict()
    for name, value in state.items():
        if value.is_floating_point() and value.ndim > 0:
            value.copy_(torch.from_numpy(formula.parameter(name, tuple(value.shape))))
    return model


def token_ids() -> torch.Tensor:
    """Five texts with 1, 3, 5, 8 and 10 tokens between start and end; the rest is 0."""
    ids = torch.zeros(5, CONTEXT, dtype=torch.long)
    for row, length in enumerate([1, 3, 5, 8, 10]):
        words = formula.hashes(f"text {row}", length) % START
        ids[row, : length + 2] = torch.tensor([START, *words.tolist(), END])
    return ids


def check_dropout(model: torch.nn.Module) -> None:
    """What the official dropout takes at a time: channels of pictures, tokens of texts. Then it is switched off."""
    model.train()
    image = model.visual.vbdc.pre(torch.ones(8, 46, 4, 4)).flatten(2)  # [batch, channels, tokens]
    text = model.tbdc.pre(torch.ones(8, CONTEXT, 46))  # [batch, tokens, channels]
    for kept in (image, text):
        assert (kept == kept[:, :, :1]).all() and set(kept.unique().tolist()) == {0, 2}
    model.visual.vbdc.pre.p = model.tbdc.pre.p = 0


def step(model: torch.nn.Module, loss, images: torch.Tensor, ids: torch.Tensor, mode: str, precision: torch.dtype) -> tuple:
    """Outputs, gradients and running statistics of a copy of the model."""
    model = copy.deepcopy(model).to(precision).train(mode == "train")
    outputs = model(images.to(precision), ids)
    outputs["loss"] = loss(**outputs)
    outputs["loss"].backward()
    gradients = {name: parameter.grad.numpy() for name, parameter in model.named_parameters()}
    return outputs, gradients, {name: value for name, value in model.state_dict().items() if "running" in name}


def main(checkout: str) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    module, losses = official(checkout)
    model = build(module)
    images, ids = torch.from_numpy(formula.uniform("images", (5, 3, 32, 32), 2)), token_ids()
    check_text_encoder_fails(model, ids)
    mend_text_encoder(module)
    check_dropout(model)

    state = {name: value for name, value in model.state_dict().items() if "num_batches" not in name}
    tensors = {"ids": ids.int()} | {f"before.{name}": value for name, value in state.items() if "running" in name}
    for mode in ("train", "eval"):
        exact, rounded = (step(model, losses.ClipLoss(), images, ids, mode, p) for p in (torch.double, torch.float))
        outputs, gradients, running = exact
        tensors[f"{mode}.loss"] = outputs["loss"]
        for modality in ("image", "text"):
            tensors[f"{mode}.{modality}.first"] = outputs[f"{modality}_features"]
            tensors[f"{mode}.{modality}.second"] = outputs[f"{modality}_gcp_output"]
        deviations = {}
        for name, gradient in gradients.items():
            entries, figures = formula.summary(name, gradient, rounded[1][name])
            deviations[name] = figures[2]
            tensors |= {f"{mode}.grad.{name}": torch.from_numpy(entries), f"{mode}.figures.{name}": torch.from_numpy(figures)}
        if mode == "train":
            tensors |= {f"after.{name}": value for name, value in running.items()}
        worst = max(deviations, key=deviations.get)
        print(mode, "loss", outputs["loss"].item(), "largest deviation in float32", deviations[worst], worst)

    stored = {name: value if value.dtype == torch.int else value.detach().float() for name, value in tensors.items()}
    shapes = json.dumps({name: list(value.shape) for name, value in state.items()})
    save_file({name: value.contiguous() for name, value in stored.items()}, HERE / "dalipOfficial.safetensors", {"parameters": shapes})


if __name__ == "__main__":
    main(sys.argv[1])
