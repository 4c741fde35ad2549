import assert from 'node:assert/strict';
import { constant, oneCycle, type Schedule, warmupCosine } from '../../src/training/schedules';
import golden from '../golden/optimization.json';

function assertFollows(schedule: Schedule, expected: readonly number[]): void {
  expected.forEach((value, step) => {
    const error = Math.abs(schedule(step) - value);
    assert.ok(
      error <= 1e-12 * Math.max(1, Math.abs(value)),
      `step ${step}: ${schedule(step)}, expected ${value}`,
    );
  });
}

describe('warmupCosine', () => {
  const options = { peak: 5e-4, warmupSteps: 5, totalSteps: 20 };

  it("equals open_clip's cosine_lr", () =>
    assertFollows(warmupCosine(options), golden.schedules.warmupCosine));

  it('ends in the floor and stays there', () => {
    const schedule = warmupCosine({ ...options, floor: 1e-5 });
    assert.equal(schedule(20), 1e-5);
    assert.equal(schedule(1000), 1e-5);
    assert.ok(schedule(19) > 1e-5 && schedule(19) < 2e-5);
    assert.equal(schedule(5), 5e-4);
  });

  it('may warm up for the whole run, or not at all', () => {
    assert.equal(warmupCosine({ peak: 1, warmupSteps: 4, totalSteps: 4 })(3), 1);
    assert.equal(warmupCosine({ peak: 1, warmupSteps: 0, totalSteps: 4 })(0), 1);
  });

  it('refuses a warm-up longer than the run', () => {
    assert.throws(() => warmupCosine({ ...options, warmupSteps: 21 }), /takes 21 steps of a run of 20/);
  });
});

describe('constant', () => {
  it("equals open_clip's const_lr", () => {
    assertFollows(constant({ peak: 5e-4, warmupSteps: 5 }), golden.schedules.constant);
  });
});

describe('oneCycle', () => {
  it("equals PyTorch's OneCycleLR with its defaults", () => {
    const { learningRate, momentum } = oneCycle({ peak: 1e-3, totalSteps: 20 });
    assertFollows(learningRate, golden.schedules.oneCycle.learningRate);
    assertFollows(momentum, golden.schedules.oneCycle.momentum);
  });

  it('equals it with every option changed and a turn between two steps', () => {
    const { learningRate, momentum } = oneCycle({
      peak: 0.1,
      totalSteps: 13,
      riseShare: 0.4,
      anneal: 'linear',
      startDivisor: 10,
      finalDivisor: 100,
      lowMomentum: 0.8,
      highMomentum: 0.9,
    });
    assertFollows(learningRate, golden.schedules.oneCycleLinear.learningRate);
    assertFollows(momentum, golden.schedules.oneCycleLinear.momentum);
  });

  it('stays at its end and survives the shortest runs', () => {
    const { learningRate } = oneCycle({ peak: 1, totalSteps: 10 });
    assert.equal(learningRate(50), learningRate(9));
    for (const totalSteps of [1, 2, 3]) {
      const schedule = oneCycle({ peak: 1, totalSteps }).learningRate;
      for (let step = 0; step < 4; step++) assert.ok(Number.isFinite(schedule(step)));
    }
  });

  it('refuses a share outside [0, 1] and a run of no steps', () => {
    assert.throws(() => oneCycle({ peak: 1, totalSteps: 10, riseShare: 30 }), /between 0 and 1, not at 30/);
    assert.throws(() => oneCycle({ peak: 1, totalSteps: 0 }), /at least 1 step, not 0/);
  });
});
