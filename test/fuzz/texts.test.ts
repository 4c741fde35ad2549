import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalText } from '../../src/text/canonicalText';
import { readPretrainedTokenizer } from '../../src/text/pretrainedTokenizer';
import { createTokenizer } from '../../src/text/tokenizer';
import { temporaryFolder } from '../data/fixtures';
import { itTakesAnything } from './fuzz';
import { mutateJson, mutateText } from './mutate';

const TEXTS = [
  'A photo of a tench, Tinca tinca.',
  'It&rsquo;s ﬂu&#64259;est — “cafÃ©” &amp; ｆｕｌｌ　ｗｉｄｔｈ\r\n<b>bold</b>',
  'Ärger im Straßenverkehr: 東京タワーの夜景 👨‍👩‍👧‍👦 Мир и кот',
  `${'ab'.repeat(200)} ${'x '.repeat(100)}`,
];
const siglip = (file: string) => readFileSync(join(__dirname, '../golden/siglipTokenizer', file));

describe('any text', () => {
  const tokenizer = createTokenizer();

  itTakesAnything("by CLIP's tokenizer", {
    inputs: () => TEXTS,
    mutate: mutateText,
    read: (text) => {
      const { ids, lengths } = tokenizer.tokenize([text]);
      assert.equal(ids[0], tokenizer.startToken);
      assert.equal(ids[lengths[0] - 1], tokenizer.endToken);
      assert.ok(ids.every((id) => id >= 0 && id < tokenizer.vocabSize));
      tokenizer.decode(tokenizer.encode(text));
    },
  });

  itTakesAnything("by SigLIP's tokenizer", {
    inputs: () => TEXTS,
    mutate: mutateText,
    read: (text) => {
      const { encode, vocabSize } = pretrained();
      assert.ok(encode(canonicalText(text)).every((id) => id >= 0 && id < vocabSize));
    },
  });
});

/** A vocabulary of byte pairs in place of SigLIP's. */
function bytePairs(): string {
  const vocab = { '<unk>': 0, '</s>': 1, a: 2, c: 3, t: 4, at: 5, cat: 6, '▁': 7 };
  const model = { type: 'BPE', unk_token: '<unk>', vocab, merges: ['a t', 'c at'] };
  return JSON.stringify({ ...JSON.parse(siglip('tokenizer.json').toString()), model });
}

let opened: ReturnType<typeof readPretrainedTokenizer> | undefined;

function pretrained() {
  opened ??= readPretrainedTokenizer(join(__dirname, '../golden/siglipTokenizer'), { contextLength: 64 });
  return opened;
}

describe("any tokenizer's file", () => {
  const folder = temporaryFolder();

  for (const mutated of ['tokenizer.json', 'tokenizer_config.json']) {
    itTakesAnything(mutated, {
      inputs: () => [siglip(mutated).toString(), ...(mutated === 'tokenizer.json' ? [bytePairs()] : [])],
      mutate: mutateJson,
      read: (text) => {
        for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
          writeFileSync(join(folder, file), file === mutated ? text : siglip(file));
        }
        readPretrainedTokenizer(folder, { contextLength: 16 }).tokenize(['a cat', '']);
      },
      says: /tokenizer/,
    });
  }
});
