import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { projectRoot } from '../src/data/projectRoot';
import { temporaryFolder } from './data/fixtures';

/** The pages that say how something is added, beside what it is added to. */
const GUIDES = ['losses', 'training/systems', 'experiments', 'benchmarks'].map(
  (folder) => `src/${folder}/README.md`,
);

/** A file that a guide shows: a block of TypeScript that begins with its path. */
interface Block {
  guide: string;
  path: string;
  code: string;
}

const root = projectRoot();
const blocks = GUIDES.flatMap((guide) => blocksOf(guide, readFileSync(join(root, guide), 'utf8')));
const folder = temporaryFolder();
for (const block of blocks) writeBlock(block);
/** The guides' own tests become part of this run. */
for (const { path } of blocks.filter((block) => block.path.endsWith('.test.ts'))) require(join(folder, path));

function blocksOf(guide: string, text: string): Block[] {
  return [...text.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(([, path, code]) => ({
    guide,
    path,
    code,
  }));
}

/** Writes a block outside the project, as if it stood at its path: imports lead to other blocks, or to the project. */
function writeBlock({ path, code }: Block): void {
  const placed = code.replace(/ from '([^']+)'/g, (whole, name: string) => {
    if (name.startsWith('node:')) return whole;
    if (!name.startsWith('.')) return ` from '${join(root, 'node_modules', name)}'`;
    const target = join(dirname(path), name);
    const isBlock = blocks.some((other) => other.path === `${target}.ts`);
    return ` from '${isBlock ? join(folder, target) : resolve(root, target)}'`;
  });
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), placed);
}

describe('the guides', () => {
  for (const guide of GUIDES) {
    it(`${guide} shows a file that does not exist yet, and its test`, () => {
      const own = blocks.filter((block) => block.guide === guide).map(({ path }) => path);
      assert.equal(own.length, 2);
      assert.ok(own[0].startsWith(`${dirname(guide)}/`) && own[1].startsWith('test/'), own.join(', '));
      assert.deepEqual(
        own.filter((path) => existsSync(join(root, path))),
        [],
      );
    });

    it(`${guide} links to files that exist`, () => {
      const text = readFileSync(join(root, guide), 'utf8');
      const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link);
      assert.ok(links.length > 2);
      assert.deepEqual(
        links.filter((link) => !existsSync(join(root, dirname(guide), link))),
        [],
      );
    });
  }

  it('show code that the compiler takes', function () {
    this.timeout(120_000);
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
    const own = blocks.map(({ path }) => join(folder, path));
    const typeRoots = [join(root, 'node_modules/@types')];
    const program = ts.createProgram(own, { ...options, typeRoots });
    const found = own.flatMap((path) => program.getSemanticDiagnostics(program.getSourceFile(path)));
    assert.deepEqual(
      found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
      [],
    );
  });
});
