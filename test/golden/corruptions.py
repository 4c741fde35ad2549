"""Writes corruptions.safetensors: ImageNet-C's own code on a picture that is computed here and in corruptions.ts.

    python test/golden/corruptions.py CORRUPTIONS.PY

    CORRUPTIONS.PY  ImageNet-C/imagenet_c/imagenet_c/corruptions.py of hendrycks/robustness at 8190fe3
                    (scikit-image 0.26, opencv-python-headless 5.0, scipy, pillow 13)

What its imports miss today is put in their place: Wand, of which nothing is called here, and scikit-image's argument
`multichannel`. For each corruption without chance and each severity, `<name>.<severity>` has the bytes at 1,500 places of
the picture, the same for all; `picture` has those before.
"""

import pathlib
import runpy
import sys
import types

import numpy
import skimage.filters
from formula import hashes, uniform
from PIL import Image
from safetensors.numpy import save_file
from scipy import ndimage

SIDE, PLACES = 224, 1500


def picture():
    """Blocks of 8 pixels in colours of their own, a slope, and fine noise."""
    blocks = uniform("blocks", (SIDE // 8, SIDE // 8, 3)).astype(float).repeat(8, 0).repeat(8, 1)
    noise = uniform("noise", (SIDE, SIDE, 3)).astype(float)
    slope = (numpy.arange(SIDE)[:, None, None] - 112) / 2
    return numpy.clip(120 + slope + 64 * blocks + 16 * noise, 0, 255).astype(numpy.uint8)


class Anything(types.ModuleType):
    __path__ = []
    Image = type("Image", (), {})
    library = types.SimpleNamespace(MagickMotionBlurImage=types.SimpleNamespace())
    resource_filename = map_coordinates = None


for name in ("wand", "wand.image", "wand.api", "wand.color", "pkg_resources", "scipy.ndimage.interpolation"):
    sys.modules[name] = Anything(name)
smooth = skimage.filters.gaussian
skimage.filters.gaussian = lambda x, multichannel=False, **rest: smooth(x, channel_axis=-1 if multichannel else None, **rest)
ndimage.interpolation = ndimage
code = runpy.run_path(sys.argv[1])

image = Image.fromarray(picture())
places = hashes("places", PLACES) % numpy.uint32(SIDE * SIDE * 3)
tensors = {}
for name in ("defocus_blur", "zoom_blur", "brightness", "contrast", "pixelate", "jpeg_compression", "gaussian_blur", "saturate"):
    for severity in range(1, 6):
        made = numpy.uint8(numpy.array(code[name](image, severity)))
        tensors[f"{name}.{severity}"] = made.ravel()[places]
tensors["picture"] = picture().ravel()[places]
save_file(tensors, pathlib.Path(__file__).with_suffix(".safetensors"))
