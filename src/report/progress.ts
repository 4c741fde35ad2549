import cliProgress from 'cli-progress';

/** One part of a long job. */
export interface StageWeight {
  name: string;
  /** How long it takes relative to the others; default 1. Good weights make a good estimate of the time left. */
  weight?: number;
}

export interface ProgressDetail {
  loss?: number;
  pairsPerSecond?: number;
}

export interface Progress {
  /** Starts a stage of `total` steps; the stage before it counts as done. */
  stage(name: string, total: number): void;
  /** Passes over a stage that an earlier call finished: it tells nothing about how long the others take. */
  skip(name: string): void;
  /** Steps of the stage done so far, and what to show beside them. */
  update(done: number, detail?: ProgressDetail): void;
  /** A line of text that stays above the bar. */
  note(text: string): void;
  /** Ends the display of a job that is complete. */
  done(): void;
  /** Ends the display, complete or not, without a word; a bar left running would keep the process alive. */
  stop(): void;
}

export interface ProgressOptions {
  /** All stages in order, for the number of stages and the time left in all. */
  stages?: readonly (string | StageWeight)[];
  /** Where to write; a bar on a terminal, plain lines elsewhere. Default: under the cell of a notebook, or standard error. */
  stream?: NodeJS.WriteStream;
  /** A line that changes in place. Default: one under the cell, in a notebook and without a `stream`. */
  place?: { text(line: string): void } | null;
  /** Seconds between plain lines, default 10, or between changes in place, default 0.5. */
  every?: number;
  /** The clock in milliseconds, for tests. */
  now?: () => number;
}

/**
 * Shows how far a long job is: stage, steps, loss, pairs per second and the time left, for the stage and in all. On a
 * terminal it is a bar, in a notebook one line that changes in place, in a log or a pipe one plain line about every ten
 * seconds.
 */
export function createProgress(options: ProgressOptions = {}): Progress {
  const { stream = process.stderr, now = Date.now } = options;
  const { place = options.stream || !inNotebook() ? null : lineUnderCell() } = options;
  const { every = place ? 0.5 : 10 } = options;
  const clock = createClock(options.stages ?? [], now);
  const bar = stream.isTTY && !place ? createBar(stream) : null;
  let lastLine = Number.NEGATIVE_INFINITY;
  let total = 0;
  let running = false;

  const print = (line: string) => stream.write(`${line}\n`);
  const show = (line: string) => (place ? place.text(line) : print(line));
  const finishStage = () => {
    if (bar && running) bar.stop();
    running = false;
  };
  return {
    stage(name, steps) {
      finishStage();
      clock.start(name, steps);
      total = steps;
      running = true;
      lastLine = now();
      if (bar) bar.start(steps, 0, { text: clock.title(), detail: '' });
      else show(`${clock.title()}: started`);
    },
    skip(name) {
      finishStage();
      clock.skip(name);
      show(`${clock.title()}: finished before`);
    },
    update(done, detail = {}) {
      clock.update(done);
      if (bar) bar.update(done, { text: clock.title(), detail: describe(detail, clock.timeLeft()) });
      else if (now() - lastLine >= 1000 * every || done >= total) {
        lastLine = now();
        show(`${clock.title()}: ${done}/${total}${describe(detail, clock.timeLeft())}`);
      }
    },
    note(text) {
      if (bar && running) bar.stop();
      print(text);
      if (bar && running) bar.start(total, clock.position(), { text: clock.title(), detail: '' });
    },
    done() {
      finishStage();
      show(`done in ${formatDuration(clock.elapsed())}`);
    },
    stop: finishStage,
  };
}

/** Loaded in a notebook alone: nothing else displays. */
function lineUnderCell(): NonNullable<ProgressOptions['place']> {
  return (require('./display') as typeof import('./display')).changingText();
}

/** Whether a cell of tslab's is what runs this: it leaves this name in every kernel. */
function inNotebook(): boolean {
  return '__tslab__' in globalThis;
}

function createBar(stream: NodeJS.WriteStream): cliProgress.SingleBar {
  return new cliProgress.SingleBar(
    {
      format: '{text} {bar} {value}/{total}{detail}',
      barsize: 24,
      stream,
      hideCursor: true,
      fps: 5,
      linewrap: false,
    },
    cliProgress.Presets.shades_classic,
  );
}

/** Keeps the times of the stages, in milliseconds. */
function createClock(stages: readonly (string | StageWeight)[], now: () => number) {
  const plan = stages.map((stage) => (typeof stage === 'string' ? { name: stage } : stage));
  const weights = plan.map((stage) => stage.weight ?? 1);
  const begun = now();
  let stageBegun = begun;
  let index = -1;
  let current = { name: '', total: 0, done: 0 };

  return {
    start(name: string, total: number) {
      index++;
      stageBegun = now();
      current = { name, total, done: 0 };
    },
    skip(name: string) {
      index++;
      weights[index] = 0;
      current = { name, total: 0, done: 0 };
    },
    update(done: number) {
      current.done = done;
    },
    position: () => current.done,
    elapsed: () => now() - begun,
    title: () =>
      plan.length > 1 ? `[${index + 1}/${Math.max(plan.length, index + 1)}] ${current.name}` : current.name,
    /** Milliseconds left in the stage, and in all if there is a plan; null before the first step. */
    timeLeft(): { stage: number; all: number | null } | null {
      const share = current.total > 0 ? current.done / current.total : 0;
      if (share <= 0) return null;
      const stage = ((now() - stageBegun) * (1 - share)) / share;
      if (index >= plan.length || plan.length < 2) return { stage, all: null };
      const finished = weights.slice(0, index).reduce((sum, weight) => sum + weight, 0);
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      const overall = (finished + share * weights[index]) / all;
      return { stage, all: ((now() - begun) * (1 - overall)) / overall };
    },
  };
}

function describe(
  { loss, pairsPerSecond }: ProgressDetail,
  left: { stage: number; all: number | null } | null,
): string {
  const parts = [
    loss === undefined ? '' : `loss ${loss.toFixed(3)}`,
    pairsPerSecond === undefined ? '' : `${Math.round(pairsPerSecond)} pairs/s`,
    left ? `${formatDuration(left.stage)} left` : '',
    left?.all != null ? `${formatDuration(left.all)} in all` : '',
  ].filter(Boolean);
  return parts.length ? `, ${parts.join(', ')}` : '';
}

/** `45 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}
