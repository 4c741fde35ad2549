import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expandShards } from '../data';
import { isPictureName } from '../data/pictureNames';
import { projectRoot } from '../data/projectRoot';
import { readTarMembers } from '../files/tarMembers';
import { folderPictures } from '../inference';

/**
 * JPEG files of 500 by 375 pixels, the size that photographs of ImageNet mostly have; those that are there are used again.
 *
 * @param from a folder of pictures or an archive of them; default the embedded pictograms, scaled up
 * @returns their paths
 * @throws where there are fewer than asked for
 */
export async function jpegPictures(folder: string, count: number, from?: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const paths = Array.from({ length: count }, (_, place) =>
    join(folder, `${String(place).padStart(4, '0')}.jpg`),
  );
  if (paths.every((path) => existsSync(path))) return paths;
  let made = 0;
  for await (const picture of picturesFrom(from)) {
    const scaled = sharp(picture).resize(500, 375).flatten({ background: 'white' });
    await scaled.jpeg({ quality: 90 }).toFile(paths[made]);
    if (++made === count) return paths;
  }
  throw new Error(
    `Expected at least ${count} pictures, but there are ${made} in "${from}"; give more with --pictures.`,
  );
}

/** Encoded pictures, or their paths. */
async function* picturesFrom(from: string | undefined): AsyncGenerator<string | Buffer> {
  if (from && statSync(from).isDirectory()) {
    for (const { image } of folderPictures(from)) yield image as string;
    return;
  }
  const archives = from ? [from] : expandShards(join(projectRoot(), 'data', 'pictograms', 'train-*.tar.gz'));
  for (const archive of archives) {
    for await (const { name, content } of readTarMembers(archive)) if (isPictureName(name)) yield content;
  }
}
