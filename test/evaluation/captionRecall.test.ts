import assert from 'node:assert/strict';
import { startEngine } from '../../src/engine';
import { captionRecall, collectPairs, retrievalRecall, selectRows } from '../../src/evaluation';
import answers from '../golden/captionRecall.json';
import { labelsOf, rowsOf } from '../golden/clusters';
import { assertClose } from '../golden/compare';

const sizes = { width: 16, classes: 250 };

/** 60 pictures with one to seven captions each, 178 in all, of which 121 are distinct; see captionRecall.py. */
function pictures() {
  const counts = labelsOf('caption counts', 60, 7).map((extra) => 1 + extra);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const drawn = labelsOf('captions', total, sizes.classes);
  const captions: number[][] = [];
  for (const count of counts) captions.push(drawn.splice(0, count));
  const first = captions.map(([text]) => text);
  return { captions, imageEmbeddings: rowsOf('pictures', first, { ...sizes, noise: 1 }) };
}

describe('recall among captions', () => {
  const { captions, imageEmbeddings } = pictures();
  const pairs = collectPairs(captions.map((own) => own.map(String)));
  const all = rowsOf(
    'caption rows',
    Array.from({ length: sizes.classes }, (_, i) => i),
    { ...sizes, noise: 0.5 },
  );
  const rows = pairs.texts.map((text) => [...all.values.subarray(16 * Number(text), 16 * Number(text) + 16)]);
  const textEmbeddings = { values: Float32Array.from(rows.flat()), rows: rows.length, width: 16 };

  before(async () => {
    await startEngine();
  });

  it("equals CLIP_benchmark's with a stable sort, and its own wherever equal scores do not decide", () => {
    const { separate } = captionRecall({ imageEmbeddings, textEmbeddings, pairs });
    assert.deepEqual([separate.pictures, separate.texts], [60, 178]);
    for (const k of [1, 5, 10] as const) {
      const [text, image] = [`text_retrieval_recall@${k}`, `image_retrieval_recall@${k}`] as const;
      assertClose([separate.imageToText[k]], [answers.stable[text]], 1e-6);
      assertClose([separate.textToImage[k]], [answers.stable[image]], 1e-6);
      assertClose([separate.textToImage[k]], [answers.own[image]], 1e-6);
    }
  });

  it('lies above what ties that all count against the model leave, as CLIP_benchmark’s own number does', () => {
    let next = 0;
    const lost = retrievalRecall({
      imageEmbeddings,
      textEmbeddings: selectRows(textEmbeddings, pairs.captions.flat()),
      positives: pairs.captions.map((own) => own.map(() => next++)),
    });
    const { separate } = captionRecall({ imageEmbeddings, textEmbeddings, pairs });
    assert.ok(lost.imageToText[5] < separate.imageToText[5]);
    for (const k of [1, 5, 10] as const) {
      assert.ok(lost.imageToText[k] <= answers.own[`text_retrieval_recall@${k}`] + 1e-6);
    }
  });

  it('differs with identical captions merged: fewer candidates, and each is right for all of its pictures', () => {
    const { separate, merged } = captionRecall({ imageEmbeddings, textEmbeddings, pairs });
    assert.equal(merged.texts, 121);
    assert.ok(merged.imageToText[1] > separate.imageToText[1]);
    assert.ok(merged.imageToText[10] > separate.imageToText[10]);
  });

  it('is one number where no caption comes twice', () => {
    const distinct = collectPairs([['a', 'b'], ['c']]);
    const three = { values: Float32Array.of(1, 0, 0, 1, 1, 1), rows: 3, width: 2 };
    const two = { values: Float32Array.of(1, 0, 1, 1), rows: 2, width: 2 };
    const { separate, merged } = captionRecall({
      imageEmbeddings: two,
      textEmbeddings: three,
      pairs: distinct,
    });
    assert.equal(merged, separate);
    assert.deepEqual([separate.pictures, separate.texts, separate.imageToText[1]], [2, 3, 1]);
  });
});
