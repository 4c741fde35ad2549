import assert from 'node:assert/strict';
import { withoutAuthors } from '../../src/benchmarks/scientificName';

describe('a scientific name', () => {
  const names: [string, string][] = [
    ['Boletus edulis Bull.', 'Boletus edulis'],
    ['Amanita phalloides (Vaill. ex Fr.) Link', 'Amanita phalloides'],
    ['Amanita muscaria (L.) Lam., 1783', 'Amanita muscaria'],
    ['Amanita excelsa Gonn. & Rabenh.', 'Amanita excelsa'],
    ['Clitocybe nebularis (Batsch) Quél.', 'Clitocybe nebularis'],
    ['Mycena galopus var. candida J.E. Lange', 'Mycena galopus var. candida'],
    ['Amanita muscaria (L.) Lam. subsp. muscaria', 'Amanita muscaria subsp. muscaria'],
    ['Passiflora caerulea L. f. ex Sims', 'Passiflora caerulea'],
    ['Fragaria × ananassa Duchesne', 'Fragaria × ananassa'],
    ['Pelargonium ×hortorum L.H.Bailey', 'Pelargonium ×hortorum'],
    ['Sedum palmeri S.Watson', 'Sedum palmeri'],
    ['Capsella bursa-pastoris (L.) Medik.', 'Capsella bursa-pastoris'],
    ['Alnus Mill.', 'Alnus'],
  ];
  for (const [whole, short] of names) {
    it(`${whole} is ${short}`, () => assert.equal(withoutAuthors(whole), short));
  }
});
