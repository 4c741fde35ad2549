"""Writes preprocess.safetensors.gz: small picture files of every kind, and what open_clip's transform makes of them.

    python test/golden/preprocess.py

`<name>` holds a file's bytes; `<name>/<transform>` the bytes (height, width, 3) that the transform gives before
normalisation, with TRANSFORMS below; `<name>/rotated` the first transform after `ImageOps.exif_transpose`;
`<name>/224` and `<name>/336` every 331st byte at those sizes. `normalised` and `normalisedSiglip` are
float32 results of the whole transform for `rgb.png`. Pixels are drawn by formulas and a seeded generator. What Pillow
writes no file of (16-bit colours, a colour key, a GIF frame off its canvas, CMYK without Adobe's marker) is written or
changed by hand below.

Made with open_clip 3.3.0, torch 2.15.0, torchvision 0.29.2, Pillow 13.0.0 (libjpeg-turbo, libwebp 1.6.0).
"""

import gzip
import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import open_clip
import torch
from PIL import Image, ImageCms, ImageOps
from safetensors.torch import save

warnings.filterwarnings("ignore", category=UserWarning)
generator = np.random.default_rng(7)
files: dict[str, bytes] = {}

PLAIN = {"mean": (0, 0, 0), "std": (1, 1, 1)}
TRANSFORMS = {
    "shortest": {"image_size": 24},
    "squash": {"image_size": (18, 22), "resize_mode": "squash"},
    "longest": {"image_size": 21, "resize_mode": "longest"},
    "longestFilled": {"image_size": (21, 16), "resize_mode": "longest", "fill_color": 3, "interpolation": "bilinear"},
    "wide": {"image_size": (14, 24), "interpolation": "bilinear"},
    "bilinear": {"image_size": 19, "interpolation": "bilinear"},
}
"""All pictures pass the first; those of EVERY pass the others, too."""
EVERY = ["rgb.png", "enlarged.png", "key.png", "palette.png", "rgba.png", "grey16.png", "bits.png", "cmyk.jpg", "a.gif", "420.jpg"]


def draw(width: int, height: int, bands: int = 3, detail: int = 9) -> np.ndarray:
    """Smooth colours with some detail, so that a shift by a fraction of a pixel shows."""
    coarse = generator.integers(0, 256, (max(2, height // detail), max(2, width // detail), bands), dtype=np.uint8)
    resize = lambda band: np.asarray(Image.fromarray(band).resize((width, height), Image.Resampling.BICUBIC))
    return np.stack([resize(coarse[..., band]) for band in range(bands)], -1)


def add(name: str, pixels: np.ndarray | Image.Image, mode: str | None = None, **options) -> None:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels, mode) if mode else Image.fromarray(pixels)
    buffer = io.BytesIO()
    kind = {"jpg": "jpeg", "tif": "tiff"}.get(name[-3:], name.rsplit(".", 1)[1])
    image.save(buffer, kind, **options)
    files[name] = buffer.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def add_png(name: str, rows: np.ndarray, depth: int, colour: int, width: int, extra: bytes = b"") -> None:
    """Rows of bytes as they stand in the file."""
    header = struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows), 9)
    parts = chunk(b"IHDR", header) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    files[name] = b"\x89PNG\r\n\x1a\n" + parts


def orientation(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[274] = value
    return exif


def shapes() -> None:
    add("pixel.png", np.array([[[200, 30, 90]]], dtype=np.uint8))
    add("narrow.png", draw(3, 500))
    add("flat.png", draw(500, 3))
    add("rgb.png", draw(37, 53))
    add("fits.png", draw(24, 24))
    add("fitsRgba.png", draw(24, 24, 4))
    add("fitsPalette.png", Image.fromarray(draw(24, 31)).quantize(20))
    add("enlarged.png", draw(7, 5))
    x, y = np.meshgrid(np.arange(6000), np.arange(60))
    add("panorama.png", np.stack([x // 24 % 2 * 200, y * 4, x // 250 * 10], -1).astype(np.uint8), optimize=True)
    x, y = np.meshgrid(np.arange(4000), np.arange(3000))
    disc = (x - 1900) ** 2 + (y - 1400) ** 2 < 900**2
    huge = np.stack([np.where(disc, 220, 40), (x > 1500) * 130, (y > x) * 240], -1).astype(np.uint8)
    add("huge.jpg", huge, quality=40, progressive=True)
    add("huge.png", Image.fromarray(disc), optimize=True)
    add("tall.webp", np.repeat(draw(40, 30), 100, axis=0), quality=30)


def pngs() -> None:
    pixels = draw(40, 30)
    picture = Image.fromarray(pixels)
    add("bits.png", picture.convert("1"))
    add("palette.png", picture.quantize(50))
    add("palette4.png", picture.quantize(4))
    add("paletteClear.png", picture.quantize(50), transparency=bytes([0, 100, 255, 30, 60]))
    add("grey.png", pixels[..., 0])
    add("greyAlpha.png", draw(40, 30, 2), "LA")
    add("rgba.png", np.dstack([draw(40, 30), np.where(draw(40, 30, 1) < 90, 0, draw(40, 30, 1))]), "RGBA")
    add("turned.png", picture, exif=orientation(6))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile[:24] + bytes(12) + profile[36:]  # its date
    profile = profile.replace(b"rXYZ", b"_XYZ").replace(b"bXYZ", b"rXYZ").replace(b"_XYZ", b"bXYZ")
    add("profile.png", picture, icc_profile=profile)
    bits = np.unpackbits(pixels[..., :1], axis=-1)
    add_png("grey2.png", np.packbits(bits[..., :2].reshape(30, -1), axis=1), 2, 0, 40)
    add_png("grey4.png", np.packbits(bits[..., :4].reshape(30, -1), axis=1), 4, 0, 40)
    dark = pixels[..., 0].astype(">u2")
    add_png("grey16.png", dark, 16, 0, 40)
    add_png("grey16Bright.png", draw(40, 30, 1)[..., 0].astype(">u2") * 257, 16, 0, 40)
    add_png("grey16Key.png", dark, 16, 0, 40, chunk(b"tRNS", dark[5, 5].tobytes()))
    wide = lambda bands: (draw(40, 30, bands).astype(np.uint16) * 257 ^ 0x5A).astype(">u2").reshape(30, -1)
    add_png("rgb16.png", wide(3), 16, 2, 40)
    add_png("greyAlpha16.png", wide(2), 16, 4, 40)
    add_png("rgba16.png", wide(4), 16, 6, 40)
    add_png("key.png", pixels.reshape(30, -1), 8, 2, 40, chunk(b"tRNS", pixels[3, 3].astype(">u2").tobytes()))
    add_png("greyKey.png", pixels[..., 0], 8, 0, 40, chunk(b"tRNS", pixels[3, 3, :1].astype(">u2").tobytes()))


def jpegs() -> None:
    pixels = np.clip(draw(61, 47) + generator.normal(0, 12, (47, 61, 3)), 0, 255).astype(np.uint8)
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        add(f"{subsampling.replace(':', '')}.jpg", pixels, quality=85, subsampling=subsampling)
    add("progressive.jpg", pixels, quality=85, progressive=True)
    add("poor.jpg", pixels, quality=8)
    add("grey.jpg", pixels[..., 0], quality=85)
    add("cmyk.jpg", draw(44, 33, 4), "CMYK", quality=85)
    plain = bytearray(files["cmyk.jpg"])
    start = plain.index(b"\xff\xee")
    del plain[start : start + 2 + struct.unpack(">H", plain[start + 2 : start + 4])[0]]
    files["cmykPlain.jpg"] = bytes(plain)
    for value in range(1, 9):
        add(f"turned{value}.jpg", pixels[:30, :41], quality=60, exif=orientation(value))


def webps() -> None:
    add("lossy.webp", draw(64, 48), quality=80)
    add("lossless.webp", draw(40, 30), lossless=True)
    add("alpha.webp", draw(40, 30, 4), "RGBA", quality=80)
    add("alphaLossless.webp", draw(40, 30, 4), "RGBA", lossless=True, exact=True)
    more = {"save_all": True, "append_images": [Image.fromarray(draw(40, 30))], "duration": 50}
    add("animated.webp", Image.fromarray(draw(40, 30)), **more)
    add("turned.webp", draw(40, 30), exif=orientation(8))


def tiffs() -> None:
    picture = Image.fromarray(draw(40, 30))
    add("rgb.tif", picture, compression="tiff_lzw")
    add("jpeg.tif", picture, compression="jpeg")
    add("bits.tif", picture.convert("1"))
    add("palette.tif", picture.quantize(30), compression="tiff_lzw")
    add("rgba.tif", draw(40, 30, 4), "RGBA", compression="tiff_lzw")
    add("cmyk.tif", draw(40, 30, 4), "CMYK", compression="tiff_lzw")
    add("grey16.tif", draw(40, 30, 1)[..., 0].astype(np.uint16) * 2)
    for value in (3, 6):
        add(f"turned{value}.tif", picture, compression="tiff_lzw", exif=orientation(value))


def gifs() -> None:
    picture = Image.fromarray(draw(40, 30)).quantize(40)
    add("a.gif", picture)
    add("interlaced.gif", picture, interlace=True)
    add("clear.gif", picture, transparency=3)
    more = {"save_all": True, "append_images": [Image.fromarray(draw(40, 30)).quantize(9)], "duration": 50}
    add("animated.gif", picture, **more)
    ramp = np.arange(256, dtype=np.uint8)
    add("grey.gif", np.concatenate([ramp, np.roll(ramp, 99), ramp[::-1], ramp]).reshape(32, 32), optimize=False)
    for name in ("a.gif", "clear.gif"):
        moved = bytearray(files[name])
        moved[6:10] = struct.pack("<HH", 48, 36)
        frame = moved.index(b",\0\0\0\0", 13 + (3 << (moved[10] & 7) + 1))
        moved[frame + 1 : frame + 5] = struct.pack("<HH", 3, 2)
        files[name.replace(".", "Moved.")] = bytes(moved)


def transform(image: Image.Image, **options) -> np.ndarray:
    values = open_clip.image_transform(is_train=False, **{**PLAIN, **options})(image)
    return (values.permute(1, 2, 0) * 255).round().byte().numpy()


def main() -> None:
    for make in (shapes, pngs, jpegs, webps, tiffs, gifs):
        make()
    arrays: dict[str, np.ndarray] = {}
    for name, encoded in files.items():
        opened = lambda: Image.open(io.BytesIO(encoded))
        arrays[name] = np.frombuffer(encoded, dtype=np.uint8)
        for key in TRANSFORMS if name in EVERY else ["shortest"]:
            arrays[f"{name}/{key}"] = transform(opened(), **TRANSFORMS[key])
        for size in (224, 336):
            arrays[f"{name}/{size}"] = transform(opened(), image_size=size).ravel()[::331]
        if "turned" in name:
            arrays[f"{name}/rotated"] = transform(ImageOps.exif_transpose(opened()), **TRANSFORMS["shortest"])
    rgb = Image.open(io.BytesIO(files["rgb.png"]))
    whole = open_clip.image_transform(24, is_train=False)
    siglip = open_clip.image_transform(24, is_train=False, mean=0.5, std=0.5, resize_mode="squash")
    tensors = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}
    tensors["normalised"] = whole(rgb).permute(1, 2, 0).contiguous()
    tensors["normalisedSiglip"] = siglip(rgb).permute(1, 2, 0).contiguous()
    path = Path(__file__).with_name("preprocess.safetensors.gz")
    path.write_bytes(gzip.compress(save(tensors), 9, mtime=0))
    print(f"{len(files)} pictures, {path.stat().st_size} bytes; {sum(map(len, files.values()))} of files")
    for name in sorted(files, key=lambda name: -len(files[name]))[:8]:
        print(name, len(files[name]))


if __name__ == "__main__":
    main()
