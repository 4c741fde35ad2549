import assert from 'node:assert/strict';
import type { CorruptionName } from '../../src/data/corruptions';
import { ALEXNET_ERRORS, meanCorruptionError } from '../../src/evaluation/corruptionError';
import { assertClose } from '../golden/compare';

const names = Object.keys(ALEXNET_ERRORS) as CorruptionName[];

/** Five errors with the given mean for each corruption. */
function around(meanOf: (name: CorruptionName) => number): Record<CorruptionName, number[]> {
  const spread = (mean: number) => [-0.2, -0.1, 0, 0.1, 0.2].map((part) => mean * (1 + part / 4));
  return Object.fromEntries(names.map((name) => [name, spread(meanOf(name))])) as Record<
    CorruptionName,
    number[]
  >;
}

describe('the mean corruption error', () => {
  it('is 1 for the baseline and weighs corruptions by how hard the baseline found them', () => {
    assertClose(
      [
        meanCorruptionError(
          around((name) => ALEXNET_ERRORS[name]),
          ALEXNET_ERRORS,
        ).mean,
      ],
      [1],
      1e-12,
    );
    const equal = meanCorruptionError(
      around(() => 0.5),
      ALEXNET_ERRORS,
    );
    assertClose([equal.each.brightness, equal.each.impulse_noise], [0.5 / 0.564592, 0.5 / 0.92264], 1e-12);
    const expected = names.reduce((sum, name) => sum + 0.5 / ALEXNET_ERRORS[name], 0) / 15;
    assertClose([equal.mean], [expected], 1e-12);
  });

  it('refuses what is incomplete', () => {
    const errors = around(() => 0.4);
    assert.throws(
      () => meanCorruptionError({ ...errors, fog: [0.1, 0.2] }, ALEXNET_ERRORS),
      /Expected five errors from 0 to 1 for fog, got 0\.1, 0\.2/,
    );
    assert.throws(
      () => meanCorruptionError({ ...errors, snow: [40, 50, 60, 70, 80] }, ALEXNET_ERRORS),
      /for snow, got 40, 50/,
    );
    assert.throws(
      () => meanCorruptionError(errors, { ...ALEXNET_ERRORS, frost: 0 }),
      /baseline's error for frost, above 0 and at most 1, got 0/,
    );
  });
});
