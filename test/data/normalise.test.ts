import assert from 'node:assert/strict';
import { CLIP_MEAN, CLIP_STD, pixelsToFloat } from '../../src/data';

describe('pixelsToFloat', () => {
  it('normalises each channel by its own mean and deviation', () => {
    const pixels = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
    const floats = pixelsToFloat(pixels);
    floats.forEach((value, i) => {
      const expected = (pixels[i] / 255 - CLIP_MEAN[i % 3]) / CLIP_STD[i % 3];
      assert.ok(Math.abs(value - expected) < 1e-6, `byte ${pixels[i]}, channel ${i % 3}: ${value}`);
    });
  });

  it('maps black and white as open_clip does', () => {
    const floats = pixelsToFloat(Uint8Array.of(0, 0, 0, 255, 255, 255));
    const known = [-1.7922626, -1.7520971, -1.4802198, 1.9303361, 2.0748837, 2.1458969];
    floats.forEach((value, i) => {
      assert.ok(Math.abs(value - known[i]) < 1e-6, `${value} should be ${known[i]}`);
    });
  });

  it('takes other constants', () => {
    const options = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;
    assert.deepEqual([...pixelsToFloat(Uint8Array.of(0, 255, 0), options)], [-1, 1, -1]);
  });
});
