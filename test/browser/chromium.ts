import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

/** Where Debian, Fedora, macOS and a variable of one's own have it. */
const PLACES = [
  process.env.CLIPBOOK_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A browser's path; undefined where there is none. */
export const chromiumPath = PLACES.find((place) => place && existsSync(place));

/** Skips a suite in a sentence where there is no browser. */
export function skipWithoutChromium(this: Mocha.Context): void {
  if (chromiumPath) return;
  console.log('      no Chromium here: install it, or name it in CLIPBOOK_CHROMIUM');
  this.skip();
}

/** An open page, driven by the DevTools protocol. */
export interface Page {
  /** Opens an address and waits for the page's `load`. */
  goto(url: string): Promise<void>;
  /** A JavaScript expression's value, JSON; promises are awaited. @throws what the expression throws */
  evaluate<Value>(expression: string): Promise<Value>;
  /** Waits until an expression is truthy. @throws after `seconds` */
  until(expression: string, seconds?: number): Promise<void>;
  /** Presses and releases a key, by its name in `KeyboardEvent.key`, where the focus is. */
  press(key: string): Promise<void>;
  /** Shows the page as to a reader who prefers this. */
  prefer(scheme: 'light' | 'dark'): Promise<void>;
  /** Every address asked for so far, data and blob aside. */
  readonly requests: readonly string[];
  /** What the page threw, and what the console says is wrong. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts a browser without a window and opens a page in it.
 *
 * @param options.offline nothing but files of this machine can be reached
 */
export async function openPage({ offline = false } = {}): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'clipbook-chromium-'));
  const child = spawn(
    chromiumPath!,
    ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run']
      .concat(`--user-data-dir=${profile}`, '--remote-debugging-pipe', '--window-size=1280,1600')
      .concat(offline ? ['--host-resolver-rules=MAP * ~NOTFOUND'] : []),
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const protocol = speak(child);
  const { targetId } = await protocol.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await protocol.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method: string, params = {}) => protocol.send(method, params, sessionId as string);
  const { requests, errors } = await watch(protocol, send);
  if (offline) {
    const none = { latency: 0, downloadThroughput: 0, uploadThroughput: 0 };
    await send('Network.emulateNetworkConditions', { offline: true, ...none });
  }
  const evaluate = async <Value>(expression: string): Promise<Value> => {
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send('Runtime.evaluate', asked);
    if (exceptionDetails) throw new Error(`${expression.slice(0, 200)}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: Value }).value;
  };
  return {
    requests,
    errors,
    evaluate,
    async goto(url) {
      const loaded = protocol.once('Page.loadEventFired');
      await send('Page.navigate', { url });
      await loaded;
    },
    async until(expression, seconds = 20) {
      const end = Date.now() + 1000 * seconds;
      while (!(await evaluate(`Boolean(${expression})`).catch(() => false))) {
        if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain for ${expression}`);
        await setTimeout(100);
      }
    },
    async press(key) {
      const codes: Record<string, number> = { ArrowRight: 39, ArrowLeft: 37, End: 35, Home: 36 };
      const event = { key, code: key, windowsVirtualKeyCode: codes[key] };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    },
    async prefer(scheme) {
      const features = [{ name: 'prefers-color-scheme', value: scheme }];
      await send('Emulation.setEmulatedMedia', { features });
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await protocol.send('Browser.close').catch(() => child.kill());
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

type Answer = Record<string, unknown>;
type Send = (method: string, params?: Answer) => Promise<Answer>;

interface Protocol {
  send(method: string, params?: Answer, sessionId?: string): Promise<Answer>;
  on(method: string, act: (params: Answer) => void): void;
  once(method: string): Promise<Answer>;
}

/** Messages over the browser's third and fourth stream, JSON that ends with a zero byte. */
function speak(child: ChildProcess): Protocol {
  const [to, from] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  const listeners = new Map<string, ((params: Answer) => void)[]>();
  let [id, text] = [0, ''];
  from.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (text + chunk).split('\0');
    text = messages.pop()!;
    for (const message of messages.map((one) => JSON.parse(one))) {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) asked?.reject(new Error(message.error.message));
      else asked?.resolve(message.result);
      for (const act of listeners.get(message.method) ?? []) act(message.params);
    }
  });
  const on: Protocol['on'] = (method, act) => {
    listeners.set(method, [...(listeners.get(method) ?? []), act]);
  };
  return {
    on,
    once: (method) => new Promise((resolve) => on(method, resolve)),
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        waiting.set(++id, { resolve, reject });
        to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      }),
  };
}

async function watch(protocol: Protocol, send: Send): Promise<{ requests: string[]; errors: string[] }> {
  const [requests, errors]: [string[], string[]] = [[], []];
  protocol.on('Network.requestWillBeSent', ({ request }) => {
    const { url } = request as { url: string };
    if (!/^(?:data|blob):/.test(url)) requests.push(url);
  });
  protocol.on('Runtime.exceptionThrown', ({ exceptionDetails }) =>
    errors.push(JSON.stringify(exceptionDetails)),
  );
  protocol.on('Log.entryAdded', ({ entry }) => {
    const { level, text, url } = entry as { level: string; text: string; url?: string };
    if (level === 'error') errors.push(`${text} ${url ?? ''}`);
  });
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await send(`${domain}.enable`);
  return { requests, errors };
}
