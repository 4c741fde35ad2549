"""Small files of weights as the originals write them: torch.save, torch.jit.save, huggingface_hub.

    python test/golden/torchFiles.py        (torch, open_clip, huggingface_hub, safetensors)

In torchFiles/:

layouts.pt              a state dict of every format, with views: transposed, strided, sliced, repeated, sharing a storage,
                        without values, without axes, parameters, and an untyped storage
protocol<2..5>.pt       plain containers around a state dict, by each protocol of pickle
checkpoint.pt           what open_clip's training saves: epoch, name, `state_dict` with `module.`, `optimizer`
script.pt               a tiny CLIP of open_clip, traced by TorchScript in half precision as OpenAI published theirs, with
                        the numbers `input_resolution`, … as buffers; its code, which nothing here reads, is taken out
                        and a compressed line put in its place
legacy.pt               written in the way of PyTorch before 1.6
sharded*.safetensors    four tensors in three files and their index
answers.safetensors     every tensor of these files, copied into row-major order, as `<file>/<name>`
halves.json             SHA-256 of what all 65,536 float16 and bfloat16 become in float32, little-endian, and back: of the
                        float16 and bfloat16 nearest to every half and to the middle between it and the next; every NaN
                        counts as 0x7fc00000, 0x7e00 and 0x7fc0
"""

import hashlib
import json
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch
from huggingface_hub import save_torch_state_dict
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from safetensors.torch import save_file

HERE = Path(__file__).parent / "torchFiles"
FORMATS = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "uint8", "bool"]
answers: dict[str, torch.Tensor] = {}


def record(file: str, tensors: dict[str, torch.Tensor]) -> None:
    for name, tensor in tensors.items():
        answers[f"{file}/{name}"] = tensor.detach().contiguous().clone()


def save(file: str, value: object, tensors: dict[str, torch.Tensor], **options) -> None:
    torch.save(value, HERE / file, **options)
    record(file, tensors)


def layouts() -> dict[str, torch.Tensor]:
    values = torch.arange(24.0).reshape(4, 6) / 8 - 1
    tensors = {name: (values * 8 % 7).to(getattr(torch, name)) for name in FORMATS}
    tensors |= {f"{name}.transposed": tensors[name].T for name in FORMATS}
    cube = torch.arange(60, dtype=torch.float16).reshape(3, 4, 5)
    return tensors | {
        "cube": cube,
        "cube.permuted": cube.permute(2, 0, 1),
        "cube.strided": cube[::2, 1::2, ::3],
        "cube.row": cube[1, 2],
        "cube.column": cube[:, 3, 4],
        "cube.value": cube[2, 3, 4],
        "repeated": torch.tensor([1.5, -2.5]).expand(3, 2),
        "repeated.axis": torch.tensor([[1.5], [-2.5]]).expand(2, 4),
        "channels.last": torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last),
        "empty": torch.zeros(0, 5),
        "empty.view": torch.zeros(4, 5)[4:],
        "scalar": torch.tensor(2.6592),
        "parameter": torch.nn.Parameter(torch.randn(2, 2)),
        "parameter.int": torch.nn.Parameter(torch.tensor([3, -4]), requires_grad=False),
        "large.int": torch.tensor([2**31 - 1, -(2**31)]),
    }


def protocols() -> None:
    tensors = {"weight": torch.tensor([[1.0, 2.0], [3.0, -0.5]]), "Größe": torch.tensor([7])}
    around = {
        "numbers": [0, 1, 255, 256, 65535, 65536, -1, 2**31, 2**40, -(2**62), 2**70, 0.1, float("inf")],
        "constants": (None, True, False),
        "texts": ["", "a" * 300, "\u00e9\U0001f600", "\ufefflead"],
        "bytes": [b"", b"\x00\xff", bytes(300)],
        "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
        "dicts": {"__proto__": {"a": 1}, 3: OrderedDict(b=2), (4, 5): {}},
        "sizes": torch.Size([2, 3]),
        "format": torch.bfloat16,
        "device": torch.device("cpu"),
    }
    around |= {"sets": [{1, 2}, frozenset([3])], "itself": around, "state_dict": tensors}
    for protocol in range(2, 6):
        save(f"protocol{protocol}.pt", around, tensors, pickle_protocol=protocol)


def checkpoint() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.randn(4, 3)).square().sum().backward()
    optimizer.step()
    state = model.state_dict()
    wrapped = OrderedDict((f"module.{name}", value) for name, value in state.items())
    wrapped._metadata = state._metadata
    value = {"epoch": 3, "name": "run", "state_dict": wrapped, "optimizer": optimizer.state_dict()}
    save("checkpoint.pt", value, dict(state))


def script() -> None:
    vision = CLIPVisionCfg(layers=1, width=8, head_width=4, patch_size=4, image_size=8)
    text = CLIPTextCfg(context_length=4, vocab_size=16, width=8, heads=2, layers=1)
    model = CLIP(8, vision, text, quick_gelu=True).eval()
    names = list(model.state_dict())
    for name, number in dict(input_resolution=8, context_length=4, vocab_size=16).items():
        if hasattr(model, name):
            delattr(model, name)
        model.register_buffer(name, torch.tensor(number))
    inputs = torch.randn(1, 3, 8, 8), torch.zeros(1, 4, dtype=torch.long)
    traced = torch.jit.trace(model, inputs, check_trace=False).half()
    torch.jit.save(traced, HERE / "script.pt")
    loaded = torch.jit.load(HERE / "script.pt").state_dict()
    without_code(HERE / "script.pt")
    record("script.pt", {name: loaded[name] for name in names})


def without_code(path: Path) -> None:
    """Keeps the values and what describes them."""
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if "code/" not in name and "traced" not in name}
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in kept.items():
            archive.writestr(zipfile.ZipInfo(name), value)
        archive.writestr(zipfile.ZipInfo("script/code/__torch__.py"), "# code\n" * 9, zipfile.ZIP_DEFLATED)


def sharded() -> None:
    tensors = {name: torch.randn(size) for name, size in dict(b=10, a=10, large=40, c=10).items()}
    save_torch_state_dict(tensors, HERE, filename_pattern="sharded{suffix}.safetensors", max_shard_size=100)
    record("sharded", tensors)


def digest(values: torch.Tensor, bits: torch.dtype, nan: int) -> str:
    words = torch.where(values.isnan(), torch.tensor(nan, dtype=bits), values.view(bits))
    return hashlib.sha256(words.numpy().tobytes()).hexdigest()


def halves() -> dict:
    found = {}
    for name, nan in (("float16", 0x7E00), ("bfloat16", 0x7FC0)):
        patterns = torch.arange(-(2**15), 2**15).to(torch.int16)
        patterns = patterns[(patterns.int() & 0xFFFF).argsort()]
        wide = patterns.view(getattr(torch, name)).float()
        following = wide.roll(-1)
        between = torch.where((wide.isfinite() & following.isfinite()), (wide + following) / 2, wide)
        found[name] = {
            "float32": digest(wide, torch.int32, 0x7FC00000),
            "rounded": digest(torch.cat([wide, between]).to(getattr(torch, name)), torch.int16, nan),
        }
    return found


if __name__ == "__main__":
    torch.manual_seed(0)
    HERE.mkdir(exist_ok=True)
    tensors = layouts()
    save("layouts.pt", tensors, tensors)
    protocols()
    checkpoint()
    script()
    torch.save({"weight": torch.ones(2)}, HERE / "legacy.pt", _use_new_zipfile_serialization=False)
    sharded()
    save_file(answers, HERE / "answers.safetensors")
    (HERE / "halves.json").write_text(json.dumps(halves(), indent=2) + "\n")
