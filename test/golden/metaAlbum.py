"""Writes metaAlbum.json: the class strings of Meta-Album's five plant sets in Mini form, with how many pictures each has.

They come from the lists of tested pictures in BioCLIP's repository (Imageomics/bioclip, data/annotation/meta-album, MIT),
from which DALIP's columns are evaluated, too.
Run: python test/golden/metaAlbum.py path/to/bioclip
"""

import collections
import csv
import json
import pathlib
import subprocess
import sys

answers = {}
for name in ["PLT_NET", "FNG", "PLT_VIL", "MED_LF", "PLT_DOC"]:
    path = f"data/annotation/meta-album/{name}_Mini/metadata.csv"
    text = subprocess.run(["git", "show", f"HEAD:{path}"], cwd=sys.argv[1], capture_output=True, check=True).stdout
    rows = csv.DictReader(text.decode("utf-8").splitlines())
    answers[name] = dict(collections.Counter(row["class"] for row in rows))

place = pathlib.Path(__file__).with_suffix(".json")
place.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
