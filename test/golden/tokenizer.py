"""Known answers for the tokenizer: strings and the ids open_clip gives them.

    python test/golden/tokenizer.py OPENCLIPART_TAR

writes `tokenizer.json.gz` beside this script. Made with open_clip 3.3.0, ftfy 6.3.1, Python 3.11. The captions are
titles, descriptions and keywords of OpenClipart (public domain), read from a WebDataset tar; without it the script
fails, so that the file never silently shrinks. Everything else is made here from a fixed seed.
"""

import gzip
import json
import random
import sys
import tarfile
from pathlib import Path

import ftfy.bad_codecs  # noqa: F401  (registers the sloppy encodings)
from open_clip.tokenizer import SimpleTokenizer

SMALL_VOCABULARY = 8192

FIXED = """
|a photo of a cat|A Photo Of A CAT.|  leading   and\ttrailing \n lines \r\n here |hello, world!!!|it's I'm we've you'll he'd don't they're
IT'S I'M WE'VE YOU'LL HE'D DON'T THEY'RE|O'Neill's rock'n'roll|'tis the season|''quoted''|1234567890|3.14159e-10|$1,299.99 (incl. 19% VAT)
50% off!|#hashtag @user http://example.com/a?b=c&d=e|e-mail: someone@example.org|C++ / C# / F#|x=y**2; if (a<b) { return; }
underscore_name-with-dashes|...|?!?!?!|-----|~~~~ ^^^^ ````|\\back\\slash|<start_of_text> inside <end_of_text>|<START_OF_TEXT>|<|startoftext|>
R&amp;D|R&amp;amp;D|R&amp;amp;amp;D|&lt;b&gt;bold&lt;/b&gt;|<b>caf&eacute;</b>|caf&eacute; &#233; &#xE9; &#xe9|P&EACUTE;REZ|BUNDESSTRA&SZLIG;E
&ntilde; &Ntilde; &NTILDE; &nTILDE;|this&not that|&notit; &notin;|&copy 2024 &copy; &COPY; &reg &trade;|&nbsp;&nbsp;x&nbsp;y|&hellip; &mdash; &ndash;|&#8217;s &#x2019;s
&#0; &#1; &#128; &#x80; &#150; &#xD800; &#x110000; &#xFFFE;|&unknown; &; &# &#; &#x; &#xg;|&rarr; &hearts; &frac12; &Jscr;ohn|&semi; &#59; &num; &quot;q&quot; &apos;|&lt;p&gt; 5 &lt; 6 &amp;&amp; 7 &gt; 2
“curly” ‘quotes’ ‚low‘ „German“ «guillemets» ‹single›|It’s the dog’s life|ʼn ʼ apostrophes ‛ ‟|ﬁnd the ﬂuﬃest ﬀ ﬄ ﬅ ﬆ|ĲSSEL ĳs ŉ Ǆ ǅ ǆ Ǉ ǈ ǉ Ǌ ǋ ǌ Ǳ ǲ ǳ|æ œ ß ẞ
ＦＵＬＬ　ＷＩＤＴＨ　１２３！？|Ｕﾀｰﾝ ｶﾞｷﾞ ﾊﾟ|￥１００ ￦ ￠|ﾡﾢﾣ|½ ¼ ⅓ ² ³ ⁴ ① ⑳ Ⅻ ⅻ|∑ ∫ √ ∞ ≠ ≤ ≥ ± × ÷|€ £ ¥ ₹ ₿ ¢|° ª º § ¶ † ‡ • …
café naïve façade Ångström|cafe\u0301 nai\u0308ve A\u030angstro\u0308m|İstanbul Iğdır ı I|ΟΔΥΣΣΕΥΣ Σ ΣΑΣ ΣΑΣ.|ὈΔΥΣΣΕΎΣ|ǅ Ǆ|ꙁ Ꙁ|K Å Ω (Kelvin, Ångström, Ohm signs)|ᾳ ᾼ \u0345 x\u0345y|ſ 'ſ long s|ẞ STRASSE straße
Привет, мир! Её ёлка|Україна їжак ґанок|Здравствуйте 2024 года|Ελληνικά γράμματα|שלום עולם|שָׁלוֹם|مرحبا بالعالم|اَلْعَرَبِيَّةُ|فارسی می‌خواهم|١٢٣٤٥|हिन्दी में लिखा हुआ|क्षत्रिय ज्ञान श्री|नमस्ते दुनिया १२३
বাংলা ভাষা|தமிழ் எழுத்து|తెలుగు|ไทยภาษาไทย น้ำ|ភាសាខ្មែរ|မြန်မာ|ქართული ᲥᲐᲠᲗᲣᲚᲘ|Հայերեն|አማርኛ|中文字符 汉字|日本語のテキスト カタカナ ひらがな|한국어 텍스트|\u1112\u1161\u11ab\u1100\u1173\u11af|𠜎 𠜱 rare han|ᏣᎳᎩ ꮳꮃꭹ|𐐀𐐨 Deseret
😀 😂 ❤️ 👍🏽|👨‍👩‍👧‍👦 family|🏳️‍🌈 🏴‍☠️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿|🇩🇪🇫🇷🇯🇵|1️⃣ #️⃣ *️⃣|👩🏿‍🚀 astronaut|🤷🏼‍♂️ shrug ¯\\_(ツ)_/¯|(╯°□°)╯︵ ┻━┻|☀☁☂☃★☆|♥♦♣♠|→←↑↓⇒|🐱cat🐶dog|a😀b😀c
\x00null\x01\x02|bell\x07 back\x08space|\x1b[31mred\x1b[0m text|\x1b[36;44mblue\x1b[0m|vertical\x0btab form\x0cfeed|del\x7fete|\x1c\x1d\x1e\x1f separators|zero\u200bwidth\u200cnon\u200djoiner|\ufeffbom|soft\u00adhyphen|word\u2060joiner|\u202ertl override\u202c|\u2028line\u2029paragraph|no\u00a0break thin\u2009space\u3000ideographic|\u180emongolian|\ufffc object \ufffd replaced|\u206a\u206f|\x85next\x85line|c1 \x80\x93\x94\x99 controls
Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞|a\u0328\u0301|ö|o\u0308|\u0344|가|각|ẛ̣|ﷺ|℀ ℡ ™ ℠|㎏ ㏒ ㍿
""".strip("\n")

MOJIBAKE = """
cafÃ©|naÃ¯ve faÃ§ade|schÃ¶n grÃ¼n|Ã…ngstrÃ¶m|itâ€™s|â€œquotedâ€\x9d|â€œquoted|dashes â€“ and â€” here|wait â€¦ what|â„¢ Â© Â®|Â£5 Â°C|temperature 20Â°|âœ” done|ðŸ˜€ smile|ðŸ‘\x8d|Ð¿Ñ€Ð¸Ð²ÐµÑ‚|РџСЂРёРІРµС‚|Î•Î»Î»Î·Î½Î¹ÎºÎ¬|æ—¥æœ¬èªž|ä¸­æ–‡|í•œêµ­ì–´|×©×œ×•×\x9d|sÃ³|voilÃ  le travail|Ã  la mode|hello Â world|no breakÂ here|l’humanitÃ©|“cafÃ©” mixed|schön and grÃ¼n|cafÃƒÂ© twice|itÃ¢â‚¬â„¢s twice|CAFÉ»|«café»…|Å|Â|Ã|â|à la carte|Åland|ÉCOLE|Ñandú|São Tomé|doña Ñ|½ÂµÂ|caf\xe9\x92s|\x93quoted\x94|it\x92s|ñ ã õ|ÄÖÜäöüß|“ÄÖÜ”|L’Île-d’Œuf|Łódź Żółć|Tromsø Ærø|Čeština ěščřžýáíé|Tiếng Việt đẹp quá|Türkçe ğüşıöç|Română ăâîșț|Íslenska þæð|Magyar őű|«Jámánì» – “JÁMÁNÌ”…|“CAFÉ” «ÉTÉ»…|“NÃO” “ROMÂNÎ”|«ÇA», “FÊTE”, ‘Ü’|“ÀÈÌÒÙ”¿¡“ÁÉÍÓÚ”|«ÑANDÚ»¿|â€œlost quoteâ€�|lost Ã� letter|� alone
"""

PIECES = [
    "cat", "Dog", "PHOTO", "of", "a", "the", "sunflower", "Hippopotamus", "don't", "it's", "1999", "42", "x", "é", "ü",
    "ñandú", "Привет", "мир", "γάτα", "猫", "犬の写真", "고양이", "بيت", "बिल्ली", "แมว", "😀", "👍🏽", "🇫🇷", "👨‍👩‍👧", "!", "?!", "...",
    ",", ";", ":", "-", "–", "(", ")", "[", "]", "{", "}", "/", "&amp;", "&eacute;", "&#39;", "“", "”", "’", "ﬁ", "Ｗ", "１",
    "\u3000", "\t", "\n", "\u00a0", "\u200d", "½", "№", "€", "$", "%", "@", "#", "*", "~", "'s", "'LL", "_", "=", "+", "<", ">", "\\",
]


ENCODINGS = ["latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "sloppy-windows-1250", "macroman"]


def spoiled(texts: list[str]) -> list[str]:
    """Texts beyond ASCII as UTF-8 read in a single-byte encoding, whole and inside sound text."""
    high = [text for text in texts if not text.isascii()]
    whole = [text.encode().decode(ENCODINGS[i % len(ENCODINGS)], "replace") for i, text in enumerate(high)]
    parts = [f"día “{text.encode().decode('sloppy-windows-1252')}” über" for text in high]
    return whole + parts


def captions(tar: Path) -> list[str]:
    """Titles, descriptions and keyword lists, each once, in the order of the tar."""
    found: dict[str, None] = {}
    with tarfile.open(tar) as archive:
        for member in archive:
            if member.name.endswith(".json"):
                record = json.load(archive.extractfile(member))
                for field in ("title", "description", "keywords"):
                    value = record.get(field) or ""
                    found[", ".join(value) if isinstance(value, list) else value] = None
    return [text for text in found if text]


def random_strings(generator: random.Random) -> list[str]:
    mixed = [
        generator.choice(["", " "]).join(generator.choices(PIECES, k=generator.randint(1, 12))) for _ in range(500)
    ]
    ranges = [(0x20, 0x7E), (0xA1, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x600, 0x6FF), (0x900, 0x97F),
              (0x1E00, 0x1FFF), (0x2010, 0x27BF), (0x3041, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF01, 0xFFEF),
              (0x1F300, 0x1F64F)]
    scripts = []
    for start, end in ranges:
        for _ in range(25):
            scripts.append("".join(chr(generator.randint(start, end)) for _ in range(generator.randint(2, 10))))
    return mixed + scripts


def long_strings(generator: random.Random) -> list[str]:
    words = [piece for piece in PIECES if piece.isalpha()]
    return [" ".join(generator.choices(words, k=generator.randint(70, 140))) for _ in range(40)] + [
        "word " * count for count in range(73, 80)
    ] + ["a" * 500, "!" * 300, "😀" * 100]


def small_tokenizer() -> SimpleTokenizer:
    """The same algorithm with the first merges only and the special tokens at the end."""
    tokenizer = SimpleTokenizer()
    merges = list(tokenizer.bpe_ranks)[: SMALL_VOCABULARY - 514]
    symbols = list(tokenizer.encoder)[: 512 + len(merges)] + ["<start_of_text>", "<end_of_text>"]
    tokenizer.bpe_ranks = {merge: rank for rank, merge in enumerate(merges)}
    tokenizer.encoder = {symbol: index for index, symbol in enumerate(symbols)}
    tokenizer.sot_token_id, tokenizer.eot_token_id = SMALL_VOCABULARY - 2, SMALL_VOCABULARY - 1
    return tokenizer


def rows(tokenizer: SimpleTokenizer, texts: list[str], context_length: int) -> list[list[int]]:
    """Ids up to and with the last end token; what follows is padding."""
    table = tokenizer(texts, context_length).tolist()
    return [row[: context_length - row[::-1].index(tokenizer.eot_token_id)] for row in table]


def main() -> None:
    tar = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("openclipart-96.tar")
    generator = random.Random(0)
    fixed = [text for line in FIXED.split("\n") for text in line.split("|")]
    groups = {
        "fixed": fixed,
        "mojibake": MOJIBAKE.strip("\n").split("|"),
        "spoiled": spoiled(fixed),
        "captions": captions(tar)[:2400],
        "random": random_strings(generator),
        "long": long_strings(generator),
    }
    full, small = SimpleTokenizer(), small_tokenizer()
    answers = {
        name: [{"text": text, "ids": ids} for text, ids in zip(texts, rows(full, texts, 77))]
        for name, texts in groups.items()
    }
    sample = groups["fixed"][:120] + groups["captions"][:120] + groups["long"][:5]
    answers["small"] = [{"text": text, "ids": ids} for text, ids in zip(sample, rows(small, sample, 77))]
    answers["decoded"] = [{"ids": row["ids"], "text": full.decode(row["ids"])} for row in answers["fixed"][:120]]
    path = Path(__file__).with_name("tokenizer.json.gz")
    path.write_bytes(gzip.compress(json.dumps(answers, ensure_ascii=False).encode(), mtime=0))
    print({name: len(rows) for name, rows in answers.items()}, path.stat().st_size)


if __name__ == "__main__":
    main()
