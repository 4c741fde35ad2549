"""Known answers of pycocoevalcap for `src/evaluation/captionMetrics/`: BLEU-1 … BLEU-4, CIDEr-D and the PTB tokens.

    pip install numpy pycocoevalcap==1.2
    python test/golden/captionMetrics.py

Needs Java, for Stanford's tokenizer inside the package. Writes captionMetrics.json in double precision, with the
version it was made with. Captions are scored as tokens, so that the scores do not depend on a tokenizer.
"""

import importlib.metadata
import json
import pathlib
import random

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

ADJECTIVES = "a red|the small|a wooden|two|an old|one big|the very bright".split("|")
NOUNS = "dog|cat|apple tree|bicycle|leaf|house|flower in bloom".split("|")
VERBS = "sits on|stands beside|is seen behind|rests under|and".split("|")

# Edge cases: (candidate, references).
EDGES = [
    ("", ["a red dog sits on the table"]),
    ("", [""]),
    ("a dog", ["", "a dog"]),
    ("dog", ["a red dog sits on the table", "dog"]),
    ("dog", ["a cat"]),
    ("a red dog sits on the table", ["a red dog sits on the table"]),
    ("a red dog sits on the table", ["the cat", "a red dog sits on the table", "one dog"]),
    ("nothing here agrees whatsoever", ["a red dog sits on the table", "the cat"]),
    ("the the the the the the", ["the cat sits on the table", "the dog and the cat"]),
    ("a dog a dog a dog a dog a dog", ["a dog a dog"]),
    ("a red dog sits", ["a red dog sits on the table and looks at a small cat behind the old house beside a tree"]),
    ("a dog sits on a mat", ["a dog sits", "a dog sits on a mat with a cat", "it"]),
]

TEXTS = [
    "A man's dog (small) isn't here -- can't see it, really!",
    "We cannot; she's gonna; they'll wanna; gimme!",
    "U.S. flag, 3.5 inches, 1/2 cup, $5.00 and 50% off",
    'She said "hello" and \'bye\'...',
    "black-and-white t-shirt & jeans; e.g. Mr. Smith's No. 5",
    "two-story [brick] {house}: 10:30 a.m.",
    "it's the dogs' ball. What?! wow!!",
    "café naïve – en—em dash… “quoted” ‘single’ it’s",
    "http://example.com a@b.com #tag @user 1,000 2-3 o'clock 'tis",
    "",
    "a\tb  c",
    "wait... what.. really.... no",
    "a --- b -- c - d -e f- g",
    "vitamin a. and plan b.",
    "don't won't shan't aren't couldn't cant",
    "John's boys' the '60s 60's",
    "$3 £4 €5 #1 50% 3.5% 1,000.50 .5 -5 +5",
    "x-ray; 3-d 4x4 12-year-old 2nd 20th",
    "5pm on 5th ave. in St. Louis",
    "he'd she'll you're they've who's let's 'cause",
    "foo_bar a*b 2+2=4",
    "5'10\" tall, 6ft",
    "ÉCOLE Ünder 🐶 dog",
    "rock 'n' roll",
    "½ cup, R&B, AT&T",
    "A fruit associated with diet, food, health and ripe.",
]


def invented(chance):
    words = lambda: f"{chance.choice(ADJECTIVES)} {chance.choice(NOUNS)}"
    return f"{words()} {chance.choice(VERBS)} {words()}"


def altered(chance, text):
    words = text.split()
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(words))
        words[place : place + 1] = chance.choice([[], [words[place]] * 2, ["blue"], ["with", words[place]]])
        if not words:
            return "blue"
    return " ".join(words)


def pairs():
    chance = random.Random(0)
    made = []
    for number in range(40):
        text = invented(chance)
        references = [altered(chance, text) for _ in range(1 + number % 5)]
        made.append((altered(chance, text), references))
    return EDGES + made


def scored(chosen):
    references = {number: list(texts) for number, (_, texts) in enumerate(chosen)}
    candidates = {number: [text] for number, (text, _) in enumerate(chosen)}
    bleu, bleus = Bleu(4).compute_score(references, candidates, verbose=0)
    cider, ciders = Cider().compute_score(references, candidates)
    return {
        "bleu": bleu,
        "bleus": [list(scores) for scores in zip(*bleus)],
        "cider": float(cider),
        "ciders": [float(score) for score in ciders],
    }


def main():
    chosen = pairs()
    tokens = PTBTokenizer().tokenize({number: [{"caption": text}] for number, text in enumerate(TEXTS)})
    answers = {
        "pycocoevalcap": importlib.metadata.version("pycocoevalcap"),
        "pairs": [{"candidate": text, "references": texts} for text, texts in chosen],
        "all": scored(chosen),
        "first": scored(chosen[5:6]),
        "edges": scored(chosen[: len(EDGES)]),
        "tokens": [{"text": text, "tokens": tokens[number][0].split()} for number, text in enumerate(TEXTS)],
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


main()
