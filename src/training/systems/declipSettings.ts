import {
  asValueError,
  number,
  object,
  oneOf,
  optional,
  type Reader,
  ValueError,
} from '../../files/checkedJson';
import type { ClipConfig } from '../../models';
import { checkGrouping, type GroupingConfig } from '../../nn';
import type { Objective } from '../objectives';
import { DECLIP_WEIGHTS, DEFILIP_WEIGHTS, declipObjective, type SignalWeights } from './declip';
import { sizesFor, VIEWS, type ViewName, viewFor } from './defaults';
import { withTokenMaps } from './filip';
import { withGrouping } from './hiclip';

/** DeCLIP and what is made of it; an option of a signal is there where the signal counts. */
export interface DeclipSettings {
  weights: SignalWeights;
  view: ViewName;
  /** Sizes of SimSiam's projector and predictor. */
  head?: { hidden: number; bottleneck: number };
  /** Texts in the queue of neighbours. */
  queueSize?: number;
  /** Does the text with hidden words meet the pictures, or is the whole one read, too? */
  contrastText?: 'masked' | 'whole';
  /** Channels in which tokens are compared. */
  tokenWidth?: number;
  /** HiDeCLIP's. */
  grouping?: GroupingConfig;
}

export type DeclipConfig<Name extends string = DeclipName> = { name: Name } & DeclipSettings;
export type DeclipName = 'declip' | 'defilip' | 'hideclip';

const LABELS: Record<DeclipName, string> = {
  declip: 'DeCLIP',
  defilip: 'DeFILIP',
  hideclip: 'HiDeCLIP-style',
};

/** Which signal each option belongs to. */
const SIGNAL_OF = {
  head: 'imageSelf',
  queueSize: 'neighbours',
  contrastText: 'textSelf',
  tokenWidth: 'tokens',
} as const satisfies Partial<Record<keyof DeclipSettings, keyof SignalWeights>>;

const count = number({ whole: true, from: 1 });

/** How tokens are grouped, in a configuration. */
export const groupingSection: Reader<GroupingConfig> = (value, place) => {
  const grouping = object({
    links: optional(oneOf(['learned', 'distance']), 'learned' as const),
    scale: optional(number({ above: 0 })),
    selfWeight: optional(oneOf(['one', 'tiny'])),
  })(value, place);
  asValueError(place, () => checkGrouping(grouping));
  return grouping;
};

/** Reads the settings of one of the family; the defaults are those that suit the model. */
export function declipSection<Name extends DeclipName>(name: Name) {
  const { contrast, ...others } = name === 'defilip' ? DEFILIP_WEIGHTS : DECLIP_WEIGHTS;
  const weight = (usual: number) => optional(number({ from: 0 }), usual);
  const readWeights = object({
    contrast: optional(number({ above: 0 }), contrast),
    imageSelf: weight(others.imageSelf),
    textSelf: weight(others.textSelf),
    neighbours: weight(others.neighbours),
    tokens: weight(others.tokens),
  });
  return (value: unknown, place: string, model: ClipConfig): DeclipConfig<Name> => {
    const sizes = sizesFor(model);
    const given = object({
      name: oneOf([name]),
      weights: optional(readWeights, readWeights({}, place)),
      view: optional(oneOf(Object.keys(VIEWS) as ViewName[]), viewFor(model)),
      head: optional(object({ hidden: count, bottleneck: count })),
      queueSize: optional(count),
      contrastText: optional(oneOf(['masked', 'whole'])),
      tokenWidth: optional(count),
      ...(name === 'hideclip' && { grouping: optional(groupingSection, { links: 'learned' } as const) }),
    })(value, place);
    const { simsiam: head, queue: queueSize, tokens } = sizes;
    const usual = { head, queueSize, contrastText: 'masked' as const, tokenWidth: tokens.width };
    return { ...given, ...ofSignals(given, usual, place) } as DeclipConfig<Name>;
  };
}

type SignalOptions = Pick<DeclipSettings, keyof typeof SIGNAL_OF>;

/** The options of the signals that count. @throws {ValueError} where one is given for a signal that does not */
function ofSignals(
  given: SignalOptions & Pick<DeclipSettings, 'weights'>,
  usual: Required<SignalOptions>,
  place: string,
): SignalOptions {
  const options = Object.entries(SIGNAL_OF) as [keyof SignalOptions, keyof SignalWeights][];
  const unused = options.find(([option, signal]) => given[option] && given.weights[signal] === 0);
  if (unused) {
    const [option, signal] = unused;
    throw new ValueError(`${place}.${option}`, `belongs to the signal "${signal}", whose weight is 0.`);
  }
  const counting = options.filter(([, signal]) => given.weights[signal] > 0);
  return Object.fromEntries(counting.map(([option]) => [option, given[option] ?? usual[option]]));
}

/** A model with the parts of the signals that count. */
export function withDeclipParts(
  base: ClipConfig,
  { weights, head, tokenWidth, grouping }: DeclipSettings,
): ClipConfig {
  const auxiliary = {
    ...base.auxiliary,
    ...(head && { simsiam: head }),
    ...(weights.textSelf > 0 && { maskedText: true }),
  };
  const model = { ...(grouping ? withGrouping(base, grouping) : base), auxiliary };
  return tokenWidth === undefined ? model : withTokenMaps(model, { width: tokenWidth });
}

/** What one of the family trains. */
export function declipOf(
  { name, weights, view, queueSize = 0, contrastText }: DeclipConfig,
  { embedDim }: Pick<ClipConfig, 'embedDim'>,
): Objective {
  const options = { weights, embedDim, queueSize, view: VIEWS[view], contrastText };
  return declipObjective({ name: LABELS[name], ...options });
}
