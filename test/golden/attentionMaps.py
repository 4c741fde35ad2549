"""Writes attentionMaps.safetensors: what the heads of clip-small.safetensors attend to in its first two pictures.

weights  [2 layers, 2 pictures, 2 heads, 17, 17], of PyTorch's own MultiheadAttention, called anew on what each block gives it
rollout  [2 pictures, 17, 17], attention rollout (Abnar and Zuidema 2020): the product over layers of half the heads' mean and
         half the identity, the first layer rightmost

Run: python test/golden/attentionMaps.py
Made with open_clip 3.3.0 and torch 2.15.0 on a CPU.
"""

from pathlib import Path

import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent

model = CLIP(
    embed_dim=32,
    vision_cfg=CLIPVisionCfg(image_size=32, patch_size=8, width=48, layers=2, head_width=24),
    text_cfg=CLIPTextCfg(context_length=16, vocab_size=512, width=32, heads=4, layers=3),
)
model.load_state_dict(load_file(HERE / "clip-small.safetensors"), strict=False)
images = load_file(HERE / "clip-small-io.safetensors")["images"][:2]

seen: list[torch.Tensor] = []


def look(attention: torch.nn.MultiheadAttention, inputs: tuple) -> None:
    if attention in busy:
        return
    busy.add(attention)
    weights = attention(inputs[0], inputs[0], inputs[0], need_weights=True, average_attn_weights=False)[1]
    seen.append(weights)


busy: set = set()
for block in model.visual.transformer.resblocks:
    block.attn.register_forward_pre_hook(
        lambda module, args, kwargs: look(module, args or (kwargs["query"],)), with_kwargs=True
    )
with torch.no_grad():
    model.eval().encode_image(images)
rollout = torch.eye(17).expand(2, 17, 17)
for weights in seen:
    rollout = (0.5 * weights.mean(1) + 0.5 * torch.eye(17)) @ rollout
stacked = torch.stack(seen).contiguous()
assert stacked.shape == (2, 2, 2, 17, 17), stacked.shape
save_file({"weights": stacked, "rollout": rollout.contiguous()}, HERE / "attentionMaps.safetensors")
