/** What peers of loading.ts are given, a file of JSON. */
export interface LoadingJob {
  /** WebDataset shards, each with as many samples as a batch: a JPEG and a text. */
  shards: string[];
  /** Side of the pictures as the model wants them. */
  side: number;
  batch: number;
  /** Workers of torch's DataLoader. */
  workers: number;
  threads: number;
}

/**
 * Loads from the beginning: so many batches untimed, the whole data once, until whatever is read ahead keeps pace with who
 * takes it; then so many timed.
 */
export interface LoadingRequest {
  warmUp: number;
  batches: number;
}

export interface LoadingAnswer {
  /** Of the timed batches. */
  seconds: number;
  /** Of all pixels of the untimed ones, in each of the three channels, normalised. */
  mean: number[];
}
