"""Writes annotatedBenchmarks.json: Cars, Flowers-102, FGVC-Aircraft and ImageNet in miniature, and what torchvision reads of them.

The lists are the true ones in small, MATLAB's among them (all in base64); pictures stand in the reader's order, and the
tests put them into archives in another. Classes, splits and labels are those of CLIP_benchmark's `build_dataset` (its code
must be on PYTHONPATH), with checksums of the archives taken for right. ImageNet's labels are ranks in CLIP_benchmark's
list of all synsets, as torchvision ranks only the folders that are there.
Run: PYTHONPATH=CLIP_benchmark python test/golden/annotatedBenchmarks.py      (torchvision 0.29, scipy 1.17.1)
"""

import base64
import json
import pathlib
import random
import tarfile
import tempfile
import warnings

import numpy as np
import torchvision.datasets.flowers102
import torchvision.datasets.imagenet
from clip_benchmark.datasets.builder import all_imagenet_wordnet_ids, build_dataset
from PIL import Image
from scipy.io import savemat

warnings.simplefilter("ignore")
for module in (torchvision.datasets.flowers102, torchvision.datasets.imagenet):
    module.check_integrity = lambda path, md5=None: pathlib.Path(path).exists()
random.seed(102)

CARS = ["AM General Hummer SUV 2000", "Acura RL Sedan 2012", "Ram C/V Cargo Van Minivan 2012", "smart fortwo Convertible 2012"]
VARIANTS = ["707-320", "An-12", "Cessna 208", "DH-82", "F-16A/B", "F/A-18", "Model B200", "Spitfire"]
# Pictures 1 to 5 of the validation set: their ILSVRC ids and synsets.
TRUTH = {490: "n01751748", 361: "n09193705", 171: "n02105855", 822: "n04263257", 297: "n03125729"}


def shuffled(items):
    return random.sample(list(items), len(items))


def structs(rows, shape):
    array = np.empty(len(rows), dtype=[(field, object) for field in rows[0]])
    for i, row in enumerate(rows):
        array[i] = tuple(row.values())
    return array.reshape(shape)


def mat(path, variables):
    path.parent.mkdir(parents=True, exist_ok=True)
    savemat(path, variables, do_compression=True)
    # The header has the time.
    path.write_bytes(b"MATLAB 5.0 MAT-file, written by SciPy".ljust(116) + path.read_bytes()[116:])


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def cars(top):
    root = top / "stanford_cars"
    mat(root / "devkit/cars_meta.mat", {"class_names": np.array([CARS], dtype=object)})
    for split, list in (("train", "devkit/cars_train_annos.mat"), ("test", "cars_test_annos_withlabels.mat")):
        rows = [
            {"bbox_x1": np.uint8(39), "bbox_y1": np.uint8(116), "bbox_x2": np.uint16(569), "bbox_y2": np.uint16(375)}
            | {"class": np.uint8(label), "fname": f"{i + 1:05d}.jpg"}
            for i, label in enumerate(random.choices(range(1, 5), k=4) + [1, 2, 3, 4])
        ]
        mat(root / list, {"annotations": structs(rows, (1, -1))})
        for row in rows:
            write(root / f"cars_{split}" / row["fname"], split)
    return root, ["train", "test"]


def flowers(top):
    root = top / "flowers-102"
    labels = random.choices(range(1, 103), k=10) + [1, 102]
    ids = shuffled(range(1, 13))
    mat(root / "imagelabels.mat", {"labels": np.array([labels], dtype=np.uint8)})
    sets = {"trnid": ids[:3], "valid": ids[3:6], "tstid": ids[6:]}
    mat(root / "setid.mat", {name: np.array([own], dtype=np.uint16) for name, own in sets.items()})
    for i in range(1, 13):
        picture = root / f"jpg/image_{i:05d}.jpg"
        picture.parent.mkdir(exist_ok=True)
        Image.new("RGB", (1, 1)).save(picture)  # CLIP_benchmark opens one
    return root, ["train", "val", "test"]


def fgvc_aircraft(top):
    root = top / "fgvc-aircraft-2013b"
    ids = shuffled(range(len(VARIANTS) * 3))
    lines = [f"{id * 4567 + 34309:07d} {VARIANTS[id % len(VARIANTS)]}\n" for id in ids]
    write(root / "data/variants.txt", "\n".join(VARIANTS) + "\n")
    for split, own in (("train", lines[:8]), ("val", lines[8:16]), ("trainval", lines[:16]), ("test", lines[16:])):
        write(root / f"data/images_variant_{split}.txt", "".join(own))
    for line in lines:
        write(root / f"data/images/{line.split()[0]}.jpg", "")
    return root, ["train", "val", "trainval", "test"]


def tar(path, names, folder):
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name in names:
            archive.add(folder / name, name)


def imagenet1k(top):
    devkit = "ILSVRC2012_devkit_t12"
    low = shuffled(TRUTH.items()) + [(1, "n02119789")]
    high = [(1001, "n04576211"), (1002, "n00003553")]
    rows = [
        {"ILSVRC2012_ID": float(id), "WNID": wnid, "words": "a, b", "gloss": "of things", "num_children": float(id > 1000)}
        | {"children": np.array([1.0]) if id > 1000 else np.zeros((0, 0)), "wordnet_height": 0.0, "num_train_images": 1300.0}
        for id, wnid in low + high
    ]
    mat(top / devkit / "data/meta.mat", {"synsets": structs(rows, (-1, 1))})
    write(top / devkit / "data/ILSVRC2012_validation_ground_truth.txt", "".join(f"{id}\n" for id in TRUTH))
    tar(top / f"{devkit}.tar.gz", [devkit], top)
    names = [f"ILSVRC2012_val_{i + 1:08d}.JPEG" for i in range(len(TRUTH))]
    for name in names:
        write(top / "flat" / name, "")
    tar(top / "ILSVRC2012_img_val.tar", names, top / "flat")
    pictures = {f"{wnid}.tar": [f"{wnid}_{i}.JPEG" for i in (10026, 7)] for wnid in shuffled(TRUTH.values())}
    for inner, own in pictures.items():
        for name in own:
            write(top / "inner" / name, "")
        tar(top / "inner" / inner, own, top / "inner")
    tar(top / "ILSVRC2012_img_train.tar", pictures, top / "inner")
    return top, ["train", "test"]


def variant(synsets, name):
    def make(top):
        for synset in synsets:
            write(top / synset / name, "")
        return top, ["test"]

    return make


def places(ds, root):
    """Paths and labels of a reader's pictures, which each reader keeps in its own way."""
    if hasattr(ds, "imgs"):
        return [(pathlib.Path(p).relative_to(root).as_posix(), label) for p, label in ds.imgs]
    pairs = ds._samples if hasattr(ds, "_samples") else zip(ds._image_files, ds._labels)
    return [(pathlib.Path(p).relative_to(root).as_posix(), int(label)) for p, label in pairs]


def read(id, make, keep=("*.mat", "*.txt")):
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        root, splits = make(top)
        files = {p.relative_to(root).as_posix(): p.read_bytes() for kind in keep for p in sorted(root.rglob(kind))}
        sets = {split: build_dataset(id, root=str(top), split=split, download=False) for split in splits}
        pictures = {split: places(ds, root) for split, ds in sets.items()}
    lists = {name: base64.b64encode(text).decode() for name, text in files.items()}
    return {"lists": lists, "classes": sets["test"].classes, "pictures": pictures}


answers = {id: read(id, make) for id, make in {"cars": cars, "flowers": flowers, "fgvc_aircraft": fgvc_aircraft}.items()}
imagenet = read("imagenet1k", imagenet1k)
rank = {synset: i for i, synset in enumerate(all_imagenet_wordnet_ids)}
imagenet["pictures"] = {s: [(p, rank[p.split("/")[1]]) for p, _ in own] for s, own in imagenet["pictures"].items()}
del imagenet["classes"]
answers["imagenet1k"] = imagenet
lists = json.loads((pathlib.Path(__file__).parents[2] / "data/benchmarks/synsets.json").read_text())
for id in ("imagenet-a", "imagenet-r"):
    answers[id] = read(id, variant(lists[id], "0.jpg"))
    del answers[id]["lists"]
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(answers) + "\n")
