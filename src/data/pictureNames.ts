const PICTURE_NAME = /\.(webp|jpe?g|png|gif|avif|tiff?|bmp|svg)$/i;

/** Does the file name end as a picture's does? (What sharp cannot read, such as BMP, is counted when it is decoded.) */
export function isPictureName(name: string): boolean {
  return PICTURE_NAME.test(name);
}
