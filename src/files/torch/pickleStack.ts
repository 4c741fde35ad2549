import { PickleError } from './pickleCursor';

/** The values that a pickle is working on, and those that it remembers by number. */
export class PickleStack {
  private readonly values: unknown[] = [];
  /** How many values there were at each mark. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, unknown>();

  push(value: unknown): void {
    this.values.push(value);
  }

  /** The last value, which stays. */
  top(): unknown {
    this.need(1);
    return this.values[this.values.length - 1];
  }

  pop(): unknown {
    this.need(1);
    return this.values.pop();
  }

  /** The last values in their order. */
  popMany(count: number): unknown[] {
    this.need(count);
    return this.values.splice(this.values.length - count);
  }

  mark(): void {
    this.marks.push(this.values.length);
  }

  /** The values since the last mark, which goes too. */
  popMarked(): unknown[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw new PickleError('its pickle gathers items without a mark');
    return this.values.splice(mark);
  }

  /** Takes away the last value, or a mark that comes after it. */
  drop(): void {
    if (this.marks.at(-1) === this.values.length) this.marks.pop();
    else this.pop();
  }

  remember(number: number): void {
    this.memo.set(number, this.top());
  }

  /** How many values are remembered. */
  get remembered(): number {
    return this.memo.size;
  }

  recall(number: number): unknown {
    if (this.memo.has(number)) return this.memo.get(number);
    throw new PickleError(`its pickle recalls value ${number}, which it never remembered`);
  }

  /** The one value that is left in the end. */
  finish(): unknown {
    if (this.marks.length === 0 && this.values.length === 1) return this.values[0];
    throw new PickleError(`its pickle ends with ${this.values.length} values where one is expected`);
  }

  /** Values below the last mark are out of reach. */
  private need(count: number): void {
    if (this.values.length - (this.marks.at(-1) ?? 0) >= count) return;
    throw new PickleError('its pickle takes more values than it has');
  }
}
