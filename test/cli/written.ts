/** What a function writes to one of the process's streams. */
export async function written(stream: 'stdout' | 'stderr', act: () => Promise<unknown>): Promise<string> {
  const { write } = process[stream];
  let text = '';
  process[stream].write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  try {
    await act();
  } finally {
    process[stream].write = write;
  }
  return text;
}
