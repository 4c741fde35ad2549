const PICTURE_NAME = /\.(webp|jpe?g|png|gif|avif|tiff?|bmp|svg)$/i;

/** Does the file name end as a picture’s does? What cannot be decoded in spite of it is counted then. */
export function isPictureName(name: string): boolean {
  return PICTURE_NAME.test(name);
}
