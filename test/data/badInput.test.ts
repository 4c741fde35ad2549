import assert from 'node:assert/strict';
import { BadInputCounter, BadSampleError, TooManyBadSamplesError } from '../../src/data';

const bad = (key: string) =>
  new BadSampleError('empty-caption', key, `The caption of sample "${key}" is empty.`);

function see(counter: BadInputCounter, times: number): void {
  for (let i = 0; i < times; i++) counter.saw();
}

describe('BadInputCounter', () => {
  it('counts by kind, keeps the first keys and lists the most frequent kind first', () => {
    const counter = new BadInputCounter({ keptKeys: 2 });
    see(counter, 9);
    counter.skip(
      new BadSampleError('broken-json', 'x', 'The JSON member of sample "x" is not a JSON object.'),
    );
    for (const key of ['a', 'b', 'c']) counter.skip(bad(key));
    const { seen, bad: total, kinds } = counter.summary();
    assert.deepEqual([seen, total], [9, 4]);
    assert.deepEqual(
      kinds.map(({ kind, count, firstKeys }) => [kind, count, firstKeys]),
      [
        ['empty-caption', 3, ['a', 'b']],
        ['broken-json', 1, ['x']],
      ],
    );
    assert.equal(
      counter.describe(),
      '4 of 9 samples are unusable (3 empty-caption: a, b, …; 1 broken-json: x)',
    );
  });

  it('goes on from an earlier summary, which survives JSON', () => {
    const [earlier, later] = [new BadInputCounter({ keptKeys: 2 }), new BadInputCounter({ keptKeys: 2 })];
    see(earlier, 9);
    for (const key of ['a', 'b', 'c']) earlier.skip(bad(key));
    see(later, 2);
    later.skip(bad('x'));
    later.restore(JSON.parse(JSON.stringify(earlier.summary())));
    assert.deepEqual(later.summary(), earlier.summary());
    for (const counter of [earlier, later]) counter.skip(bad('d'));
    assert.deepEqual(later.summary(), earlier.summary());
  });

  it('tolerates a share up to the limit and stops beyond it', () => {
    const counter = new BadInputCounter();
    see(counter, 100);
    for (let i = 0; i < 5; i++) counter.skip(bad(`${i}`));
    assert.throws(() => counter.skip(bad('5')), TooManyBadSamplesError);
  });

  it('does not stop before enough samples were met, and then does so at the next good one', () => {
    const counter = new BadInputCounter();
    see(counter, 99);
    for (let i = 0; i < 50; i++) counter.skip(bad(`${i}`));
    assert.throws(
      () => counter.saw(),
      /50 of 100 samples are unusable .* more than the tolerated 5%; repair/,
    );
  });

  it('passes other errors on', () => {
    const failure = new RangeError('out of reach');
    assert.throws(() => new BadInputCounter().skip(failure), failure);
  });

  it('says so when all is well', () => {
    const counter = new BadInputCounter();
    see(counter, 2);
    assert.equal(counter.describe(), 'all 2 samples are usable');
  });
});
