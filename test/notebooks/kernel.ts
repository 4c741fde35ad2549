import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../src/data/projectRoot';
import { python } from './python';

/** What came of a cell. */
export interface CellResult {
  status: 'ok' | 'error' | 'abort' | 'unfinished';
  seconds: number;
  outputs: { type: string; content: Record<string, unknown> }[];
}

export interface Kernel {
  /** Runs a cell; `interrupt`: seconds after which it is interrupted, again and again; `limit`: seconds to wait for its end, default 60. */
  run(code: string, options?: { interrupt?: number; limit?: number }): Promise<CellResult>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the TypeScript kernel as Jupyter does, in a folder: default `notebooks/`. */
export function startKernel(folder = join(projectRoot(), 'notebooks')): Kernel {
  const driver = spawn(python, [join(__dirname, 'kernel.py'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: driver.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => driver.once('close', () => resolve()));

  const ask = async (order: object) => {
    driver.stdin.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('The driver of the kernel ended early: its message stands above.');
    return JSON.parse(value);
  };
  return {
    run: (code, { interrupt, limit = 60 } = {}) => ask({ run: code, interrupt, limit }),
    restart: () => ask({ restart: true }),
    async stop() {
      driver.stdin.end();
      await ended;
    },
  };
}

/** What a cell wrote to one of its two streams. */
export function written({ outputs }: CellResult, stream: 'stdout' | 'stderr'): string {
  const parts = outputs.filter(({ type, content }) => type === 'stream' && content.name === stream);
  return parts.map(({ content }) => content.text).join('');
}
