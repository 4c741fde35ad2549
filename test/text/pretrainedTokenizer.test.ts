import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalText, readPretrainedTokenizer } from '../../src/text';

const FOLDER = join(__dirname, '../golden/siglipTokenizer');
const answers: { texts: string[]; ids: number[][] } = JSON.parse(
  readFileSync(join(FOLDER, 'answers.json'), 'utf8'),
);

describe('readPretrainedTokenizer, against open_clip’s HFTokenizer', () => {
  const tokenizer = readPretrainedTokenizer(FOLDER, { contextLength: 12 });

  it('gives the same rows: canonical text, padding, and long texts cut before their end token', () => {
    const { ids, lengths } = tokenizer.tokenize(answers.texts);
    answers.texts.forEach((text, row) => {
      assert.deepEqual([...ids.subarray(row * 12, row * 12 + 12)], answers.ids[row], text);
    });
    assert.equal(lengths[answers.texts.indexOf('')], 1);
    assert.ok(lengths.includes(12));
  });

  it('knows its vocabulary, and encodes without special tokens', () => {
    assert.equal(tokenizer.vocabSize, 52);
    assert.deepEqual(tokenizer.encode('red'), [3, 34, 9]);
  });

  it('says which file is missing, and that padding has no token', () => {
    assert.throws(
      () => readPretrainedTokenizer('nowhere', { contextLength: 4 }),
      /Expected a tokenizer's file at "nowhere.tokenizer_config\.json"; place it there/,
    );
    const folder = mkdtempSync(join(tmpdir(), 'clipbook-tokenizer-'));
    cpSync(FOLDER, folder, { recursive: true });
    writeFileSync(join(folder, 'tokenizer_config.json'), '{"tokenizer_class":"T5Tokenizer"}');
    assert.throws(() => readPretrainedTokenizer(folder, { contextLength: 4 }), /Expected a pad_token/);
    rmSync(folder, { recursive: true });
  });

  it('refuses damaged files, and numbers of tokens that would fill the memory', () => {
    const folder = mkdtempSync(join(tmpdir(), 'clipbook-tokenizer-'));
    cpSync(FOLDER, folder, { recursive: true });
    const path = join(folder, 'tokenizer.json');
    const whole = readFileSync(path, 'utf8');
    const refuses = (content: string, message: RegExp) => {
      writeFileSync(path, content);
      assert.throws(() => readPretrainedTokenizer(folder, { contextLength: 4 }), { name: 'Error', message });
    };
    refuses(whole.slice(0, 500), /^Expected JSON in ".*tokenizer\.json", but got something else/);
    refuses('[1]', /tokenizer\.json", expected a tokenizer's JSON object;/);
    refuses(
      JSON.stringify({ ...JSON.parse(whole), model: { type: 'Unigram' } }),
      /^The tokenizer's files in/,
    );
    for (const id of [2 ** 32 - 2, -1, 0.5, '1']) {
      const added = [{ id, content: '</s>' }];
      refuses(JSON.stringify({ ...JSON.parse(whole), added_tokens: added }), /numbered below 4194304 in/);
    }
    const model = { type: 'BPE', merges: [], vocab: { a: 2 ** 32 - 2 } };
    refuses(JSON.stringify({ ...JSON.parse(whole), model }), /numbered below 4194304 in/);
    rmSync(folder, { recursive: true });
  });
});

describe('canonicalText', () => {
  it('drops ASCII punctuation, and makes spaces of underscores', () => {
    assert.equal(canonicalText('  A photo-of_a “Cat”.\t(&amp;) '), 'a photoof a cat');
  });
});
