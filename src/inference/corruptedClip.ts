import { type CorruptionName, corruptImage, type Severity } from '../data/corruptions';
import { encodePictures } from './encodePictures';
import type { LoadedClip } from './loadClip';
import type { Preparation } from './pictures';

/** How pictures are spoiled, see `corruptImage`. */
export interface PictureCorruption {
  name: CorruptionName;
  severity: Severity;
  /** Every picture's chance comes from this and its key. */
  seed: number;
}

/**
 * The same model, to which pictures come corrupted: scaled and cut first, as ImageNet-C was made. Shares its parameters; only
 * `preparation` and `encodePictures` are others.
 */
export function corruptedClip(clip: LoadedClip, corruption: PictureCorruption): LoadedClip {
  const preparation = corruptedPreparation(clip.preparation, corruption);
  return {
    ...clip,
    preparation,
    encodePictures: (pictures, options) =>
      encodePictures(clip.model, preparation, pictures, options, clip.arithmetic),
  };
}

function corruptedPreparation(clean: Preparation, corruption: PictureCorruption): Preparation {
  const { side, settings, channels } = clean;
  const { name, severity, seed } = corruption;
  return {
    side,
    settings: { ...settings, corruption },
    channels,
    async pixels(source, key) {
      const data = await clean.pixels(source, key);
      return (await corruptImage({ data, width: side, height: side }, name, severity, `${seed} ${key}`)).data;
    },
  };
}
