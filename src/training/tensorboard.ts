import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole, writing } from '../files';
import { frameRecord } from './tfRecord';

export interface TensorBoardWriter {
  /** One point for each named curve; a `/` in a name groups curves. The event has left the process on return. */
  scalars(step: number, values: Record<string, number>): void;
  /** Path of the event file. */
  path: string;
  close(): void;
}

export interface TensorBoardOptions {
  /** For a resumed run, its first new step: TensorBoard then drops what earlier files hold from there on. */
  firstStep?: number;
  /** Seconds since 1970; the clock unless a test needs fixed ones. */
  now?: () => number;
}

/**
 * Starts a new TensorBoard event file in the folder, which is created where it does not exist.
 *
 * @throws {DiskError} where the disk does not take it, as `scalars` does
 */
export function createTensorBoardWriter(
  folder: string,
  { firstStep, now = () => Date.now() / 1000 }: TensorBoardOptions = {},
): TensorBoardWriter {
  writing(folder, () => mkdirSync(folder, { recursive: true }));
  const path = join(folder, uniqueName(now()));
  const descriptor = writing(path, () => openSync(path, 'wx'));
  const write = (step: number, ...content: Buffer[]) => {
    const record = frameRecord(encodeEvent(now(), step, content));
    writing(path, () => writeWhole(descriptor, record));
  };
  write(0, textField(event.fileVersion, 'brain.Event:2'));
  if (firstStep !== undefined) write(firstStep, bytesField(event.sessionLog, sessionStart));
  return {
    scalars: (step, values) => {
      const points = Object.entries(values).map(([tag, value]) => bytesField(1, encodeScalar(tag, value)));
      write(step, bytesField(event.summary, Buffer.concat(points)));
    },
    path,
    close: () => closeSync(descriptor),
  };
}

let filesStarted = 0;

/** TensorBoard reads the files of a folder in the order of their names, so the time comes first. */
function uniqueName(seconds: number): string {
  const time = String(Math.floor(seconds)).padStart(10, '0');
  return `events.out.tfevents.${time}.clipbook.${process.pid}.${filesStarted++}`;
}

// Protocol buffers by hand: the few fields of TensorFlow's event.proto and summary.proto that scalars need.

const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
/** A `SessionLog` whose status is START. */
const sessionStart = Buffer.from([0x08, 0x01]);

function encodeEvent(wallTime: number, step: number, content: Buffer[]): Buffer {
  const time = Buffer.alloc(9);
  time[0] = fieldKey(event.wallTime, wire.eightBytes);
  time.writeDoubleLE(wallTime, 1);
  const steps = step === 0 ? [] : [fieldKey(event.step, wire.variable), ...variableInteger(step)];
  return Buffer.concat([time, Buffer.from(steps), ...content]);
}

/** A `Summary.Value`: tag and simple_value. */
function encodeScalar(tag: string, value: number): Buffer {
  const simpleValue = Buffer.alloc(5);
  simpleValue[0] = fieldKey(2, wire.fourBytes);
  simpleValue.writeFloatLE(value, 1);
  return Buffer.concat([textField(1, tag), simpleValue]);
}

const wire = { variable: 0, eightBytes: 1, length: 2, fourBytes: 5 };

function fieldKey(field: number, type: number): number {
  return (field << 3) | type;
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([fieldKey(field, wire.length), ...variableInteger(bytes.length)]),
    bytes,
  ]);
}

/** Seven bits a byte, lowest first; the top bit says that more follow. By division: steps may pass 2^31. */
function variableInteger(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}
