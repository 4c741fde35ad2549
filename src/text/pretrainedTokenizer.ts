import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer as HubTokenizer } from '@huggingface/tokenizers';
import { canonicalText } from './canonicalText';
import type { TextTokenizer, TokenizedTexts } from './tokenizer';

export interface PretrainedTokenizerOptions {
  /** Tokens per text, special ones included; SigLIP's published 64. */
  contextLength: number;
}

/**
 * The tokenizer of a model that has not CLIP's, such as SigLIP, from the two files that lie in its Hugging Face repository:
 * `tokenizer.json` (SentencePiece unigram as in T5, byte-pair as in Gemma, …) and `tokenizer_config.json`. A text is made
 * canonical first, see `canonicalText`; rows are padded with the file's padding token, and cut with special tokens kept.
 *
 * Source: open_clip's `HFTokenizer` with `clean='canonicalize'`, as its SigLIP configurations have it.
 *
 * @param folder that holds the two files
 * @throws Error when a file is missing, and when the files name no padding token
 */
export function readPretrainedTokenizer(
  folder: string,
  { contextLength }: PretrainedTokenizerOptions,
): TextTokenizer {
  const config = readPart(folder, 'tokenizer_config.json');
  const tokenizer = new HubTokenizer(readPart(folder, 'tokenizer.json'), config);
  const padding = paddingOf(tokenizer, config, folder);

  const idsOf = (text: string, special: boolean) =>
    tokenizer.encode(canonicalText(text), { add_special_tokens: special }).ids;
  const { before, behind } = specialTokens(idsOf);

  function row(text: string): number[] {
    const body = idsOf(text, false).slice(0, contextLength - before.length - behind.length);
    return [...before, ...body, ...behind];
  }

  function tokenize(texts: string[]): TokenizedTexts {
    const ids = new Int32Array(texts.length * contextLength).fill(padding);
    const lengths = new Int32Array(texts.length);
    texts.forEach((text, index) => {
      const tokens = row(text);
      ids.set(tokens, index * contextLength);
      lengths[index] = tokens.length;
    });
    return { ids, lengths };
  }

  const vocabSize = tokenizer.get_vocab().size;
  return { vocabSize, contextLength, encode: (text) => idsOf(text, false), tokenize };
}

/** What stands around every text: nothing before and `</s>` behind it, in T5's way. */
function specialTokens(idsOf: (text: string, special: boolean) => number[]) {
  const [bare, whole] = [idsOf('a', false), idsOf('a', true)];
  const start = whole.indexOf(bare[0]);
  return { before: whole.slice(0, start), behind: whole.slice(start + bare.length) };
}

function paddingOf(tokenizer: HubTokenizer, config: Record<string, unknown>, folder: string): number {
  const named = config.pad_token as string | { content: string } | null | undefined;
  const token = typeof named === 'object' ? named?.content : named;
  const id = token === undefined ? undefined : tokenizer.token_to_id(token);
  if (id === undefined) {
    throw new Error(
      `Expected a pad_token of the vocabulary in "${folder}/tokenizer_config.json", got ${token}.`,
    );
  }
  return id;
}

function readPart(folder: string, file: string): Record<string, unknown> {
  const path = join(folder, file);
  if (!existsSync(path)) {
    throw new Error(
      `Expected a tokenizer's file at "${path}"; place it there from the model's Hugging Face repository.`,
    );
  }
  return JSON.parse(readFileSync(path, 'utf8'));
}
