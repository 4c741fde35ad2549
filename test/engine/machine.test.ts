import assert from 'node:assert/strict';
import { describeMachine, featuresOf, gpusOf, machineKind } from '../../src/engine/machine';

describe('machineKind', () => {
  it('says how many cores of which kind, without marks and clock', () => {
    assert.match(machineKind(), /^\d+ cores?, \S/);
    assert.doesNotMatch(machineKind(), /\(R\)|\(TM\)|@| {2}/);
    assert.ok(machineKind().startsWith(`${describeMachine().cores} core`));
  });
});

describe('featuresOf and gpusOf', () => {
  it('read x86 and ARM', () => {
    assert.deepEqual(featuresOf('model : x\nflags\t\t: fpu avx2 avx512f amx_tile\n'), [
      'avx2',
      'avx512f',
      'amx_tile',
    ]);
    assert.deepEqual(featuresOf('Features\t: fp asimd bf16\n'), ['asimd', 'bf16']);
    assert.deepEqual(featuresOf(''), []);
  });

  it("take nvidia-smi's lines, and none where it is absent", () => {
    assert.deepEqual(gpusOf('NVIDIA A100\nNVIDIA A100'), ['NVIDIA A100', 'NVIDIA A100']);
    assert.deepEqual(gpusOf(null), []);
  });
});
