"""Takes the C library and its headers out of a TensorFlow wheel: unpack.py WHEEL FOLDER

FOLDER gets lib/ with the libraries under the names the Node binding links to, include/, and cuda.txt with the packages
the wheel would install for NVIDIA GPUs. Nothing else of the wheel is written.
"""

import os
import re
import shutil
import sys
import zipfile

LIBRARY = re.compile(r"tensorflow/(libtensorflow_(?:cc|framework)[^/]*)$")
HEADER = re.compile(r"tensorflow/(include/.*\.(?:h|inc))$")
CUDA = re.compile(r"Requires-Dist: *(nvidia-[^;]*?) *;.*and-cuda")


def unpack(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            library, header = LIBRARY.match(name), HEADER.match(name)
            if library:
                write(archive, name, os.path.join(folder, "lib", library[1]))
                link(os.path.join(folder, "lib"), library[1])
            elif header:
                write(archive, name, os.path.join(folder, header[1]))
            elif name.endswith(".dist-info/METADATA"):
                metadata = archive.read(name).decode()
                with open(os.path.join(folder, "cuda.txt"), "w") as file:
                    file.write("\n".join(CUDA.findall(metadata)) + "\n")


def write(archive, name, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with archive.open(name) as source, open(path, "wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def link(folder, name):
    """The binding asks for "tensorflow" and "tensorflow_framework"; the wheel says "_cc" and adds a version."""
    plain = name.replace("_cc", "")
    for alias in {plain, re.sub(r"\.so\.\d+$", ".so", plain)} - {name}:
        os.symlink(name, os.path.join(folder, alias))


if __name__ == "__main__":
    unpack(*sys.argv[1:])
