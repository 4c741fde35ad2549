import assert from 'node:assert/strict';
import { fixText } from '../../src/text/fixText';

describe('fixText', () => {
  const cases: [string, string, string][] = [
    ['HTML references', 'P&EACUTE;REZ &amp;amp; fils&hellip;', 'PÉREZ & fils…'],
    ['nothing in markup', '<b>&eacute;</b>', '<b>&eacute;</b>'],
    ['markup from its line on', '&eacute;\n<b>&eacute;', 'é\n<b>&eacute;'],
    ['open references', 'this&not that &copy 2024', 'this&not that &copy 2024'],
    ['mojibake', 'naÃ¯ve cafÃƒÂ© itâ€™s', "naïve café it's"],
    ['mojibake in sound text', 'día “cafÃ©” über', 'día "café" über'],
    ['legitimate accents', 'Łódź ÉCOLE «café» Её', 'Łódź ÉCOLE «café» Её'],
    ['C1 control characters', 'it\x92s', "it's"],
    ['ligatures and width', 'ﬂuﬃ ＬＯＵＤ\u3000Ｕﾀｰﾝ', 'fluffi LOUD Uターン'],
    ['line breaks', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['unpaired surrogates', '\ud83d x \u{1f600}', '\ufffd x \u{1f600}'],
    ['terminal escapes', '\x1b[36;44mblue\x1b[0m', 'blue'],
    ['composition', 'cafe\u0301', 'caf\u00e9'],
  ];
  for (const [name, text, expected] of cases) {
    it(`handles ${name}`, () => assert.equal(fixText(text), expected));
  }
});
