import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './launch.mjs';
import { root, venvPython } from './paths.mjs';

/**
 * Opens JupyterLab on the first notebook; what follows `npm run lab --` goes to it. Its root is the project's folder, so
 * that links from a notebook to the sources open there.
 */
const first = 'notebooks/00-start-here.ipynb';

/** Jupyter refuses to run as root, and waits for a browser where there is none, unless told otherwise. */
function ofThisMachine({ platform, env, getuid }) {
  const hasDisplay = platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME;
  return [getuid?.() === 0 ? '--allow-root' : null, hasDisplay ? null : '--no-browser'].filter(Boolean);
}

if (existsSync(venvPython)) {
  launch(venvPython, [
    ...['-m', 'jupyterlab', `--ServerApp.root_dir=${root}`],
    ...(existsSync(join(root, first)) ? [`--LabApp.default_url=/lab/tree/${first}`] : []),
    ...ofThisMachine(process),
    ...process.argv.slice(2),
  ]);
} else {
  console.error('JupyterLab is not installed; run "npm run setup" and see what it says about Jupyter.');
  process.exitCode = 1;
}
