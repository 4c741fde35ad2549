"""Makes what embedding.ts compares: one model with random weights, for each of the peers.

    python embedding_export.py MODEL.json WEIGHTS.safetensors [--onnx FOLDER]

MODEL.json      the sizes, in open_clip's format
WEIGHTS         open_clip's state dict, all random, seed 0
FOLDER          with --onnx (needs the packages onnx and onnxscript): the two towers as transformers.js loads them, float32, as
                long as the longest text; with the settings of OpenAI's repository for pictures and texts, and its tokenizer
                made of open_clip's list of merges
"""

import argparse
import json
from pathlib import Path

import open_clip
import torch
from open_clip.tokenizer import SimpleTokenizer
from safetensors.torch import save_file
from torch.nn.functional import scaled_dot_product_attention

START, END = "<|startoftext|>", "<|endoftext|>"


class Attention(torch.nn.Module):
    """A block's attention in plain operations: torch's own has a kernel that ONNX lacks."""

    def __init__(self, own: torch.nn.MultiheadAttention) -> None:
        super().__init__()
        self.own = own

    def forward(self, query: torch.Tensor, key: object, value: object, attn_mask: object = None, **_: object) -> tuple:
        width, heads = self.own.embed_dim, self.own.num_heads
        joined = torch.nn.functional.linear(query, self.own.in_proj_weight, self.own.in_proj_bias)
        parts = joined.unflatten(-1, (3, heads, width // heads)).permute(2, 0, 3, 1, 4)  # [3, batch, heads, tokens, width]
        mixed = scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=attn_mask)
        return (self.own.out_proj(mixed.transpose(1, 2).flatten(2)),)


class Texts(torch.nn.Module):
    """The text tower for texts of any length: causal attention makes what is behind the end mark irrelevant."""

    def __init__(self, clip: torch.nn.Module) -> None:
        super().__init__()
        self.clip = clip

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        length = ids.shape[1]
        tokens = self.clip.token_embedding(ids) + self.clip.positional_embedding[:length]
        tokens = self.clip.transformer(tokens, attn_mask=self.clip.attn_mask[:length, :length])
        ends = torch.gather(tokens, 1, ids.argmax(1)[:, None, None].expand(-1, 1, tokens.shape[2]))[:, 0]
        return self.clip.ln_final(ends) @ self.clip.text_projection


def export(clip: torch.nn.Module, folder: Path) -> None:
    for tower in (clip.visual.transformer, clip.transformer):
        for block in tower.resblocks:
            block.attn = Attention(block.attn)
    side = clip.visual.image_size[0]
    ids = torch.randint(1, 400, (2, 13))
    ids[:, -1] = clip.vocab_size - 1
    cases = [
        ("vision_model", clip.visual, torch.randn(2, 3, side, side), "pixel_values", "image_embeds", {0: "batch"}),
        ("text_model", Texts(clip), ids, "input_ids", "text_embeds", {0: "batch", 1: "tokens"}),
    ]
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    for name, module, example, given, made, axes in cases:
        torch.onnx.export(
            module.eval(),
            (example,),
            folder / "onnx" / f"{name}.onnx",
            input_names=[given],
            output_names=[made],
            dynamic_shapes=({axis: torch.export.Dim(label) for axis, label in axes.items()},),
            dynamo=True,
            external_data=False,
        )
    write_settings(clip, side, folder)


def write_settings(clip: torch.nn.Module, side: int, folder: Path) -> None:
    towers = {f"{part}_config": {"model_type": f"clip_{part}_model"} for part in ("text", "vision")}
    pixels = {"do_resize": True, "size": {"shortest_edge": side}, "resample": 3, "do_convert_rgb": True}
    pixels |= {"do_center_crop": True, "crop_size": {"height": side, "width": side}, "do_rescale": True}
    pixels |= {"do_normalize": True, "image_mean": clip.visual.image_mean, "image_std": clip.visual.image_std}
    marks = {"bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END}
    files = {
        "config": {"model_type": "clip", "architectures": ["CLIPModel"], **towers},
        "preprocessor_config": {"image_processor_type": "CLIPImageProcessor", "rescale_factor": 1 / 255, **pixels},
        "tokenizer_config": {"tokenizer_class": "CLIPTokenizer", "model_max_length": clip.context_length, **marks},
        "tokenizer": tokenizer(),
    }
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))


def tokenizer() -> dict:
    """open_clip's tokenizer in the format of Hugging Face's."""
    own = SimpleTokenizer()
    start, end = own.sot_token_id, own.eot_token_id
    vocabulary = {token: number for token, number in own.encoder.items() if number < start} | {START: start, END: end}
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    pattern = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Removed", "invert": True}
    spaces = {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": number, "content": mark, **plain} for mark, number in ((START, start), (END, end))],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, spaces, {"type": "Lowercase"}]},
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [split, {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}],
        },
        "post_processor": {
            "type": "RobertaProcessing",
            "sep": [END, end],
            "cls": [START, start],
            "trim_offsets": False,
            "add_prefix_space": False,
        },
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
        "model": {
            "type": "BPE",
            "unk_token": END,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "</w>",
            "fuse_unk": False,
            "vocab": vocabulary,
            "merges": [" ".join(pair) for pair in own.bpe_ranks],
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--onnx", type=Path)
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(2)
    open_clip.add_model_config(options.model)
    clip = open_clip.create_model(options.model.stem).eval()
    save_file({name: tensor.contiguous() for name, tensor in clip.state_dict().items()}, options.weights)
    if options.onnx:
        with torch.no_grad():
            export(clip, options.onnx)


if __name__ == "__main__":
    main()
