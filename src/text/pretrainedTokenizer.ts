import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer as HubTokenizer } from '@huggingface/tokenizers';
import { isObject, readJson, ValueError } from '../files/checkedJson';
import { shown } from '../files/quoted';
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
 * @throws Error when a file is missing or damaged, and when the files name no padding token; a text's encoding may throw
 *   where the files contradict each other
 */
export function readPretrainedTokenizer(
  folder: string,
  { contextLength }: PretrainedTokenizerOptions,
): TextTokenizer {
  const config = readPart(folder, 'tokenizer_config.json');
  const parts = readPart(folder, 'tokenizer.json');
  checkNumbers(folder, parts);
  const tokenizer = understood(folder, () => new HubTokenizer(parts, config));
  const padding = paddingOf(tokenizer, config, folder);
  const vocabSize = tokenizer.get_vocab().size;

  const idsOf = (text: string, special: boolean) =>
    understood(folder, () => {
      const { ids } = tokenizer.encode(canonicalText(text), { add_special_tokens: special });
      if (ids.every(Number.isInteger)) return ids;
      throw new Error('a token has no number');
    });
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
      `Expected a pad_token of the vocabulary in "${folder}/tokenizer_config.json", got ${shown(JSON.stringify(token) ?? 'none')}.`,
    );
  }
  return id;
}

/** The library fails from its depths where files are damaged. */
function understood<Result>(folder: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Error(
      `The tokenizer's files in "${folder}" are damaged or contradict each other; fetch both again.`,
      { cause: error },
    );
  }
}

/** More tokens than any vocabulary has: the library fills all places up to the largest number. */
const LARGEST_TOKEN = 2 ** 22;

/** Checks the numbers of tokens: those of the vocabulary, where it is no list, and those added to it. */
function checkNumbers(folder: string, { added_tokens: added, model }: Record<string, unknown>): void {
  const isNumber = (id: unknown) => Number.isInteger(id) && Number(id) >= 0 && Number(id) < LARGEST_TOKEN;
  const isToken = (token: unknown) =>
    isObject(token) && isNumber(token.id) && typeof token.content === 'string';
  const { vocab } = isObject(model) ? model : { vocab: undefined };
  const isVocabulary = !isObject(vocab) || Object.values(vocab).every(isNumber);
  if (Array.isArray(added) && added.every(isToken) && isVocabulary) return;
  throw new Error(
    `Expected added_tokens with a content and an id, and a vocabulary, numbered below ${LARGEST_TOKEN} in "${folder}/tokenizer.json"; fetch it again.`,
  );
}

function readPart(folder: string, file: string): Record<string, unknown> {
  const path = join(folder, file);
  if (!existsSync(path)) {
    throw new Error(
      `Expected a tokenizer's file at "${path}"; place it there from the model's Hugging Face repository.`,
    );
  }
  return readJson(path, (value) => {
    if (isObject(value)) return value;
    throw new ValueError('', "expected a tokenizer's JSON object; place it there anew.");
  });
}
