"""Known answers for the CLIP model: a small open_clip model, its outputs, its loss and all gradients.

    python test/golden/clip.py

writes beside this script, all float32 except the int32 token ids:

clip-small.safetensors        the state dict, with open_clip's names (linear weights are [out, in], the patch
                              convolution is [width, 3, patch, patch])
clip-small-io.safetensors     images [4, 3, 32, 32] (NCHW) and ids [4, 16]; then, under `gelu.` and `quick_gelu.`:
                              image_features, text_features [4, 32] (unit vectors), *_raw (before normalisation),
                              image_tokens [4, 17, 48] and text_tokens [4, 16, 32] (after the last LayerNorm, before
                              pooling and projection; image_tokens with the class token first), logits [4, 4] (rows are
                              images), loss []
clip-small-grads.safetensors  gradient of the loss with respect to every parameter, exact GELU

Widths, heads and depths of the two towers differ so that mixing them up cannot pass. Every vector (gains, biases) is
moved away from its initial 1 or 0. Made with open_clip 3.3.0 and torch 2.15.0 on a CPU.
"""

from pathlib import Path

import torch
from open_clip.loss import ClipLoss
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from safetensors.torch import save_file

HERE = Path(__file__).parent
START, END = 510, 511


def build(quick_gelu: bool) -> CLIP:
    return CLIP(
        embed_dim=32,
        vision_cfg=CLIPVisionCfg(image_size=32, patch_size=8, width=48, layers=2, head_width=24),
        text_cfg=CLIPTextCfg(context_length=16, vocab_size=512, width=32, heads=4, layers=3),
        quick_gelu=quick_gelu,
    )


def token_ids() -> torch.Tensor:
    """Four texts with 1, 5, 9 and 14 tokens between start and end; the rest is 0."""
    ids = torch.zeros(4, 16, dtype=torch.long)
    for row, length in enumerate([1, 5, 9, 14]):
        ids[row, : length + 2] = torch.tensor([START, *torch.randint(1, START, (length,)).tolist(), END])
    return ids


def outputs(model: CLIP, images: torch.Tensor, ids: torch.Tensor) -> dict[str, torch.Tensor]:
    """Everything the header names; the loss keeps its graph."""
    caught: dict[str, torch.Tensor] = {}
    hooks = [
        model.visual.ln_post.register_forward_hook(lambda _, __, out: caught.update(image_tokens=out)),
        model.ln_final.register_forward_hook(lambda _, __, out: caught.update(text_tokens=out)),
    ]
    image_features, text_features, scale = model(images, ids)[:3]
    for hook in hooks:
        hook.remove()
    return {
        **caught,
        "image_features": image_features,
        "text_features": text_features,
        "image_features_raw": model.encode_image(images),
        "text_features_raw": model.encode_text(ids),
        "logits": scale * image_features @ text_features.T,
        "loss": ClipLoss()(image_features, text_features, scale),
    }


def main() -> None:
    torch.manual_seed(0)
    model = build(quick_gelu=False)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.2 * torch.randn_like(parameter))
    images, ids = torch.randn(4, 3, 32, 32), token_ids()
    quick = build(quick_gelu=True)
    quick.load_state_dict(model.state_dict())

    exact = outputs(model, images, ids)
    exact["loss"].backward()
    io = {"images": images, "ids": ids.int()}
    for name, tensors in {"gelu": exact, "quick_gelu": outputs(quick, images, ids)}.items():
        io |= {f"{name}.{key}": tensor.detach().contiguous() for key, tensor in tensors.items()}
    state = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    grads = {name: parameter.grad.contiguous() for name, parameter in model.named_parameters()}
    for suffix, tensors in {"": state, "-io": io, "-grads": grads}.items():
        save_file(tensors, HERE / f"clip-small{suffix}.safetensors")
    print("loss", exact["loss"].item())


if __name__ == "__main__":
    main()
