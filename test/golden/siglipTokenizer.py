"""Known answers for tokenizers from a Hugging Face repository: a tiny SentencePiece model, read as open_clip reads SigLIP's.

    python test/golden/siglipTokenizer.py          (open_clip 3.3.0, sentencepiece 0.2.3, transformers 5.24.0)

siglipTokenizer/tokenizer.json, tokenizer_config.json   a unigram model of 52 pieces in T5's layout, end and padding both 1
siglipTokenizer/answers.json                            texts, and their ids [12] by open_clip's HFTokenizer with
                                                        clean="canonicalize"

Without the table of Unicode normalisation that SigLIP's own file has (240 kB): with it, and a vocabulary made alike, the
library gave the same ids as transformers for ligatures, fractions, full-width letters and combining marks.
"""

import json
import random
import tempfile
from pathlib import Path

import sentencepiece
from open_clip.tokenizer import HFTokenizer
from sentencepiece import sentencepiece_model_pb2
from transformers import T5TokenizerFast

FOLDER = Path(__file__).parent / "siglipTokenizer"
TEXTS = [
    "a red apple", "A Red APPLE, on the table!", "two_words and hyphen-ated (brackets)", "  spaces\t\n and\xa0more  ",
    "&lt;b&gt; &amp;amp; “quotes” … — dash", "ÉCOLE naïve Straße İstanbul ΣΟΦΟΣ", "zebra 漢字 12.5%", "", "?!", "red " * 20,
    "a photo of a small wooden boat that lies beside the sea at night", "voilà cafÃ© fixed",
]  # fmt: skip
WORDS = [
    "a red green small old wooden quiet", "apple tree leaf photo boat dog école straße table",
    "stands lies grows on beside the of and", "sea garden night words and two 12",
]  # fmt: skip


def main() -> None:
    random.seed(0)
    lists = [words.split() for words in WORDS]
    sentences = [" ".join(random.choice(words) for words in lists) for _ in range(2000)]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus.txt")
        corpus.write_text("\n".join(sentences))
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus), model_prefix=f"{folder}/tiny", vocab_size=52, model_type="unigram", minloglevel=2,
            normalization_rule_name="identity", pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
        )  # fmt: skip
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString(Path(folder, "tiny.model").read_bytes())
    pieces = [(piece.piece, piece.score) for piece in model.pieces]
    T5TokenizerFast(vocab=pieces, extra_ids=0, pad_token="</s>").save_pretrained(FOLDER)
    tokenizer = HFTokenizer(str(FOLDER), context_length=12, clean="canonicalize")
    ids = tokenizer(TEXTS).tolist()
    (FOLDER / "answers.json").write_text(json.dumps({"texts": TEXTS, "ids": ids}, ensure_ascii=False) + "\n")
    for text, row in zip(TEXTS, ids):
        print(row, text)


if __name__ == "__main__":
    main()
