import { writeFileSync } from 'node:fs';
import { chooseBackend } from './backend.mjs';
import { takeLock } from './lock.mjs';
import { choiceFile, logFile } from './paths.mjs';
import { Problem } from './problem.mjs';
import { step, warn } from './say.mjs';
import { binding } from './steps/binding.mjs';
import { jupyter, python } from './steps/jupyter.mjs';
import { kernel } from './steps/kernel.mjs';
import { kernels } from './steps/kernels.mjs';
import { packages } from './steps/packages.mjs';
import { quiet } from './steps/quiet.mjs';
import { tensorflow } from './steps/tensorflow.mjs';

/**
 * Sets clipbook up: npm packages, TensorFlow's library and its binding, JupyterLab, the TypeScript kernel. Every step
 * looks first whether it is done, and leaves its mark only when it is complete, so this may be run, and cut off, any
 * number of times. It uses Node's built-ins only, for it runs before anything is installed.
 */
async function main() {
  const start = performance.now();
  console.log('Setting up clipbook');
  await takeLock();
  writeFileSync(logFile, '');
  const { wheel, ...choice } = chooseBackend();
  const hasPackages = step('packages', packages);
  const hasPython = step('python', python);
  const withoutLaboratory = laboratory(hasPackages, hasPython).then(() => null, expectProblem);
  await allOf([hasPackages, wheel && engine(wheel, hasPackages, hasPython), withoutLaboratory]);
  writeFileSync(choiceFile, `${JSON.stringify(choice, null, 2)}\n`);
  if (choice.backend === 'wasm' && process.env.CLIPBOOK_BACKEND !== 'wasm') {
    warn(`${choice.reason}; clipbook runs on the wasm backend, which is several times slower.`);
  }
  const missing = await withoutLaboratory;
  if (missing) warn(`${missing.message} Until then "npm run lab" does not work; everything else does.`);
  console.log(`Set-up is complete (${((performance.now() - start) / 1000).toFixed(1)} s).\n`);
}

/** What computes: needs the packages to compile in, and Python's pip to download with. */
async function engine(wheel, hasPackages, hasPython) {
  const library = tensorflow(wheel);
  if (!library.isDone()) await hasPython;
  await step('tensorflow', library);
  await hasPackages;
  await step('binding', binding(wheel));
  await step('fusion', kernels(wheel));
  await step('quiet', quiet);
}

/** What notebooks need and nothing else does. */
async function laboratory(hasPackages, hasPython) {
  await hasPython;
  await step('jupyter', jupyter);
  await hasPackages;
  await step('kernel', kernel);
}

function expectProblem(error) {
  if (!(error instanceof Problem)) throw error;
  return error;
}

/** Waits for all, so that nothing is left running, and then fails with the first failure. */
async function allOf(tasks) {
  const results = await Promise.allSettled(tasks);
  const failure = results.find(({ status }) => status === 'rejected');
  if (failure) throw failure.reason;
}

main().catch((error) => {
  console.error(error instanceof Problem ? `\n${error.message}` : error);
  process.exitCode = 1;
});
