import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCaptionLists } from '../../src/benchmarks/karpathy';
import { readClassNames, readTemplates } from '../../src/benchmarks/promptFiles';
import { BadInputCounter } from '../../src/data';
import { readCaptionFile } from '../../src/data/captionFile';
import { csvRows, jsonlRows } from '../../src/data/captionRows';
import { parseCsvTable } from '../../src/files/csvTable';
import { collect, temporaryFolder } from '../data/fixtures';
import { itTakesAnything, sentenceFlaw } from './fuzz';
import { mutateJson, mutateText } from './mutate';

const CSV = 'file,caption,split\n"a.jpg","a ""cat"", sitting",train\nb.jpg,a dog,test\n';
const TSV = '\ufefffilepath\ttitle\na.jpg\ta cat\nb.jpg\ta dog\n';
const JSONL = '{"file": "a.jpg", "caption": "a cat"}\n{"image": "b.jpg", "texts": ["a dog", "a hound"]}\n';

const KARPATHY = JSON.stringify({
  dataset: 'x',
  images: ['train', 'test', 'restval'].map((split, i) => ({
    split,
    filename: `${i}.jpg`,
    sentences: [{ raw: 'a cat', tokens: ['a', 'cat'] }, { raw: 'a dog' }],
  })),
});
const COCO = JSON.stringify({
  images: [1, 2].map((id) => ({ id, file_name: `${id}.jpg` })),
  annotations: [1, 2, 2].map((image_id) => ({ image_id, caption: 'a cat' })),
});

describe('any table', () => {
  const folder = temporaryFolder();

  // Papa Parse tells the terminal of each repeated column.
  const { warn } = console;
  before(() => {
    console.warn = () => {};
  });
  after(() => {
    console.warn = warn;
  });

  const written = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  itTakesAnything('of a benchmark', {
    inputs: () => [CSV],
    mutate: mutateText,
    read: (text) => {
      const rows = parseCsvTable(text, ['file', 'split'], '"x.csv"');
      assert.ok(rows.every(({ file, split }) => typeof file === 'string' && typeof split === 'string'));
    },
    says: /^Expected a column "(file|split)" in "x\.csv"/,
  });

  itTakesAnything('of captions, as Karpathy and COCO have it', {
    inputs: () => [KARPATHY, COCO],
    mutate: mutateJson,
    read: async (text) => {
      for (const [file, captions] of await readCaptionLists(
        written('dataset.json', text),
        'test',
        'dataset.json',
      )) {
        assert.ok(typeof file === 'string' && captions.every((caption) => typeof caption === 'string'));
      }
    },
    says: /^Expected .+dataset\.json"/,
  });

  itTakesAnything('of prompts', {
    inputs: () => [
      '{"pets": ["a photo of a {c}."], "cars": {"Audi": ["an Audi"]}}',
      '{"pets": ["Abyssinian", "Bengal"]}',
    ],
    mutate: mutateJson,
    read: (text) => {
      const path = written('prompts.json', text);
      readTemplates(path);
      if (!text.includes('Audi')) readClassNames(path);
    },
    says: /prompts\.json"/,
  });

  for (const [name, text] of Object.entries({ 'a.csv': CSV, 'a.tsv': TSV, 'a.jsonl': JSONL })) {
    const target = { inputs: () => [text], mutate: mutateText };
    const isTable = name !== 'a.jsonl';
    const captionField = name === 'a.tsv' ? 'title' : undefined;

    itTakesAnything(`of captions, ${name}`, {
      ...target,
      read: (mutated) => {
        const counter = new BadInputCounter({ limitFraction: 1 });
        for (const [file, captions] of readCaptionFile(written(name, mutated), counter)) {
          assert.ok(typeof file === 'string' && captions.every((caption) => typeof caption === 'string'));
        }
        for (const { firstMessage } of counter.summary().kinds) {
          assert.equal(sentenceFlaw(firstMessage, /^Line \d+ of /), undefined);
        }
      },
      ...(isTable && { says: /^Expected a column .+ in ".*a\.[ct]sv"/ }),
    });

    itTakesAnything(`of captions to import, ${name}`, {
      ...target,
      read: (mutated) => collect((isTable ? csvRows : jsonlRows)(written(name, mutated), { captionField })),
      ...(isTable && { says: /^Expected a column .+ in ".*a\.[ct]sv"/ }),
    });
  }
});
