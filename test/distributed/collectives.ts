import assert from 'node:assert/strict';
import { openCommunicator } from '../../src/distributed';

/** What each rank of collectives.test.ts is: compares every call with what plain arithmetic gives. */
const communicator = openCommunicator();
const { rank, size } = communicator;
const ranks = Array.from({ length: size }, (_, each) => each);
assert.equal(size, Number(process.argv[2]));

/** Small whole numbers, so that sums are exact. */
const number = (of: number, place: number) => ((of * 31 + place * 7) % 101) - 50;
const valuesOf = (of: number, length: number) => Float32Array.from({ length }, (_, i) => number(of, i));

// One more than a bucket, and odd; a part of a larger array; nothing.
for (const length of [0, 1, 3, 1001, 25 * 2 ** 18 + 1]) {
  const values = new Float32Array(length + 2).fill(7);
  values.set(valuesOf(rank, length), 1);
  communicator.sumInPlace(values.subarray(1, length + 1));
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (const each of ranks) sum += number(each, i);
    if (values[i + 1] !== sum) assert.fail(`${length} numbers: entry ${i} is ${values[i + 1]}, not ${sum}`);
  }
  assert.deepEqual([values[0], values.at(-1)], [7, 7]);
}

for (const lengths of [
  ranks.map(() => 5),
  ranks.map((each) => each * 3),
  ranks.map((each) => (each === 0 ? 4 : 0)),
]) {
  const expected = ranks.flatMap((each) => [...valuesOf(each, lengths[each])]);
  assert.deepEqual([...communicator.gather(valuesOf(rank, lengths[rank]))], expected);
}

const said = { text: 'Grüße 🦊', list: [1, null, { deep: true }], long: 'x'.repeat(100_000) };
assert.deepEqual(communicator.broadcast(rank === 0 ? said : null), said);
assert.equal(communicator.broadcast(rank === 0 ? null : 1), null);

const before = communicator.bytesSent;
communicator.sumInPlace(new Float32Array(10));
assert.equal(communicator.bytesSent - before, 40);

communicator.barrier();
communicator.close();
console.log(`rank ${rank} agrees`);
