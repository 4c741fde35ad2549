/** Is told what is going on; `createProgress` makes one. */
export interface Observer {
  /** Something of `total` steps begins; undefined where nobody knows how many. */
  stage(name: string, total: number | undefined): void;
  update(done: number): void;
  note(text: string): void;
}

/** Where nobody looks. */
export const SILENT: Observer = { stage: () => {}, update: () => {}, note: () => {} };

/** A stage that begins with the first thing done: what is in the cache already needs no bar. */
export function stageOf(observer: Observer, name: string, total: number | undefined): (done: number) => void {
  let isBegun = false;
  return (done) => {
    if (!isBegun) observer.stage(name, total);
    isBegun = true;
    observer.update(done);
  };
}
