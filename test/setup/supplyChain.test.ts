import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/data/projectRoot';

interface Locked {
  version?: string;
  integrity?: string;
  link?: boolean;
  license?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const read = (name: string) => readFileSync(join(projectRoot(), name), 'utf8');
const own = JSON.parse(read('package.json'));
const { '': root, ...packages }: Record<string, Locked> = JSON.parse(read('package-lock.json')).packages;
const entries = Object.entries(packages);

/** Version ranges of the registry: no addresses, no repositories, no files, no other package under the name. */
const RANGE = /^[\^~]?\d+\.\d+\.\d+(-[\w.]+)?$/;

/** A new package is a decision: it is counted here. */
const MOST_DIRECT = 23;
/** The lock file names koffi's binaries for all 20 platforms; one of them is installed. */
const MOST_PACKAGES = 660;

/** Under these anybody may use and change clipbook; libvips (LGPL) is a library of its own that sharp loads. */
const LICENCES =
  /^\(?(MIT|Apache[- ]2\.0|ISC|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|Unlicense|Zlib|Python-2\.0|PSF-2\.0|LGPL-3\.0-or-later|MPL-2\.0|AFL-2\.1)( (AND|OR) .+)?\)?$/;

/** Their package.json names none; their files do: BSD-3-Clause of Mapbox GL JS 1, MIT of the others. */
const IN_A_FILE = [
  ...['@plotly/mapbox-gl', 'mapbox-gl', '@mapbox/jsonlint-lines-primitives'],
  ...['xtend', 'stack-trace', 'typed-function'],
];

describe('what clipbook is built from', () => {
  it('comes from the registry, as package.json and the lock file both say', () => {
    for (const kind of ['dependencies', 'devDependencies'] as const) {
      assert.deepEqual(own[kind], root[kind], `the lock file's ${kind}`);
      for (const [name, range] of Object.entries<string>(own[kind])) assert.match(range, RANGE, name);
    }
    for (const [name, forced] of Object.entries<Record<string, string>>(own.overrides)) {
      for (const version of Object.values(forced)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
    }
  });

  it('is locked to the byte: one version and a SHA-512 for each package', () => {
    for (const [path, { version = '', integrity = '', link }] of entries) {
      assert.match(version, /^\d+\.\d+\.\d+(-[\w.-]+)?$/, path);
      assert.match(integrity, /^sha512-[A-Za-z\d+/]{86}==$/, path);
      assert.equal(link, undefined, path);
    }
  });

  it('runs nothing while it is installed', () => {
    const settings = read('.npmrc').split('\n');
    assert.ok(settings.includes('ignore-scripts=true'));
    assert.deepEqual(
      settings.filter((line) => /registry=|_auth|:\/\//.test(line)),
      [],
    );
  });

  it('is few packages', () => {
    const direct = Object.keys(own.dependencies);
    assert.ok(direct.length <= MOST_DIRECT, `${direct.length} dependencies`);
    assert.ok(entries.length <= MOST_PACKAGES, `${entries.length} packages`);
  });

  it('has licences that let it be used', () => {
    const unknown = entries.filter(([path, { license }]) => {
      const name = path.replace(/^.*node_modules\//, '');
      return !IN_A_FILE.includes(name) && !LICENCES.test(license ?? '');
    });
    assert.deepEqual(
      unknown.map(([path, { license }]) => `${path}: ${license}`),
      [],
    );
  });

  it('takes Python packages of one version each, from the index that pip is set to', () => {
    const lines = read('setup/requirements.txt')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines)
      assert.match(line, /^[A-Za-z\d._-]+==\d[\w.]*(; (python_version|sys_platform) (<|!=) "[\w.]+")?$/);
    assert.ok(lines.length > 50);
  });
});

interface Source {
  repository?: string;
  address?: string;
  sha256: string | null;
}

/** Their publishers say no checksum: the first download's is remembered, and holds from then on. */
const WITHOUT_CHECKSUM = /^https:\/\/dl\.fbaipublicfiles\.com\/MMPT\/metaclip\/|^undefined$/;

describe('published weights', () => {
  it('are proven by a checksum: a published one, or what the Hugging Face Hub says of its file', () => {
    const { weights } = JSON.parse(read('data/models/weights.json'));
    const tags = Object.values<Record<string, { sources: Source[] }>>(weights).flatMap((model) =>
      Object.values(model),
    );
    const sources = tags.flatMap(({ sources }) => sources).filter(({ repository }) => !repository);
    for (const { address, sha256 } of sources) {
      if (sha256) assert.match(sha256, /^[0-9a-f]{8,64}$/, address);
      else assert.match(`${address}`, WITHOUT_CHECKSUM);
    }
    assert.ok(tags.length > 90 && sources.length > 30);
  });
});
