import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMatlab } from '../../src/files/matlab';
import { readIntegerNpy, readNpy } from '../../src/files/npy';
import { npyBlocks } from '../../src/files/npyBlocks';
import { temporaryFolder } from '../data/fixtures';
import { itTakesAnything } from './fuzz';
import { mutateBytes as mutate } from './mutate';

const golden = (name: string) => readFileSync(join(__dirname, '../golden', name));
const VARIABLES = Object.keys(JSON.parse(golden('matlab/values.json').toString()));

describe('any file of numbers', () => {
  const path = join(temporaryFolder(), 'mutated.npy');
  const readers = {
    'a npy file': readNpy,
    'a npy matrix': (file: string) => [...npyBlocks(file)],
  };

  for (const [name, read] of Object.entries(readers)) {
    itTakesAnything(name, {
      inputs: () => ['matrix', 'rows', 'one'].map((shape) => golden(`npy/${shape}.npy`)),
      mutate,
      read: (bytes) => {
        writeFileSync(path, bytes);
        read(path);
      },
      says: /mutated\.npy"/,
    });
  }

  itTakesAnything('a npy file of whole numbers', {
    inputs: () => [Buffer.from(golden('npy/matrix.npy').toString('latin1').replace('<f4', '<i4'), 'latin1')],
    mutate,
    read: (bytes) => {
      writeFileSync(path, bytes);
      readIntegerNpy(path);
    },
    says: /mutated\.npy"/,
  });

  itTakesAnything('a MATLAB file', {
    inputs: () => ['plain', 'bigEndian', 'compressed'].map((name) => golden(`matlab/${name}.mat`)),
    mutate,
    read: (bytes) => readMatlab(bytes, '"f.mat"', VARIABLES),
    says: /^(The MATLAB file "f\.mat" cannot be read: near|Expected a variable .+ "f\.mat")/,
  });
});
