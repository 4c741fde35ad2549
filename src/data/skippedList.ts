import { createGrowingFile, type GrowingFile } from '../files';
import { BadInputCounter, type BadInputOptions, BadSampleError } from './badInput';
import type { WrittenFile } from './parts';

/** A counter that also writes a line for each sample it leaves out: `kind`, `key`, `message`. */
export class ListingCounter extends BadInputCounter {
  private file?: GrowingFile;

  constructor(
    private readonly path: string,
    private readonly onSkip?: (error: BadSampleError) => void,
    options?: BadInputOptions,
  ) {
    super(options);
  }

  override skip(error: unknown): void {
    if (error instanceof BadSampleError) {
      const { kind, key, message } = error;
      this.file ??= createGrowingFile(this.path);
      this.file.write(`${JSON.stringify({ kind, key, message })}\n`);
      this.onSkip?.(error);
    }
    super.skip(error);
  }

  /** The list, if anything was left out. Its path is relative to its folder. */
  finish(relativePath: string): WrittenFile[] {
    const proof = this.file?.finish();
    return proof ? [{ path: relativePath, ...proof }] : [];
  }
}
