import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The folders of `src/` from the bottom up. A file imports from its own folder and from rows below it, no others. */
const LAYERS = [
  ['engine', 'files', 'distributed'],
  ['nn', 'text', 'data'],
  ['models'],
  ['losses'],
  ['training', 'evaluation', 'benchmarks'],
  ['inference'],
  ['report'],
  ['experiments', 'benchmarking'],
  ['bench'],
  ['cli'],
];

/** The packages that compute, by name: everything above the engine sees tfjs-core, and so runs on any of them. */
const BACKEND = /'@tensorflow\/(?!tfjs-core)/;

const ROOT = join(__dirname, '../src');

interface Import {
  /** Paths relative to `src/`; `to` is a package's name where nothing in `src/` is imported. */
  from: string;
  to: string;
}

const importsOf = (file: string): Import[] =>
  [
    ...readFileSync(join(ROOT, file), 'utf8').matchAll(
      /(?:\bfrom |\brequire\(|\bimport\(|^import )'([^']+)'/gm,
    ),
  ].map(([, target]) => ({
    from: file,
    to: target.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), target)) : target,
  }));

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap(importsOf);

const folderOf = (path: string) => path.split(sep)[0];
const layerOf = (path: string) => LAYERS.findIndex((folders) => folders.includes(folderOf(path)));
const asText = ({ from, to }: Import) => `${from} imports ${to}`;

describe('the layers of src/', () => {
  it('hold every folder: a new one takes its place in LAYERS', () => {
    assert.deepEqual([...new Set(files.map(folderOf))].sort(), LAYERS.flat().sort());
  });

  it('import downwards only', () => {
    const inside = imports.filter(({ to }) => layerOf(to) >= 0);
    assert.ok(inside.length > 100, `found ${inside.length} imports only: does the pattern still fit?`);
    const upwards = inside.filter(
      ({ from, to }) => layerOf(to) >= layerOf(from) && folderOf(to) !== folderOf(from),
    );
    assert.deepEqual(upwards.map(asText), []);
  });

  it('leave the choice of a backend to the engine', () => {
    const named = files.filter((file) => BACKEND.test(readFileSync(join(ROOT, file), 'utf8')));
    assert.deepEqual([...new Set(named.map(folderOf))], ['engine'], `named in ${named.join(', ')}`);
  });

  it('reach the notebook kernel from the display alone', () => {
    assert.deepEqual(imports.filter(({ to }) => to === 'tslab').map(asText), [
      'report/display.ts imports tslab',
    ]);
  });
});
