/** `dir/000.seg.png` → key `dir/000`, suffix `seg.png`; null for names without a dot and hidden files. */
export function splitName(path: string): { key: string; suffix: string } | null {
  const found = /^((?:.*\/)?[^./][^./]*)\.([^/]+)$/.exec(path);
  return found && { key: found[1].replace(/^\.\//, ''), suffix: found[2].toLowerCase() };
}
