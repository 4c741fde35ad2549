"""Writes folderBenchmarks.json: Food-101, DTD, Pets, SUN397 and Caltech-101 in miniature, and what torchvision reads of them.

The archives have the true names and lists, in an order that is neither sorted nor the lists' own; what is in a picture is
its own name, as the readers open none. Classes, splits and labels are those of CLIP_benchmark's `build_dataset`, which
renames the classes of torchvision's readers and brings its own one for Caltech-101 (its code must be on PYTHONPATH).
Run: PYTHONPATH=CLIP_benchmark python test/golden/folderBenchmarks.py
"""

import json
import pathlib
import random
import tempfile
import warnings

from clip_benchmark.datasets.builder import build_dataset

warnings.simplefilter("ignore")
here = pathlib.Path(__file__)
names = json.loads((here.parents[2] / "data/benchmarks/classnames.json").read_text())
random.seed(101)

CATS = "Abyssinian Bengal Birman Bombay British_Shorthair Egyptian_Mau Maine_Coon Persian Ragdoll Russian_Blue Siamese Sphynx"
SCENES = """a/abbey a/apartment_building/outdoor a/apse/indoor b/ball_pit b/ballroom c/car_interior/backseat
c/church/outdoor h/hot_tub/outdoor h/hotel/outdoor i/ice_floe i/iceberg s/stadium/baseball t/theater/indoor_procenium
y/youth_hostel"""
OBJECTS = """BACKGROUND_Google Faces Faces_easy Leopards Motorbikes accordion airplanes anchor ant barrel bass beaver
binocular bonsai brain brontosaurus buddha butterfly camera cannon car_side ceiling_fan cellphone chair chandelier
cougar_body cougar_face crab crayfish crocodile crocodile_head cup dalmatian dollar_bill dolphin dragonfly
electric_guitar elephant emu euphonium ewer ferry flamingo flamingo_head garfield gerenuk gramophone grand_piano
hawksbill headphone hedgehog helicopter ibis inline_skate joshua_tree kangaroo ketch lamp laptop llama lobster lotus
mandolin mayfly menorah metronome minaret nautilus octopus okapi pagoda panda pigeon pizza platypus pyramid revolver
rhino rooster saxophone schooner scissors scorpion sea_horse snoopy soccer_ball stapler starfish stegosaurus stop_sign
strawberry sunflower tick trilobite umbrella watch water_lilly wheelchair wild_cat windsor_chair wrench yin_yang"""


def shuffled(items):
    return random.sample(items, len(items))


def food101():
    folders = [name.replace(" ", "_") for name in names["food101"]]
    ids = {split: {f: [f"{f}/{random.randrange(1000, 4000000)}"] for f in shuffled(folders)} for split in ("train", "test")}
    pictures = [f"images/{id}.jpg" for split in ids.values() for own in split.values() for id in own]
    lists = {}
    for split, own in ids.items():
        lists[f"meta/{split}.json"] = json.dumps(own)
        lists[f"meta/{split}.txt"] = "\n".join(id for f in folders for id in own[f]) + "\n"
    return "food-101", shuffled(pictures), lists


def dtd():
    lists, pictures = {}, []
    for place, split in enumerate(("train", "val", "test")):
        own = [f"{name}/{name}_{3 * random.randrange(60) + place:04d}.jpg" for name in names["dtd"]]
        lists[f"labels/{split}1.txt"] = "\n".join(own) + "\n"
        pictures += [f"images/{name}" for name in own]
    return "dtd/dtd", shuffled(pictures), lists


def pets():
    breeds = [name.replace(" ", "_") for name in names["pets"]]
    breeds = [name if name in CATS.split() else name.lower() for name in breeds]
    lists, pictures = {}, []
    for split, number in (("trainval", 1), ("test", 201)):
        own = [(f"{breed}_{number}", label + 1, 1 if breed in CATS.split() else 2) for label, breed in enumerate(breeds)]
        lists[f"annotations/{split}.txt"] = "".join(f"{stem} {label} {kind} 1\n" for stem, label, kind in own)
        pictures += [f"images/{stem}.jpg" for stem, _, _ in own]
    return "oxford-iiit-pet", shuffled(pictures), lists


def sun397():
    folders = SCENES.split()
    pictures = [f"{f}/sun_{''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=16))}.jpg" for f in folders for _ in "ab"]
    return "SUN397", shuffled(pictures), {"ClassName.txt": "".join(f"/{f}\n" for f in folders)}


def caltech101():
    pictures = [f"{f}/image_{i:04d}.jpg" for f in OBJECTS.split() for i in (1, 2)]
    return "caltech101/101_ObjectCategories", shuffled(pictures), {}


def places(ds, root):
    """The paths of a reader's pictures, which each reader keeps in its own way."""
    if hasattr(ds, "categories"):
        return [f"{ds.categories[y]}/image_{i:04d}.jpg" for y, i in zip(ds.y, ds.index)]
    return [pathlib.Path(p).relative_to(root).as_posix() for p in getattr(ds, "_image_files", None) or ds._images]


def read(make, splits):
    folder, pictures, lists = make()
    with tempfile.TemporaryDirectory() as top:
        root = pathlib.Path(top) / folder
        for name, text in [*lists.items(), *((name, name) for name in pictures)]:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        told = {}
        for split in splits:
            ds = build_dataset(make.__name__, root=top, split=split, download=False)
            labels = ds.y if hasattr(ds, "y") else ds._labels
            told.update({place: [split, label] for place, label in zip(places(ds, root), labels)})
    lists = {name: text for name, text in lists.items() if name.endswith(".txt")}
    return {"lists": lists, "classes": ds.classes, "pictures": {name: told[name] for name in pictures}}


answers = {
    "food101": read(food101, ["train", "test"]),
    "dtd": read(dtd, ["train", "val", "test"]),
    "pets": read(pets, ["trainval", "test"]),
    "sun397": read(sun397, ["all"]),
    "caltech101": read(caltech101, ["all"]),
}
here.with_suffix(".json").write_text(json.dumps(answers) + "\n")
