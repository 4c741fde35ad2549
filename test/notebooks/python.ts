import { join } from 'node:path';
import { projectRoot } from '../../src/data/projectRoot';

const place = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];

/** The Python of the virtual environment, where Jupyter is. */
export const python = join(projectRoot(), '.venv', ...place);
