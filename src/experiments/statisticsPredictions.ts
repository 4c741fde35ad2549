import type { Scoring } from '../evaluation';

/** A row of the ablation: an arm under one scoring. */
export interface RowName {
  arm: string;
  scoring: Scoring;
}

/** What theory says about two rows, written down before the runs. */
export interface Prediction {
  /** As a sentence without its full stop. */
  claim: string;
  because: string;
  better: RowName;
  than: RowName;
  /** Where: the mean of the five plant or the five general columns, or the control. */
  on: 'Plant' | 'General' | 'Control';
}

const row = (arm: string, scoring: Scoring = 'first'): RowName => ({ arm, scoring });
const alone = (arm: string): RowName => row(arm, 'second');

/**
 * Written and committed before the first run. The control's classes differ in second-order statistics of the pixels only;
 * a transformer may turn these into first-order statistics of its tokens, so theory promises the head a head start, not a
 * monopoly.
 */
export const PREDICTIONS: readonly Prediction[] = [
  {
    claim: 'distance covariance beats a first-order head with as many parameters',
    because: 'the head sees how channels vary together over the tokens, the control sees their means only',
    better: alone('distance'),
    than: alone('mean-head'),
    on: 'Control',
  },
  {
    claim: 'distance covariance beats the class token',
    because: 'the class token has to learn from scratch what the head is given',
    better: alone('distance'),
    than: row('class-token'),
    on: 'Control',
  },
  {
    claim: 'covariance beats the bilinear statistic',
    because: 'without centring the means dominate, and they carry nothing here',
    better: alone('covariance'),
    than: alone('bilinear'),
    on: 'Control',
  },
  {
    claim: 'the matrix square root beats plain covariance',
    because: 'it shrinks the few large eigenvalues that dominate a plain covariance',
    better: alone('root-covariance'),
    than: alone('covariance'),
    on: 'Control',
  },
  {
    claim: 'first and second order together beat the class token alone',
    because: 'they are what the paper claims for plants',
    better: row('dalip', 'both'),
    than: row('class-token'),
    on: 'Plant',
  },
  {
    claim: 'first and second order together beat first order with as many parameters',
    because: 'only then is it the statistic that helps, and not the parameters',
    better: row('dalip', 'both'),
    than: row('control', 'both'),
    on: 'Plant',
  },
  {
    claim: 'training the second order helps even where it is not used to score',
    because: 'the published code scores by the class token alone and reports a gain',
    better: row('dalip'),
    than: row('class-token'),
    on: 'Plant',
  },
  {
    claim: 'general accuracy does not suffer from the second order',
    because: 'the first-order term is in the loss as before',
    better: row('dalip'),
    than: row('class-token'),
    on: 'General',
  },
  {
    claim: 'masking the padding beats keeping it, scored by the second order',
    because: 'padding positions say how long a text is, not what it says',
    better: alone('dalip'),
    than: alone('padding-kept'),
    on: 'Plant',
  },
  {
    claim: 'a logit scale for each order beats a shared one, scored by the second order',
    because: 'the two cosines do not spread alike',
    better: alone('separate-scales'),
    than: alone('dalip'),
    on: 'Plant',
  },
  {
    claim: 'no dropout beats the published 0.5, scored by the second order',
    because:
      'half of 8 channels is more than half of 46: the triangle keeps a quarter of its entries either way, 9 or 270',
    better: alone('dalip'),
    than: alone('dropout-50'),
    on: 'Plant',
  },
];
