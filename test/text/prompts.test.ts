import assert from 'node:assert/strict';
import { fillTemplates } from '../../src/text';

describe('fillTemplates', () => {
  it('puts the class name into every template', () => {
    assert.deepEqual(fillTemplates(['a {}.', '{} or {}'], "$& 's"), ["a $& 's.", "$& 's or $& 's"]);
  });

  it('refuses a template without a place for the name', () => {
    assert.throws(
      () => fillTemplates(['a photo'], 'cat'),
      /needs \{\} where the class name goes, got "a photo"/,
    );
  });
});
