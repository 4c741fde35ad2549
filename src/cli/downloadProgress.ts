import { basename } from 'node:path';
import type { FetchOptions } from '../files/fetchFirst';
import type { Progress } from '../report/progress';

const MEGABYTE = 1e6;

/** Shows downloads that come one after the other, each as a stage of so many MB. */
export function showDownloads(
  progress: Progress,
): Required<Pick<FetchOptions, 'onFile' | 'onProgress' | 'onNote'>> {
  let file = '';
  let isStarted = false;
  return {
    onFile({ path }) {
      file = basename(path);
      isStarted = false;
    },
    onProgress(bytes, total) {
      if (total === undefined) {
        if (!isStarted) progress.note(`${file}: the server does not say how large it is`);
      } else {
        const steps = Math.ceil(total / MEGABYTE);
        if (!isStarted) progress.stage(`${file} [MB]`, steps);
        const done = bytes === total ? steps : Math.floor(bytes / MEGABYTE);
        if (isStarted || done > 0) progress.update(done);
      }
      isStarted = true;
    },
    onNote: progress.note,
  };
}
