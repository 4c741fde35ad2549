import { type Command, Option } from 'commander';
import type { Precision } from '../engine';
import type { LoadedClip } from '../inference';
import type { Progress } from '../report';

/** Which model a verb uses. */
export interface ModelOptions {
  model: string;
  weights?: string;
  tokenizer?: string;
  precision?: Precision;
}

/** What --model may be, for the help of a verb. */
export const MODELS_HELP = `
MODEL is one of
  ViT-B-32:openai              published weights by open_clip's names, from the cache or the web ("clipbook data list")
  ViT-B-32 --weights FILE      a model of open_clip with a file: safetensors, also sharded, PyTorch or TorchScript
  mine.json --weights FILE     a configuration in open_clip's format
  FOLDER                       a copy of a Hugging Face repository, with open_clip_config.json
  results/train/runs/NAME      a run of clipbook, its last checkpoint; or one of its checkpoints
  pictograms                   a small model of drawings that comes along (data/pictogram-clip)`;

/** Adds --model, --weights and --tokenizer. */
export function withModelOptions(command: Command): Command {
  return command
    .requiredOption('-m, --model <model>', 'which model, such as ViT-B-32:openai')
    .option('--weights <file>', 'its weights, where the name has no tag')
    .option('--tokenizer <folder>', 'tokenizer.json and tokenizer_config.json, for models such as SigLIP')
    .addOption(precisionOption());
}

export function precisionOption(): Option {
  return new Option(
    '--precision <precision>',
    'bf16: multiply in 16 bits, twice as fast where the processor can',
  )
    .choices(['f32', 'bf16'])
    .default('f32');
}

/** Loads the model of these options, showing downloads and how far the file is read. */
export async function openModel(
  { model, weights, tokenizer, precision }: ModelOptions,
  progress: Progress,
  signal?: AbortSignal,
): Promise<LoadedClip> {
  const { loadClip } = require('../inference') as typeof import('../inference');
  const { showDownloads } = require('./downloadProgress') as typeof import('./downloadProgress');
  let isShown = false;
  const onRead = (bytes: number, total: number) => {
    const megabytes = Math.ceil(total / 1e6);
    if (!isShown) progress.stage('read weights [MB]', megabytes);
    isShown = true;
    progress.update(bytes === total ? megabytes : Math.floor(bytes / 1e6));
  };
  const fetch = { signal, ...showDownloads(progress) };
  return loadClip({ model, weights, tokenizer }, { onRead, precision, fetch });
}
