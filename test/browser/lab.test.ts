import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { venvPython } from '../../src/cli/parts';
import { projectRoot } from '../../src/data/projectRoot';
import { temporaryFolder } from '../data/fixtures';
import { openPage, type Page, skipWithoutChromium } from './chromium';

const TOKEN = 'clipbook-browser-test';

/** A free port of this machine, as it was a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** JupyterLab on the project, with settings of its own in an empty folder. */
async function startLab(port: number, folder: string): Promise<ChildProcess> {
  const options = [
    `--ServerApp.root_dir=${projectRoot()}`,
    `--ServerApp.port=${port}`,
    `--IdentityProvider.token=${TOKEN}`,
    ...['--no-browser', '--allow-root', '--expose-app-in-browser', '--ServerApp.port_retries=0'],
  ];
  const own = Object.fromEntries(
    ['JUPYTER_CONFIG_DIR', 'JUPYTER_DATA_DIR', 'JUPYTER_RUNTIME_DIR', 'JUPYTERLAB_WORKSPACES_DIR'].map(
      (name) => [name, join(folder, name)],
    ),
  );
  const lab = spawn(venvPython, ['-m', 'jupyterlab', ...options], {
    stdio: 'ignore',
    env: { ...process.env, ...own },
  });
  for (let second = 0; second < 60; second++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/status?token=${TOKEN}`).catch(() => null);
    if (answer?.ok) return lab;
    await setTimeout(1000);
  }
  lab.kill();
  throw new Error('Expected JupyterLab to answer within a minute, but it did not.');
}

/** A minute: CLIPBOOK_SLOW=1. */
describe('a notebook in JupyterLab, in a browser', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();
  let lab: ChildProcess | undefined;
  let page: Page | undefined;
  let port: number;

  before(async function () {
    if (!process.env.CLIPBOOK_SLOW) this.skip();
    skipWithoutChromium.call(this);
    if (!existsSync(venvPython)) this.skip();
    port = await freePort();
    lab = await startLab(port, folder);
    page = await openPage();
  });

  after(async () => {
    await page?.close();
    if (!lab) return;
    const ended = new Promise((resolve) => lab!.once('exit', resolve));
    lab.kill('SIGTERM');
    await ended;
  });

  it('runs, draws a figure, and draws it anew where its slider is moved to', async () => {
    const own = page!;
    await own.goto(`http://127.0.0.1:${port}/lab/tree/test/browser/slider.ipynb?token=${TOKEN}`);
    await own.until(`window.jupyterapp?.shell.currentWidget?.context?.isReady`, 60);
    await own.until(
      `window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'`,
      60,
    );
    await own.evaluate(`jupyterapp.commands.execute('notebook:run-all-cells').then(() => 0)`);
    await own.until(`document.querySelector('.js-plotly-plot .js-line')`, 60);
    const drawn = () =>
      own.evaluate<{ y: number[]; path: string; shown: string }>(`(() => {
        const plot = document.querySelector('.js-plotly-plot');
        const path = plot.querySelector('.js-line').getAttribute('d');
        return { y: [...plot.data[0].y], path, shown: document.querySelector('output').textContent };
      })()`);
    const before = await drawn();
    assert.deepEqual([before.y, before.shown], [[0, 1, 2], '1']);

    await own.evaluate(`document.querySelector('input[type=range][name=slope]').focus()`);
    await own.press('ArrowRight');
    await own.press('ArrowRight');
    await own.until(`document.querySelector('output').textContent === '3'`);
    const after = await drawn();
    assert.deepEqual(after.y, [0, 3, 6]);
    assert.ok(steepness(after.path) > 2.9 * steepness(before.path), `${before.path}, then ${after.path}`);

    const leaving = own.requests.filter((url) => !/^(?:https?|wss?):\/\/127\.0\.0\.1/.test(url));
    assert.deepEqual(leaving, []);
  });
});

/** How many pixels a drawn line rises: `M0,300L200,150L400,0`. */
function steepness(path: string): number {
  const heights = [...path.matchAll(/[\d.]+,([\d.]+)/g)].map(([, height]) => Number(height));
  return heights[0] - heights.at(-1)!;
}
