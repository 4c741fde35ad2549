import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createProgress, formatDuration } from '../../src/report/progress';

/** A stream that remembers, and a clock that moves when told. */
function setUp(isTTY: boolean) {
  let written = '';
  let time = 0;
  const stream = new PassThrough();
  stream.on('data', (chunk) => {
    written += chunk;
  });
  const terminal = Object.assign(stream, {
    isTTY,
    columns: 120,
    cursorTo() {},
    clearLine() {},
    moveCursor() {},
  });
  return {
    stream: terminal as unknown as NodeJS.WriteStream,
    now: () => time,
    wait: (seconds: number) => {
      time += 1000 * seconds;
    },
    read: () => written,
  };
}

describe('progress', () => {
  it('changes one line in place in a notebook, with the rate and the time left', () => {
    const { stream, now, wait, read } = setUp(false);
    const lines: string[] = [];
    const progress = createProgress({ stream, now, place: { text: (line) => lines.push(line) } });
    progress.stage('train', 100);
    for (let step = 1; step <= 100; step++) {
      wait(0.25);
      progress.update(step, { pairsPerSecond: 512.4 });
    }
    progress.done();
    assert.equal(lines.length, 52);
    assert.equal(lines[0], 'train: started');
    assert.equal(lines[25], 'train: 50/100, 512 pairs/s, 13 s left');
    assert.equal(lines[51], 'done in 25 s');
    assert.equal(read(), '');
  });

  it('writes a plain line every ten seconds where there is no terminal', () => {
    const { stream, now, wait, read } = setUp(false);
    const progress = createProgress({ stages: ['train', { name: 'evaluate', weight: 0.25 }], stream, now });
    progress.stage('train', 100);
    for (let step = 1; step <= 100; step++) {
      wait(1);
      progress.update(step, { loss: 1 / step, pairsPerSecond: 512.4 });
    }
    progress.stage('evaluate', 4);
    progress.done();
    const lines = read().trim().split('\n');
    assert.equal(lines.length, 1 + 10 + 1 + 1);
    assert.equal(lines[0], '[1/2] train: started');
    assert.equal(lines[5], '[1/2] train: 50/100, loss 0.020, 512 pairs/s, 50 s left, 1 min 15 s in all');
    assert.equal(lines[11], '[2/2] evaluate: started');
    assert.equal(lines[12], 'done in 1 min 40 s');
  });

  it('takes a stage that was finished before neither for time nor for work', () => {
    const { stream, now, wait, read } = setUp(false);
    const progress = createProgress({ stages: ['first', 'second', 'third'], stream, now });
    progress.skip('first');
    progress.stage('second', 2);
    wait(20);
    progress.update(1);
    const lines = read().trim().split('\n');
    assert.deepEqual(lines, [
      '[1/3] first: finished before',
      '[2/3] second: started',
      '[2/3] second: 1/2, 20 s left, 1 min 00 s in all',
    ]);
  });

  it('draws a bar on a terminal', () => {
    const { stream, now, wait, read } = setUp(true);
    const progress = createProgress({ stream, now });
    progress.stage('train', 10);
    wait(5);
    progress.update(5, { loss: 2.5 });
    progress.note('a word');
    progress.done();
    assert.match(read(), /train .*5\/10, loss 2\.500, 5 s left/);
    assert.match(read(), /a word/);
  });

  it('writes durations for people', () => {
    assert.deepEqual([45_000, 185_000, 7_800_000].map(formatDuration), ['45 s', '3 min 05 s', '2 h 10 min']);
  });
});
