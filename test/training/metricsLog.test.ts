import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMetricsLog, readMetrics } from '../../src/training/metricsLog';

describe('openMetricsLog', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clipbook-'));
    path = join(folder, 'metrics.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(steps: number[], lastStep?: number): void {
    const log = openMetricsLog(path, { lastStep });
    for (const step of steps) log.append({ step, loss: step / 2 });
    log.close();
  }

  it('writes one line a record, at once', () => {
    const log = openMetricsLog(path);
    log.append({ step: 1, loss: 0.5, note: 'warm-up' });
    assert.equal(readFileSync(path, 'utf8'), '{"step":1,"loss":0.5,"note":"warm-up"}\n');
    log.append({ step: 2, loss: Number.NaN });
    assert.deepEqual(readMetrics(path)[1], { step: 2, loss: null });
    log.close();
  });

  it('drops what a resumed run will write again', () => {
    write([1, 2, 3, 4, 5]);
    write([4, 5, 6], 3);
    assert.deepEqual(
      readMetrics(path).map(({ step }) => step),
      [1, 2, 3, 4, 5, 6],
    );
  });

  it('drops a last line that was cut off', () => {
    write([1, 2]);
    appendFileSync(path, '{"step":3,"lo');
    write([3], 2);
    assert.equal(readFileSync(path, 'utf8').split('\n')[2], '{"step":3,"loss":1.5}');
  });

  it('starts empty without a step to resume from', () => {
    write([1, 2]);
    write([1]);
    assert.equal(readMetrics(path).length, 1);
  });

  it('names a line that is not JSON', () => {
    writeFileSync(path, '{"step":1}\noops\n{"step":2}\n');
    assert.throws(() => readMetrics(path), /Line 2 of ".*metrics\.jsonl" is not JSON/);
  });

  it('reads no records where there is no file', () => assert.deepEqual(readMetrics(path), []));
});
