import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  BadSampleError,
  completePreprocess,
  OPENAI_PREPROCESS,
  type PreprocessConfig,
  preprocess,
  preprocessPixels,
  readPreprocessConfig,
  SIGLIP_PREPROCESS,
} from '../../src/data';
import { readSafetensors } from '../../src/files';
import { assertClose } from '../golden/compare';

/** Pictures and what open_clip makes of them; preprocess.py says how they are named. */
const golden = readSafetensors(
  gunzipSync(readFileSync(join(__dirname, '../golden/preprocess.safetensors.gz'))),
);
const stored = (name: string) => golden.get(name)!.data as Uint8Array;
const picture = (name: string) => Buffer.from(stored(name));
const names = [...golden.keys()].filter((name) => /^\w+\.\w+$/.test(name)).sort();

/** As in preprocess.py. */
const transforms: Record<string, PreprocessConfig> = {
  shortest: { size: 24 },
  squash: { size: [18, 22], resizeMode: 'squash' },
  longest: { size: 21, resizeMode: 'longest' },
  longestFilled: { size: [21, 16], resizeMode: 'longest', fillColor: 3, interpolation: 'bilinear' },
  wide: { size: [14, 24], interpolation: 'bilinear' },
  bilinear: { size: 19, interpolation: 'bilinear' },
};

/** Formats that lose something may be decoded otherwise elsewhere; where these tests were written they are equal, too. */
const isLossy = (name: string) => /\.jpg$|^jpeg\.tif$|^(lossy|alpha|tall|animated|turned)\.webp$/.test(name);

function assertPixels(actual: Uint8Array, name: string, key: string): void {
  const expected = stored(`${name}/${key}`);
  assert.equal(actual.length, expected.length, `${name}: number of values for ${key}`);
  let largest = 0;
  actual.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value - expected[i]));
  });
  const tolerance = isLossy(name) ? 2 : 0;
  assert.ok(largest <= tolerance, `${name}: off by ${largest} of 255 for ${key}`);
}

describe('preprocessPixels', () => {
  it('has 69 pictures to equal open_clip on', () => assert.equal(names.length, 69));

  for (const name of names) {
    it(`equals open_clip on ${name}`, async () => {
      for (const [key, config] of Object.entries(transforms)) {
        if (golden.has(`${name}/${key}`))
          assertPixels(await preprocessPixels(picture(name), config), name, key);
      }
    });
  }

  for (const size of [224, 336]) {
    it(`equals open_clip at ${size} pixels on all pictures`, async () => {
      for (const name of names) {
        const pixels = await preprocessPixels(picture(name), { size });
        assertPixels(
          pixels.filter((_, i) => i % 331 === 0),
          name,
          String(size),
        );
      }
    });
  }

  it('turns pictures as EXIF says where it is asked to', async () => {
    const turned = names.filter((name) => golden.has(`${name}/rotated`));
    assert.equal(turned.length, 12);
    for (const name of turned)
      assertPixels(await preprocessPixels(picture(name), { size: 24 }, { rotate: true }), name, 'rotated');
  });

  it('keeps a pixel of a side that open_clip would scale to nothing', async () => {
    const pixels = await preprocessPixels(picture('narrow.png'), {
      size: 21,
      resizeMode: 'longest',
      fillColor: 9,
    });
    const row = [...pixels.subarray(0, 21 * 3)];
    assert.deepEqual(new Set([...row.slice(0, 30), ...row.slice(33)]), new Set([9]));
  });

  it('refuses damaged pictures in one sentence that names the key', async () => {
    const damaged = [
      Buffer.alloc(0),
      Buffer.from('no picture'),
      ...['a.gif', 'rgb.png', '420.jpg', 'lossy.webp', 'rgb.tif'].map((name) => {
        const whole = picture(name);
        return whole.subarray(0, Math.floor(whole.length * 0.6));
      }),
      picture('a.gif').subarray(0, 40),
    ];
    for (const encoded of damaged) {
      await assert.rejects(preprocessPixels(encoded, { size: 8 }, { key: 'k7' }), (error: unknown) => {
        assert.ok(error instanceof BadSampleError);
        assert.deepEqual([error.kind, error.key], ['corrupt-picture', 'k7']);
        assert.match(error.message, /^The picture of sample "k7" cannot be decoded \([^\n]+\)\.$/);
        return true;
      });
    }
  });

  it('names a file that is not there', async () => {
    await assert.rejects(preprocessPixels('absent.png', { size: 8 }), {
      name: 'BadSampleError',
      kind: 'missing-file',
      message: 'The picture "absent.png" cannot be read (ENOENT).',
    });
  });

  it('refuses pictures beyond the pixel limit', async () => {
    await assert.rejects(
      preprocessPixels(picture('fits.png'), { size: 8 }, { limitInputPixels: 575 }),
      /pixel limit/,
    );
  });
});

describe('preprocess', () => {
  it('normalises as open_clip does', async () => {
    const encoded = picture('rgb.png');
    const openai = await preprocess(encoded, OPENAI_PREPROCESS(24));
    assertClose(openai, golden.get('normalised')!.data, 1e-6);
    const siglip = await preprocess(encoded, SIGLIP_PREPROCESS(24));
    assertClose(siglip, golden.get('normalisedSiglip')!.data, 1e-6);
  });

  it('says which field of a preprocess_cfg is none, whatever stands there', () => {
    const sentence = (json: unknown) => {
      try {
        return String(readPreprocessConfig(json as Record<string, unknown>));
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.match(sentence(null), /^The preprocessing's configuration is null where an object is expected;/);
    assert.match(sentence({ size: {} }), /^The preprocessing's size is \[\{\},\{\}\] where one or two/);
    assert.match(sentence({ size: [1, 2, 3] }), /^The preprocessing's size is/);
    assert.match(sentence({ mean: 'x'.repeat(1e5) }), /^The preprocessing's mean is "x{59}… where three/);
  });

  it('reads a preprocess_cfg of open_clip', () => {
    const json = { size: [224, 224], mode: 'RGB', mean: 0.5, std: 0.5, resize_mode: 'squash', fill_color: 0 };
    assert.deepEqual(
      readPreprocessConfig({ ...json, interpolation: 'random' }),
      SIGLIP_PREPROCESS([224, 224]),
    );
    assert.deepEqual(readPreprocessConfig({}), OPENAI_PREPROCESS(224));
  });

  it('names the field of a configuration that is wrong', () => {
    assert.throws(
      () => readPreprocessConfig({ mode: 'L' }),
      /^Error: The preprocessing's mode is "L" where RGB/,
    );
    assert.throws(() => completePreprocess({ size: 0 }), /size is \[0,0\] where one or two whole numbers/);
    assert.throws(() => completePreprocess({ size: 8, std: [1, 0, 1] }), /std is \[1,0,1\]/);
    assert.throws(
      () => readPreprocessConfig({ resize_mode: 'fit' }),
      /resizeMode is "fit" where one of shortest/,
    );
    assert.throws(() => completePreprocess({ size: 8, fillColor: 256 }), /fillColor is 256/);
  });
});
