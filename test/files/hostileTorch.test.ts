import assert from 'node:assert/strict';
import { openTorch } from '../../src/files';
import {
  archiveOf,
  called,
  dictOf,
  named,
  pickleOf,
  type TensorSettings,
  tensor,
  text,
  torchFileOf,
  tuple,
} from './pickles';
import { type ZipEntry, zipOf } from './zip';

const LETTER = (letters: string) => Buffer.from(letters, 'latin1');

/** Python's `os.system('true')`, and others. */
const command = tuple(text('true'));
const code: [string, Buffer, RegExp][] = [
  [
    'os.system',
    pickleOf(named('os', 'system'), command, 'R'),
    /it asks for os\.system, and only tensors and/,
  ],
  ['posix.system', pickleOf(named('posix', 'system'), command, 'R'), /it asks for posix\.system,/],
  [
    'builtins.eval',
    pickleOf(text('builtins'), text('eval'), 0x93, command, 'R'),
    /it asks for builtins\.eval,/,
  ],
  ['builtins.getattr', pickleOf(named('builtins', 'getattr')), /it asks for builtins\.getattr,/],
  [
    'a class of numpy',
    pickleOf(named('numpy.core.multiarray', 'scalar')),
    /asks for numpy\.core\.multiarray\.scalar/,
  ],
  [
    'a method of a known name',
    pickleOf(named('collections', 'OrderedDict.fromkeys')),
    /OrderedDict\.fromkeys/,
  ],
  ['an inherited property', pickleOf(named('', 'constructor')), /it asks for \.constructor,/],
  [
    'a name of many lines',
    pickleOf(text(`os\n${'x'.repeat(500)}`), text('system'), 0x93),
    /asks for os\?x{77}…, and/,
  ],
  ['a name that is no text', pickleOf('NN', 0x93), /takes for a name None/],
  ['a call of a value', pickleOf(text('print'), command, 'R'), /its pickle calls a string/],
  ['a call of a TorchScript class', pickleOf(named('__torch__', 'A'), ')R'), /its pickle calls __torch__\.A/],
  [
    'an object of a known function',
    pickleOf(named('collections', 'OrderedDict'), LETTER(')\x81')),
    /an object of coll/,
  ],
  ['a state for a list', pickleOf(']}b'), /sets the state of a value of type Array/],
  [
    'a state that is no dict',
    pickleOf(named('__torch__', 'A'), LETTER(')\x81]b')),
    /sets the state of a value of/,
  ],
  ['INST', pickleOf('(', text('true'), 'ios\nsystem\n'), /the instruction INST at byte 12,/],
  ['OBJ', pickleOf('(', named('__torch__', 'A'), 'o'), /the instruction OBJ at/],
  ['NEWOBJ_EX', pickleOf(named('__torch__', 'A'), LETTER(')}\x92')), /the instruction NEWOBJ_EX at/],
  ['EXT1', pickleOf(0x82, 1), /the instruction EXT1 at/],
  ['EXT2', pickleOf(0x83, 1, 0), /the instruction EXT2 at/],
  ['EXT4', pickleOf(0x84, 1, 0, 0, 0), /the instruction EXT4 at/],
  ['PERSID', pickleOf('Pstorage\n'), /the instruction PERSID at/],
  ['NEXT_BUFFER', pickleOf(0x97), /the instruction NEXT_BUFFER at/],
  ['an unknown instruction', pickleOf(0xff), /the instruction 0xff at byte 2,/],
  [
    'an object outside',
    pickleOf(tuple(text('module'), text('os')), 'Q'),
    /an object outside that is no storage/,
  ],
  [
    'bytes of another encoding',
    pickleOf(called(named('_codecs', 'encode'), text('a'), text('rot13'))),
    /_codecs\.encode/,
  ],
];

/** Lists, each of which holds the one before it twice: `levels` of them unfold to 2 ** levels. */
function laughs(levels: number): Buffer {
  const parts = [LETTER(']r\x00\x00\x00\x00')];
  for (let i = 0; i < levels; i++) {
    const [from, to] = [i, i + 1].map((number) => LETTER(String.fromCharCode(number, 0, 0, 0)));
    parts.push(LETTER('](j'), from, LETTER('j'), from, LETTER('er'), to);
  }
  return Buffer.concat(parts);
}

/** TorchScript modules that each hold the one before twice. */
function doublingModules(levels: number): Buffer {
  const parts = [tensor(), LETTER('q\x00')];
  for (let i = 0; i < levels; i++) {
    const recall = LETTER(`h${String.fromCharCode(i)}`);
    const attributes = [LETTER('}('), text('a'), recall, text('b'), recall, LETTER('u')];
    parts.push(named('__torch__', 'A'), LETTER(')\x81'), ...attributes, LETTER('b'));
    parts.push(LETTER(`q${String.fromCharCode(i + 1)}`));
  }
  // What lies below the last module goes into a tuple that is thrown away.
  return Buffer.concat([LETTER('('), ...parts, LETTER(`1h${String.fromCharCode(levels)}`)]);
}

const repeat = (part: Uint8Array, times: number) => Buffer.concat(Array(times).fill(part));
const itself = Buffer.concat([named('__torch__', 'A'), LETTER(')\x81q\x00}'), text('a'), LETTER('h\x00sb')]);
const bytesAgain = [named('_codecs', 'encode'), text('a'.repeat(100_000)), LETTER('q\x01'), text('latin1')];
const callAgain = LETTER('h\x00h\x01h\x02\x86R');

const bombs: [string, Buffer, RegExp][] = [
  ['another protocol', Buffer.of(0x80, 6, 0x4e, 0x2e), /of protocol 6 where 2 to 5 are expected/],
  ['lists that unfold without end', pickleOf('(', laughs(200), 't'), /it holds no dict of tensors/],
  ['the same as a key', pickleOf('}(', laughs(60), 'tNs'), /but nothing/],
  ['modules that unfold without end', pickleOf(doublingModules(60)), /it has more than 100000 names/],
  ['a module within itself', pickleOf(itself), /its modules nest more than 64 deep/],
  ['a list within itself', pickleOf(']q', 0, 'h', 0, 'a'), /it holds no dict of tensors/],
  [
    'a state dict within itself',
    pickleOf('}q', 0, text('state_dict'), 'h', 0, 's'),
    /no tensors where a state dict/,
  ],
  ['a million brackets', pickleOf(repeat(LETTER(']'), 1_000_000)), /ends with 1000000 values where one/],
  [
    'a million tuples, one in another',
    pickleOf('N', repeat(Buffer.of(0x85), 1_000_000)),
    /no dict of tensors/,
  ],
  ['a million marks', pickleOf(repeat(LETTER('('), 1_000_000), 'N'), /ends with 1 values where one/],
  [
    'five million values',
    pickleOf('(', repeat(LETTER('N'), 5_000_000), 't'),
    /more than 4000000 instructions/,
  ],
  [
    'one text copied without end',
    pickleOf(
      '(',
      ...[bytesAgain[0], LETTER('q\x00'), bytesAgain[1], bytesAgain[2], bytesAgain[3], LETTER('q\x02')],
      repeat(callAgain, 10_000),
      't',
    ),
    /more than 4000000 instructions and copies/,
  ],
  [
    'a text of 2 ** 62 bytes',
    pickleOf(0x8d, LETTER('\0\0\0\0\0\0\0\x40')),
    /ends within a value of 461168\d+ at byte/,
  ],
  ['bytes of 4 GiB', pickleOf('B', LETTER('\xff\xff\xff\xff')), /ends within a value of 4294967295/],
  ['an integer of 2 GiB', pickleOf(0x8b, LETTER('\xff\xff\xff\x7f')), /the instruction LONG4/],
  ['a value never remembered', pickleOf('h', 7), /recalls value 7, which it never remembered/],
  ['values that are not there', pickleOf('a'), /takes more values than it has/],
  ['values from below a mark', pickleOf(']N(', LETTER('a')), /takes more values than it has/],
  ['items without a mark', pickleOf(']e'), /gathers items without a mark/],
  ['a key without a value', pickleOf('}(Nu'), /sets items of a value of type Map/],
  ['no end', pickleOf('N').subarray(0, 3), /ends within a value of 1 at byte 3/],
  ['a line without end', pickleOf('cos'), /lacks the end of a line that begins at byte 3/],
  ['a text that is not UTF-8', pickleOf('X', LETTER('\x01\0\0\0\xff')), /not UTF-8/],
];

const tensors: [string, TensorSettings, RegExp][] = [
  [
    'a storage shorter than the tensor',
    { shape: [5] },
    /a tensor of shape \[5\] needs 5 values of storage "0", .+ 4/,
  ],
  [
    'a storage shorter than it claims',
    { count: 5 },
    /tensor "w" claims 20 bytes and has 16: it is truncated/,
  ],
  ['a storage that is missing', { key: '../data.pkl' }, /the values of tensor "w" are missing/],
  ['an offset beyond the storage', { shape: [1], offset: 4 }, /needs 5 values/],
  ['strides beyond the storage', { shape: [2], strides: [4] }, /needs 5 values/],
  ['a negative offset', { offset: -1 }, /a tensor's offset, shape or strides are no counts/],
  [
    'a negative stride',
    { shape: [2], strides: [-1], offset: 3 },
    /a tensor's offset, shape or strides are no counts/,
  ],
  ['a negative size', { shape: [-4] }, /a tensor's offset, shape or strides are no counts/],
  ['more axes than strides', { shape: [2, 2] }, /\[2,2\] has 1 strides/],
  ['33 axes', { shape: Array(33).fill(1), strides: Array(33).fill(1) }, /are no counts, at most 32/],
  ['sizes beyond all numbers', { shape: [2 ** 40, 2 ** 40], strides: [0, 0] }, /too many values/],
  [
    'one value repeated without end',
    { shape: [2 ** 40], strides: [0] },
    /repeats the 4 values of storage "0" too often/,
  ],
  ['a huge stride', { shape: [3], strides: [2 ** 53 - 1] }, /needs 18014398509481984 values/],
  [
    'a mark to negate it',
    { flags: dictOf('neg', LETTER('\x88')) },
    /a tensor is marked to be changed on reading/,
  ],
  ['numbers of another format', { storage: 'ComplexFloatStorage' }, /it asks for torch\.ComplexFloatStorage/],
];

const whole0 = (claims: ZipEntry['claims']): ZipEntry[] => {
  const [pickle, storage] = archiveOf(pickleOf(dictOf('w', tensor())));
  return [pickle, { ...storage, claims }];
};
const [pickleEntry, storageEntry] = archiveOf(pickleOf(dictOf('w', tensor())));
const order = (bytes: string) => ({ name: 'archive/byteorder', bytes: Buffer.from(bytes) });

const archives: [string, ZipEntry[], RegExp][] = [
  [
    'an entry larger than the file',
    whole0({ size: 2 ** 31 }),
    /no sound zip archive \(file data overflows file bounds/,
  ],
  [
    'an entry larger than it is',
    whole0({ size: 20, stored: 16 }),
    /no sound zip archive \(compressed\/uncompressed/,
  ],
  [
    'an entry over the next',
    [{ ...storageEntry, claims: { size: 60 } }, pickleEntry],
    /"archive\/data\/0" overlaps/,
  ],
  ['two entries in one place', whole0({ header: 0 }), /overlaps another/],
  ['an entry outside', whole0({ header: 10 ** 9 }), /no sound zip archive \(it ends early\)/],
  ['an entry without a head', whole0({ header: 5 }), /invalid local file header signature/],
  ['compressed values', whole0({ method: 8 }), /the values of tensor "w" are missing, or compressed/],
  ['encrypted values', whole0({ flags: 1, size: 4, stored: 16 }), /entry "archive\/data\/0" is encrypted/],
  [
    'a name with ..',
    [pickleEntry, { ...storageEntry, name: 'archive/../0' }],
    /invalid relative path: archive\/\.\.\/0/,
  ],
  [
    'an absolute name',
    [pickleEntry, { ...storageEntry, name: '/etc/passwd' }],
    /absolute path: \/etc\/passwd/,
  ],
  [
    'the same name twice',
    [pickleEntry, storageEntry, storageEntry],
    /entry "archive\/data\/0" stands there twice/,
  ],
  ['no pickle', [storageEntry], /a zip archive with 0 entries "…\/data\.pkl", not compressed, where one/],
  ['two pickles', [pickleEntry, { ...pickleEntry, name: 'b/data.pkl' }], /a zip archive with 2 entries/],
  ['a pickle that is empty', [{ ...pickleEntry, bytes: new Uint8Array() }], /pickle of 0 bytes ends within/],
  [
    'the other byte order',
    [pickleEntry, storageEntry, order('big')],
    /its byte order is "big" where "little" is/,
  ],
];

describe('openTorch refuses', () => {
  const refuses = (
    bytes: Buffer,
    message: RegExp,
    advice = /; (fetch or save it again|load it with PyTorch .+)\.$/,
  ) =>
    assert.rejects(openTorch(bytes), (error: Error) => {
      assert.match(error.message, /^the given bytes is no PyTorch file that can be read here: /);
      assert.match(error.message, message);
      assert.match(error.message, advice);
      assert.ok(error.message.length < 500, error.message);
      return true;
    });

  for (const [flaw, pickle, message] of code) {
    it(flaw, () =>
      refuses(torchFileOf(pickle), message, /; load it with PyTorch where you trust it, and save/),
    );
  }
  for (const [flaw, pickle, message] of bombs) {
    it(flaw, () => refuses(torchFileOf(pickle), message)).timeout(20_000);
  }
  for (const [flaw, settings, message] of tensors) {
    it(flaw, () => refuses(torchFileOf(pickleOf(dictOf('w', tensor(settings)))), message));
  }
  for (const [flaw, entries, message] of archives) {
    it(flaw, () => refuses(zipOf(entries), message));
  }

  it('a file that is cut off', async () => {
    const archive = zipOf(archiveOf(pickleOf(dictOf('w', tensor()))));
    for (let length = 0; length < archive.length; length++) {
      await refuses(archive.subarray(0, length), /no sound zip archive/);
    }
  });

  it('a pickle of more than 64 MiB', () =>
    refuses(zipOf([{ name: 'a/data.pkl', bytes: 2 ** 26 + 1 }]), /its pickle claims 67108865 bytes/));
});
