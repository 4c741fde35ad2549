/** A claim about two arms of the comparison of systems. */
export interface SystemsPrediction {
  /** As a sentence without its full stop. */
  claim: string;
  because: string;
  /** Ids of arms. */
  better: string;
  than: string;
  /** What it is judged by; default retrieval, R@10, the mean of both directions. */
  by?: 'recall' | 'neighbours';
}

const AGAINST_CLIP = {
  slip: 'SLIP',
  filip: 'FILIP',
  declip: 'DeCLIP',
  defilip: 'DeFILIP',
  uniclip: 'UniCLIP-style training',
  hiclip: 'HiCLIP-style attention',
  hideclip: 'HiDeCLIP-style training',
  alip: 'ALIP',
};

/**
 * Written and committed before the first run of the mini profile: what the papers lead one to expect. Those in the first group set an idea against
 * its control, those in the second a system against plain CLIP, as the published tables do.
 */
export const SYSTEMS_PREDICTIONS: readonly SystemsPrediction[] = [
  {
    claim: 'SimCLR beside CLIP beats two more crops under CLIP’s own loss',
    because: 'the published gain is 7.7 points of COCO text R@1 for three passes instead of one',
    better: 'slip',
    than: 'three-crops',
  },
  {
    claim: 'SLIP’s pictures find their like better than those of CLIP on three crops',
    because: 'self-supervision is about pictures alone: linear probes rise more than zero-shot accuracy does',
    better: 'slip',
    than: 'three-crops',
    by: 'neighbours',
  },
  {
    claim: 'comparing token with token beats comparing mean with mean',
    because: 'the published gain of the loss alone is 0.4 to 4 points',
    better: 'filip',
    than: 'mean-tokens',
  },
  {
    claim: 'DeCLIP’s self-supervision and neighbours add to its multi-view supervision',
    because: 'the published ablation has 24.8 for multi-view and 27.2 for all (ImageNet, CC3M)',
    better: 'declip',
    than: 'multi-view',
  },
  {
    claim: 'a token-wise loss adds to DeCLIP',
    because: 'CLIP-Benchmark has 45.0 for DeFILIP and 43.2 for DeCLIP (ImageNet)',
    better: 'defilip',
    than: 'declip',
  },
  {
    claim: 'one space for pictures and texts beats CLIP on the same two sights',
    because: 'UniCLIP is 3.7 points above DeCLIP in COCO text R@1',
    better: 'uniclip',
    than: 'two-sights',
  },
  {
    claim: 'telling what was done to a picture beats telling what was done to another',
    because: 'otherwise the encoder would only be more parameters',
    better: 'uniclip',
    than: 'uniclip-shuffled',
  },
  {
    claim: 'learned groups beat attention that fades with distance',
    because: 'HiCLIP’s gain should be the hierarchy’s, not locality’s',
    better: 'hiclip',
    than: 'distance',
  },
  {
    claim: 'learned groups beat as many parameters elsewhere',
    because: 'otherwise any larger model would do',
    better: 'hiclip',
    than: 'wider',
  },
  {
    claim: 'learned groups add to DeCLIP',
    because: 'HiDeCLIP is 10.4 points above DeCLIP in COCO text R@1',
    better: 'hideclip',
    than: 'declip',
  },
  {
    claim: 'ALIP’s gates add to a second text',
    because: 'the published gain is 1.7 points of COCO text R@1',
    better: 'alip',
    than: 'both-texts',
  },
  ...Object.entries(AGAINST_CLIP).map(([better, name]) => ({
    claim: `${name} beats plain CLIP`,
    because: 'it does in the published retrieval table, or the zero-shot one where it stands in that alone',
    better,
    than: 'clip',
  })),
];
