import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureRanks } from '../../src/bench/ranks';
import { ringSeconds } from '../../src/bench/ringModel';
import { hasMpi } from '../distributed/mpirun';

describe('ranks of a bench', function () {
  this.timeout(120_000);

  it('predict a sum in a ring: each byte passes nearly twice', () => {
    const network = { bytesPerSecond: 1e9, latency: 0 };
    assert.equal(ringSeconds(1e9, 1, network), 0);
    assert.equal(ringSeconds(1e9, 2, network), 1);
    assert.equal(ringSeconds(1e9, 64, network), 2 * (63 / 64));
    assert.equal(ringSeconds(0, 5, { ...network, latency: 0.25 }), 2);
  });

  it('take the same batch alone and by two', async function () {
    if (!hasMpi()) this.skip();
    const work = mkdtempSync(join(tmpdir(), 'clipbook-ranks-'));
    try {
      const { rows, notes } = await measureRanks({
        quick: true,
        rounds: 1,
        threads: 1,
        work,
        tell: () => {},
      });
      assert.deepEqual(
        rows.map(({ task }) => task),
        ['mini, one rank, one thread', 'mini, two ranks, one thread each', 'mini, one rank, two threads'],
      );
      assert.ok(rows[1].ratio!.median > 0.05 && rows[1].ratio!.median < 2);
      assert.match(notes![0], /a rank hands over \d+\.\d MB, .* whose sum takes \d\d?\.\d % of the step\.$/);
    } finally {
      rmSync(work, { recursive: true });
    }
  });
});
