'use strict';

// What a notebook shows of an error: its message and the lines of cells and of src that led to it, as in
//   TypeError: no such label
//       at indexOf (src/data/labels.ts:12)
//       at cell 3, line 2
// Frames of Node, tslab, tsx and of installed packages stay away, and paths are relative to the project.

const { dirname, join, sep } = require('node:path');
const { SourceMap } = require('node:module');
const { fileURLToPath } = require('node:url');

const project = dirname(__dirname) + sep;
const hidden = [join(project, 'setup') + sep, `${sep}node_modules${sep}`];
/** Lines that tslab puts above a cell before it translates it. */
const PREFIX = 1;
const INLINE = /\n\/\/# sourceMappingURL=data:application\/json[^,]*;base64,(\S+)\s*$/;

/** From the number of a cell to the maps from the code that ran to the cell's text, the last translation first. */
const cells = new Map();
let translations = [];

// Many frames are left out, and those of the cell come last.
Error.stackTraceLimit = 30;

/**
 * tslab translates a cell in two steps, to a module and to CommonJS; with these options and this `transpileModule` both
 * leave a map behind.
 *
 * @param ts tslab's TypeScript
 */
function mapping(ts) {
  return {
    options: { inlineSourceMap: true },
    transpileModule(text, { compilerOptions, ...rest }) {
      const { code, map } = splitMap(text);
      const output = ts.transpileModule(code, {
        ...rest,
        compilerOptions: { ...compilerOptions, inlineSourceMap: true },
      });
      const second = splitMap(output.outputText);
      translations = [second.map, map].filter(Boolean);
      return { ...output, outputText: second.code };
    },
  };
}

/** Code without its map, and the map. */
function splitMap(text) {
  const found = INLINE.exec(text);
  if (!found) return { code: text, map: null };
  const map = new SourceMap(JSON.parse(Buffer.from(found[1], 'base64').toString()));
  return { code: text.slice(0, found.index), map };
}

/** The name under which a cell's code runs, which its frames carry. Call it when the cell is translated. */
function nameOfCell(number) {
  cells.set(number, translations);
  return `cell-${number}.ts`;
}

/** An error as a cell shows it, with its causes. */
function describe(error) {
  const [, ...frames] = String(error.stack).split(/\n {4}at /);
  const places = frames.map(placeOf).filter((place, index, all) => place && place !== all[index - 1]);
  const text = [`${error.name}: ${error.message}`, ...places.map((place) => `    at ${place}`)].join('\n');
  return error.cause instanceof Error ? `${text}\nbecause of ${describe(error.cause)}` : text;
}

/** A line of a stack, or null where it is neither in a cell nor in the project. */
function placeOf(frame) {
  const found = /^(?:(.*) \()?(.*?):(\d+):(\d+)\)?$/.exec(frame.trim());
  if (!found) return null;
  const [, caller = '', file, line, column] = found;
  const place = placeInCell(file, Number(line), Number(column)) ?? placeInProject(file, line);
  if (!place) return null;
  const name = caller.replace(/^(async )?(Object\.|Proxy\.)?/, '$1');
  return name ? `${name} (${place})` : place;
}

function placeInCell(file, line, column) {
  const number = /^(?:async )?cell-(\d+)\.ts$/.exec(file)?.[1];
  if (number === undefined) return null;
  let at = { line: line - 1, column: column - 1 };
  for (const map of cells.get(Number(number)) ?? []) {
    const { originalLine, originalColumn } = map.findEntry(at.line, at.column);
    if (originalLine === undefined) return `cell ${number}`;
    at = { line: originalLine, column: originalColumn };
  }
  return `cell ${number}, line ${at.line + 1 - PREFIX}`;
}

function placeInProject(file, line) {
  const name = file.replace(/^async /, '');
  const path = name.startsWith('file://') ? fileURLToPath(name) : name;
  if (!path.startsWith(project) || hidden.some((part) => path.includes(part))) return null;
  return `${path.slice(project.length).split(sep).join('/')}:${line}`;
}

module.exports = { describe, mapping, nameOfCell };
