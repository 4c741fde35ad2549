import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchModels, readBench, readProfiles, savedBench, writeBench } from '../../src/bench';
import { timeOwnSteps } from '../../src/bench/ownSteps';
import { ownStepsTable } from '../../src/bench/ownStepsTable';
import { ratioFigure } from '../../src/bench/ratioFigure';
import { savedScalingPanels } from '../../src/bench/savedScaling';
import { costOf } from '../../src/bench/scaling';
import { SCALINGS, trainingStep } from '../../src/bench/scalings';
import { startEngine } from '../../src/engine';
import { renderText, staticSvg } from '../../src/report';
import { temporaryFolder } from '../data/fixtures';
import { assertReadable } from '../report/svgTexts';

const own = { task: 'a step', by: 'clipbook', seconds: { median: 2, low: 2, high: 2 } };
const peer = { ...own, by: 'open_clip', ratio: { median: 2, low: 0.5, high: 4 } };

describe('saved measurements', () => {
  const folder = temporaryFolder();

  it('are read as they were written', () => {
    const saved = savedBench(
      { title: 'Step', settings: {}, rows: [own, peer] },
      { rounds: 1, threads: 2, quick: true },
    );
    writeBench(folder, 'training', saved);
    assert.deepEqual(readBench('training', folder), saved);
  });

  it('are the committed ones unless another folder is named', () => {
    for (const name of ['training', 'embedding', 'loading', 'zero-shot', 'start']) {
      assert.ok(
        readBench(name).measured.rows.some(({ ratio }) => ratio),
        name,
      );
    }
    const [profile] = readProfiles();
    assert.ok(profile.operations.get('BatchMatMulV2')!.cpuMs > 0);
    assert.ok(profile.peak > 0 && profile.products > 0);
  });

  it('are refused where they are something else', () => {
    mkdirSync(join(folder, 'odd'));
    writeFileSync(join(folder, 'odd', 'training.json'), '{"measured": 1}');
    writeFileSync(join(folder, 'odd', 'profile.json'), '[1]');
    assert.throws(
      () => readBench('training', join(folder, 'odd')),
      /training\.json".*a measurement with rows/,
    );
    assert.throws(() => readProfiles(join(folder, 'odd')), /profile\.json".*expected profiles/);
  });

  it('become the panels of their scalings', () => {
    const saved = readBench('scaling');
    const panels = savedScalingPanels(saved, 'time');
    assert.deepEqual(
      panels.map(({ title, points }) => [title, points.map(({ size }) => size)]),
      SCALINGS.map(({ title, sizes }) => [title, sizes]),
    );
    const last = saved.measured.rows.at(-1)!;
    assert.equal(panels.at(-1)!.points.at(-1)!.cost, 1000 * last.seconds.median);
    assert.equal(savedScalingPanels(saved, 'memory').at(-1)!.points.at(-1)!.cost, last.peakMib);
    const none = { ...saved, measured: { ...saved.measured, rows: [] } };
    assert.throws(() => savedScalingPanels(none, 'time'), /rows of "pairs in a batch"/);
  });
});

describe('ratioFigure', () => {
  const figure = ratioFigure({
    id: 'ratios',
    title: 'Clipbook and its peers',
    rows: [own, peer, { ...peer, by: 'another', ratio: { median: 0.8, low: 0.7, high: 0.9 } }],
  });

  it('draws peers alone, with the range of their rounds', () => {
    const [line, first, second] = figure.data as { x: number[]; name?: string; error_x?: object }[];
    assert.deepEqual([line.x, first.x, second.x], [[1, 1], [2], [0.8]]);
    assert.deepEqual([first.name, second.name], ['against open_clip', 'against another']);
    const { array, arrayminus } = first.error_x as { array: number[]; arrayminus: number[] };
    assert.deepEqual([array, arrayminus], [[2], [1.5]]);
  });

  it('is drawn without a browser, with every name and number inside', () => {
    const svg = staticSvg(figure);
    assertReadable(svg);
    for (const text of ['a step', '× 2.00', '× 0.80', 'against another']) assert.ok(svg.includes(text), text);
  });

  it('asks for a ratio', () => {
    assert.throws(
      () => ratioFigure({ id: 'none', title: 'None', rows: [own] }),
      /rows with a ratio, found none/,
    );
  });
});

describe('steps of clipbook', function () {
  this.timeout(60_000);

  it('take as long as they take, the same with kernels and without', async () => {
    const [model] = benchModels(['mini'], true);
    const step = { model: { ...model, batch: 4 }, precision: 'f32', texts: 'real' } as const;
    const rows = await timeOwnSteps(
      [
        { ...step, name: 'fused' },
        { ...step, name: 'plain', plain: true },
      ],
      { rounds: 1, threads: 2, work: temporaryFolder(), tell: () => {} },
    );
    const [fused, plain] = rows;
    assert.deepEqual([fused.name, plain.name, fused.ratio.median], ['fused', 'plain', 1]);
    assert.ok(Math.abs(fused.loss - plain.loss) < 1e-4 * fused.loss, `${fused.loss} and ${plain.loss}`);
    assert.notEqual(fused.loss, plain.loss, 'to the last bit: the kernels ran in both');
    assert.ok(plain.cpuSeconds.median > 0 && plain.peakMib !== 0);
  });

  it('stand beside each other in a table', () => {
    const cost = { cpuSeconds: { median: 0.2, low: 0.1, high: 0.3 }, peakMib: null, loss: 4.5 };
    const ratio = { median: 2, low: 1.5, high: 2.5 };
    const text = renderText(ownStepsTable('Steps', [{ ...cost, name: 'fused', ratio }]));
    assert.match(text, /fused │ +200 │ +2\.00 │ +1\.50–2\.50 │ +4\.50000 │/);
  });

  it('hold less at a time in chunks', async () => {
    await startEngine();
    const mibOf = async (chunk?: number) => {
      const { work, dispose } = trainingStep(32, chunk);
      const { mib } = await costOf(work, 1);
      dispose();
      return mib;
    };
    const [whole, chunks] = [await mibOf(), await mibOf(8)];
    assert.ok(chunks < 0.6 * whole, `${chunks} of ${whole} MiB`);
  });
});
