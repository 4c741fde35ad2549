import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environment } from '../environment.mjs';
import { root, venv } from '../paths.mjs';

const file = join(venv, 'share', 'jupyter', 'kernels', 'tslab', 'kernel.json');

/** The TypeScript kernel, registered in the virtual environment only: other Jupyters on the machine do not see it. */
export const kernel = {
  doing: 'registering the TypeScript kernel with Jupyter',
  isDone: () => existsSync(file) && readFileSync(file, 'utf8') === specification(),
  async work() {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, specification());
  },
};

function specification() {
  const script = join(root, 'setup', 'kernel.cjs');
  const kernelJson = {
    argv: [process.execPath, script, 'kernel', '--config-path', '{connection_file}'],
    display_name: 'TypeScript',
    language: 'typescript',
    env: environment({}),
  };
  return `${JSON.stringify(kernelJson, null, 2)}\n`;
}
