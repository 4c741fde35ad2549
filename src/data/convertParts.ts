import { bytesOf, type KeptPart, type Manifest } from './conversionManifest';
import type { PartWriter, Target } from './parts';
import type { Sample } from './types';

export interface PartsOptions {
  samplesPerPart: number;
  /** Told of each part, and whether it was there before. */
  onPart?: (part: number, samples: number, kept: boolean) => void;
}

/** Deals samples out to the parts of a target and passes over those whose part is there already. */
export interface Parts {
  add(sample: Sample): Promise<void>;
  /** Finishes the last part. */
  finish(): Promise<void>;
  /** Gives up the part that is being written. */
  discard(): void;
  /** How many samples there were. */
  readonly samples: number;
  /** What is known of each part. */
  readonly whole: Map<number, KeptPart>;
}

interface OpenPart {
  part: number;
  writer: PartWriter | null;
  line: Pick<KeptPart, 'firstKey' | 'samples' | 'withText'>;
}

/** @throws Error from `add` where a part that is kept began with another sample */
export function dealParts(
  target: Target,
  { kept, append }: Manifest,
  { samplesPerPart, onPart }: PartsOptions,
): Parts {
  const whole = new Map(kept);
  let open: OpenPart | null = null;
  let samples = 0;

  function begin({ key }: Sample): OpenPart {
    const part = samples / samplesPerPart;
    const former = kept.get(part);
    if (former && former.firstKey !== key) throw changed(former.firstKey, key);
    const writer = former ? null : target.openPart(part, samples);
    return { part, writer, line: { firstKey: key, samples: 0, withText: 0 } };
  }

  async function finish(): Promise<void> {
    if (!open) return;
    const { part, writer, line } = open;
    if (writer) {
      const files = await writer.finish();
      append({ part, ...line, files });
      whole.set(part, { ...line, files: files.length, bytes: bytesOf(files) });
    }
    open = null;
    onPart?.(part, line.samples, writer === null);
  }

  return {
    async add(sample) {
      open ??= begin(sample);
      await open.writer?.add(sample);
      open.line.samples++;
      if (sample.texts.length > 0) open.line.withText++;
      samples++;
      if (open.line.samples === samplesPerPart) await finish();
    },
    finish,
    discard: () => open?.writer?.discard(),
    get samples() {
      return samples;
    },
    whole,
  };
}

function changed(before: string, now: string): Error {
  return new Error(
    `Expected sample "${before}" where an earlier attempt found it, but got "${now}": the source has changed; ` +
      'convert to a new folder.',
  );
}
