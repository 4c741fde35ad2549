import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../data';
import {
  asValueError,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  type Reader,
  text,
} from '../files/checkedJson';
import { type ClipConfig, checkConfig, type TextConfig, type VisionConfig } from './config';

const count = number({ whole: true, from: 1 });
const ratio = optional(number({ above: 0 }));
const tanh = optional(object({ approximate: optional(oneOf(['none', 'tanh'])) }));
const epsilon = optional(object({ eps: optional(number({ above: 0 })) }));

/** What is said of a picture's tower; sizes of one of timm's are not, but for the picture's. */
const visionFields = object({
  image_size: optional(count, 224),
  patch_size: optional(orNull(count)),
  width: optional(count, 768),
  layers: optional(blocks, 12),
  head_width: optional(count, 64),
  mlp_ratio: ratio,
  ls_init_value: optional(number()),
  act_kwargs: tanh,
  norm_kwargs: epsilon,
  pool_type: optional(oneOf(['tok'])),
  timm_model_name: optional(text),
  timm_model_pretrained: optional(flag),
  timm_pool: optional(oneOf(['map'])),
  timm_proj: optional(oneOf(['none'])),
});

const textFields = object({
  context_length: optional(count, 77),
  vocab_size: optional(count, 49408),
  width: optional(count, 512),
  heads: optional(count, 8),
  layers: optional(count, 12),
  mlp_ratio: ratio,
  ls_init_value: optional(number()),
  act_kwargs: tanh,
  norm_kwargs: epsilon,
  no_causal_mask: optional(flag),
  pool_type: optional(oneOf(['argmax', 'last'])),
  proj_bias: optional(flag),
  proj_type: optional(oneOf(['linear', 'none'])),
  hf_tokenizer_name: optional(text),
  tokenizer_kwargs: optional(object({ clean: oneOf(['canonicalize']) })),
});

const modelFields = object({
  embed_dim: count,
  quick_gelu: optional(flag),
  custom_text: optional(flag),
  init_logit_scale: optional(number()),
  init_logit_bias: optional(number()),
  vision_cfg: visionFields,
  text_cfg: textFields,
});

/**
 * Reads a model configuration in open_clip's format: the object of a `model_configs` file, or an `open_clip_config.json` as
 * it lies beside published weights, of which `model_cfg` is read. Fields that are left out have open_clip's defaults.
 *
 * @throws {ValueError} naming the field, where it is unknown or asks for a part that no tower here has
 * @throws {ValueError} when sizes do not fit together
 */
export const openClipConfig: Reader<ClipConfig> = (value, place) => {
  const model = (value as { model_cfg?: unknown } | null)?.model_cfg;
  const read = modelFields(model ?? value, model ? 'model_cfg' : place);
  const config = withoutDefaults<ClipConfig>({
    embedDim: read.embed_dim,
    vision: read.vision_cfg.timm_model_name ? timmVision(read.vision_cfg) : ownVision(read.vision_cfg),
    text: textConfig(read.text_cfg),
    quickGelu: read.quick_gelu,
    customText: read.custom_text,
    initLogitScale: read.init_logit_scale,
    initLogitBias: read.init_logit_bias,
  });
  asValueError('', () => checkConfig(config));
  return config;
};

function ownVision(read: Read<typeof visionFields>): VisionConfig {
  const { layers, width, head_width: headWidth, image_size: imageSize } = read;
  if (typeof layers !== 'number') {
    const sum = layers.reduce((all, blocks) => all + blocks, 0);
    const size = { imageSize, patchSize: 32, width: width * 32 };
    return {
      tower: 'resnet',
      ...size,
      layers: sum,
      heads: Math.floor(size.width / headWidth),
      stages: layers,
    };
  }
  const size = { imageSize, patchSize: read.patch_size ?? 16, width, layers };
  return withoutDefaults({ ...size, heads: Math.floor(width / headWidth), ...blockConfig(read) });
}

type TimmTrunk = Read<typeof trunkFields>;
const trunkFields = object({
  patch_size: count,
  width: count,
  layers: count,
  heads: count,
  mlp_ratio: ratio,
  act_kwargs: tanh,
});

function timmVision({ timm_model_name: name = '', image_size: imageSize }: Read<typeof visionFields>) {
  const path = join(projectRoot(), 'data', 'models', 'trunks.json');
  const trunks: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'));
  const {
    patch_size: patchSize,
    width,
    layers,
    heads,
    ...block
  }: TimmTrunk = trunkFields(trunks[oneOf(Object.keys(trunks))(name, 'vision_cfg.timm_model_name')], name);
  const size = { imageSize, patchSize, width, layers, heads };
  return withoutDefaults<VisionConfig>({ tower: 'siglip', ...size, ...blockConfig(block) });
}

function textConfig(read: Read<typeof textFields>): TextConfig {
  return withoutDefaults({
    contextLength: read.context_length,
    vocabSize: read.vocab_size,
    width: read.width,
    layers: read.layers,
    heads: read.heads,
    ...blockConfig(read),
    noCausalMask: read.no_causal_mask,
    poolType: read.pool_type,
    projBias: read.proj_bias,
    projType: read.proj_type,
    hfTokenizerName: read.hf_tokenizer_name,
  });
}

/** The fields that both towers may have. */
interface BlockFields {
  mlp_ratio?: number;
  ls_init_value?: number;
  act_kwargs?: { approximate?: 'none' | 'tanh' };
  norm_kwargs?: { eps?: number };
}

function blockConfig({ mlp_ratio, ls_init_value, act_kwargs, norm_kwargs }: BlockFields) {
  return {
    mlpRatio: mlp_ratio,
    lsInitValue: ls_init_value,
    geluTanh: act_kwargs?.approximate === 'tanh',
    normEps: norm_kwargs?.eps,
  };
}

/** What a model has when a field is left out. */
const DEFAULTS: Record<string, unknown> = { mlpRatio: 4, poolType: 'argmax', projType: 'linear' };

/** Without fields that say nothing, so that equal models have equal configurations. */
function withoutDefaults<Config extends object>(config: Config): Config {
  const telling = ([key, value]: [string, unknown]) =>
    value !== undefined && value !== false && value !== DEFAULTS[key];
  return Object.fromEntries(Object.entries(config).filter(telling)) as Config;
}

function blocks(value: unknown, place: string): number | number[] {
  return Array.isArray(value) ? list(count)(value, place) : count(value, place);
}

function orNull<Value>(reader: Reader<Value>): Reader<Value | undefined> {
  return (value, place) => (value === null ? undefined : reader(value, place));
}
