import type { ClipConfig, VisionConfig } from './config';

/** Side of what one cell of a ResNet's last stage sees: the stem halves a picture twice, three stages once each. */
const RESNET_STRIDE = 32;

/**
 * Whether the image tower is one that can be built, and whether the rest of the model can work with it.
 *
 * @throws in one sentence when not
 */
export function checkTower(config: ClipConfig): void {
  const { vision, text, embedDim, customText } = config;
  const { tower, stages } = vision;
  if (tower !== 'siglip' && vision.imageSize % vision.patchSize !== 0) {
    throw new Error(
      `The image size ${vision.imageSize} is not a multiple of the patch size ${vision.patchSize}.`,
    );
  }
  if (tower === 'resnet') checkResnet(vision);
  else if (stages) throw new Error("Stages are a ResNet's; set tower: 'resnet' or leave them out.");
  if (tower === 'siglip' && vision.width !== embedDim) {
    throw new Error(
      `SigLIP's image tower has no projection: its width ${vision.width} must be the embedding's, ${embedDim}.`,
    );
  }
  if (text.projType === 'none' && text.width !== embedDim) {
    throw new Error(
      `A text tower without projection must be ${embedDim} wide, as the embedding, not ${text.width}.`,
    );
  }
  const needy = needsTransformer(config);
  const plain = !tower && !customText && text.poolType !== 'last' && !text.noCausalMask;
  if (needy && !plain) {
    throw new Error(
      `${needy} needs open_clip's vision transformer and a causal text tower at the root; take a ViT's configuration.`,
    );
  }
}

function checkResnet({ stages, layers, patchSize, width }: VisionConfig): void {
  if (stages?.length !== 4 || stages.reduce((sum, blocks) => sum + blocks, 0) !== layers) {
    throw new Error(
      `Expected a ResNet with four stages of ${layers} blocks in all, got ${JSON.stringify(stages)}.`,
    );
  }
  if (patchSize !== RESNET_STRIDE) {
    throw new Error(`A ResNet's patch size is ${RESNET_STRIDE}, what its strides come to, not ${patchSize}.`);
  }
  if (width % 64 !== 0) {
    throw new Error(
      `A ResNet's width is 32 times that of its stem, an even number, so a multiple of 64, not ${width}.`,
    );
  }
}

/** The part of a model, if any, that reads the tokens of CLIP's transformers. */
function needsTransformer({ secondOrder, auxiliary, pooling, vision, text }: ClipConfig): string | undefined {
  if (secondOrder) return 'A second-order head';
  if (pooling === 'mean') return 'Mean pooling';
  if (vision.grouping || text.grouping) return 'Grouping';
  return auxiliary && 'An auxiliary part';
}
