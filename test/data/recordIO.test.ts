import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadInputCounter } from '../../src/data/badInput';
import { packPair } from '../../src/data/pairRecord';
import { packRecord, unpackRecord } from '../../src/data/recordHeader';
import { readRecordIO } from '../../src/data/recordIO';
import { encodeRecord, readRecords } from '../../src/files';
import { createTokenizer } from '../../src/text';
import { collect, temporaryFolder } from './fixtures';

interface Header {
  flag: number;
  label: number | number[];
  id: number;
  id2: number;
  image: string;
}

/** Written by MXNet 1.9.1's own library; see recordIO.py. The last three payloads have an IRHeader. */
const golden = (ending: string) => join(__dirname, `../golden/recordIO.${ending}`);
const answers = JSON.parse(readFileSync(golden('json'), 'utf8')) as { payloads: string[]; headers: Header[] };
const packed = answers.payloads.slice(-3).map((payload) => Buffer.from(payload, 'hex'));

const tokenizer = createTokenizer();

describe('IRHeader against MXNet', () => {
  it('unpacks what MXNet packed', () => {
    const read = packed.map((payload) => {
      const { header, image } = unpackRecord(payload);
      const label = typeof header.label === 'number' ? header.label : [...header.label];
      const [id, id2] = [Number(header.id), Number(header.id2)];
      return { flag: header.flag, label, id, id2, image: image.toString('hex') };
    });
    assert.deepEqual(read, answers.headers);
  });

  it('packs the same bytes', () => {
    answers.headers.forEach(({ label, id, id2, image }, i) => {
      const own = typeof label === 'number' ? label : Float32Array.from(label);
      const header = { label: own, id: BigInt(id), id2: BigInt(id2) };
      assert.deepEqual(packRecord(header, Buffer.from(image, 'hex')), packed[i]);
    });
  });

  it('packs raw text and caption as the official ALIP code does', () => {
    const image = Buffer.from(answers.headers[2].image, 'hex');
    assert.deepEqual(packPair(['Nice to meet you!', 'Best wishes!'], image, 1, tokenizer), packed[2]);
  });

  it('says what is wrong with a payload that is too short', () => {
    assert.throws(() => unpackRecord(packed[0].subarray(0, 20)), /20 bytes, fewer than the 24 of a header/);
    assert.throws(() => unpackRecord(packed[2].subarray(0, 200)), /claims 154 numbers in 200 bytes/);
  });
});

describe('readRecordIO', () => {
  const folder = temporaryFolder();
  const image = Buffer.from(answers.headers[2].image, 'hex');

  it('reads the texts behind ALIP’s tokens, numbers from the index, and reports records without a header', async () => {
    const counter = new BadInputCounter({ limitFraction: 1 });
    const samples = await collect(readRecordIO(golden('rec'), { tokenizer, counter }));
    assert.deepEqual(
      samples.map(({ key, texts, meta }) => ({ key, texts, meta })),
      [
        { key: 'recordIO/110', texts: [], meta: { label: 4.5 } },
        { key: 'recordIO/120', texts: [], meta: { label: [1, 2, 3.25, -4, 0] } },
        { key: 'recordIO/130', texts: ['nice to meet you !', 'best wishes !'], meta: {} },
      ],
    );
    assert.deepEqual(samples[2].image, image);
    const { seen, bad, kinds } = counter.summary();
    assert.deepEqual([seen, bad, kinds[0].kind], [14, 11, 'damaged-record']);
    assert.equal(kinds[0].firstKeys[2], 'recordIO.rec@20');
    assert.match(
      kinds[0].firstMessage,
      /^The record at byte 0 of ".+" cannot be read: it has 0 bytes, fewer/,
    );
  });

  it('takes the offset for a key where there is no index', async () => {
    copyFileSync(golden('rec'), join(folder, 'bare.rec'));
    const counter = new BadInputCounter({ limitFraction: 1 });
    const samples = await collect(readRecordIO(join(folder, 'bare.rec'), { tokenizer, counter }));
    assert.deepEqual(
      samples.map(({ key }) => key),
      ['bare@208', 'bare@308', 'bare@432'],
    );
  });

  it('skips a damaged record, names its offset and goes on', async () => {
    const chunks = ['zero', 'one', 'two'].map((text, i) =>
      Buffer.concat(encodeRecord(packPair([text], image, i, tokenizer))),
    );
    const bytes = Buffer.concat(chunks);
    const offset = chunks[0].length;
    bytes.writeUInt32LE(0, offset);
    const path = join(folder, 'damaged.rec');
    writeFileSync(path, bytes);
    const counter = new BadInputCounter();
    const samples = await collect(readRecordIO(path, { tokenizer, counter }));
    assert.deepEqual(
      samples.map(({ texts }) => texts),
      [['zero'], ['two']],
    );
    const message = `The record at byte ${offset} of "${path}" cannot be read: its head is damaged.`;
    assert.deepEqual(counter.summary(), {
      seen: 3,
      bad: 1,
      kinds: [
        {
          kind: 'damaged-record',
          count: 1,
          firstKeys: [`damaged.rec@${offset}`],
          firstMessage: message,
        },
      ],
    });
    assert.equal((await collect(readRecords(path, { onDamage: () => {} }))).length, 2);
  });

  it('takes key and texts from the list beside the records, but not a list of other records', async () => {
    const path = join(folder, 'listed.rec');
    writeFileSync(path, Buffer.concat(encodeRecord(packPair(['A Text', 'A Caption'], image, 0, tokenizer))));
    const list = (...texts: string[]) => {
      const line = { offset: 0, key: 'a/b', texts, meta: { set: 1 } };
      writeFileSync(join(folder, 'listed.texts.jsonl'), `${JSON.stringify(line)}\n`);
    };
    list('A Text', 'A Caption', 'Third');
    assert.deepEqual(await collect(readRecordIO(path, { tokenizer })), [
      { key: 'a/b', image, texts: ['A Text', 'A Caption', 'Third'], meta: { set: 1 } },
    ]);
    list('Another text');
    const counter = new BadInputCounter();
    assert.deepEqual(await collect(readRecordIO(path, { tokenizer, counter })), []);
    assert.match(
      counter.summary().kinds[0].firstMessage,
      /at byte 0 of .+: its tokens are not those of its texts/,
    );
  });

  it('names a path without such files', async () => {
    await assert.rejects(
      collect(readRecordIO(join(folder, 'none.rec'), { tokenizer })),
      /^Error: Expected RecordIO files \(\.rec\) at ".+none\.rec", but no such file exists; check the path\.$/,
    );
  });
});
