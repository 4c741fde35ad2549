import assert from 'node:assert/strict';
import { testSizeTable } from '../../src/report/testSizeTable';

describe('testSizeTable', () => {
  const [{ rows, origin }] = testSizeTable([100, 10_000], [50, 90]).sections;

  it('has Wilson’s width, as one computes it by hand', () => {
    // p = 1/2, n = 100, z = 1.959964: z / (1 + z²/n) · √(1/400 + z²/40000) = 1.959964 / 1.0384146 · 0.0509513 = 0.0961679
    assert.ok(Math.abs(rows[0].cells['50'].value! - 9.61679) < 1e-4, `${rows[0].cells['50'].value}`);
    assert.equal(origin, 'computed');
  });

  it('shrinks with the root of the size and towards sure answers', () => {
    const [small, large] = rows.map(({ cells }) => cells['50'].value!);
    assert.ok(Math.abs(small / large - 10) < 0.2);
    assert.ok(rows[1].cells['90'].value! < large);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['100', '10,000'],
    );
  });
});
