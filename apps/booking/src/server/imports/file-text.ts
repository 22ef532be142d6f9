import { ImportError } from './import-errors.ts';

export const ENCODINGS = ['utf-8', 'windows-1252', 'iso-8859-15', 'utf-16le', 'utf-16be'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const LARGEST_FILE_BYTES = 64 * 1024 * 1024;

/** The text of a file, its line ends all `\n`. Throws an ImportError that says what the file is instead of text. */
export function fileText(bytes: Uint8Array, encoding: Encoding | undefined): string {
  if (bytes.length > LARGEST_FILE_BYTES) {
    throw new ImportError(`The file has ${Math.ceil(bytes.length / 1024 / 1024)} MiB; 64 is the most. Split it.`);
  }
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) {
    throw new ImportError('This is a workbook or an archive, not text. Save the sheet as “CSV UTF-8” and import that.');
  }
  return decode(bytes, encoding ?? markedEncoding(bytes) ?? 'utf-8').replaceAll(/\r\n?/g, '\n');
}

function decode(bytes: Uint8Array, encoding: Encoding): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    if (encoding !== 'utf-8') throw new ImportError(`The file is not ${encoding}.`);
    throw new ImportError(
      `The file is not UTF-8: line ${firstBrokenLine(bytes)} has bytes that mean nothing in it. ` +
        'Save it as UTF-8, or say what it is in the mapping, e.g. "encoding": "windows-1252" for files of older Windows programs.',
    );
  }
}

function markedEncoding(bytes: Uint8Array): Encoding | undefined {
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be';
  return undefined;
}

function startsWith(bytes: Uint8Array, marks: number[]): boolean {
  return marks.every((mark, index) => bytes[index] === mark);
}

function firstBrokenLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end < 0 ? bytes.length : end;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, stop));
    } catch {
      return line;
    }
    line += 1;
    start = stop + 1;
  }
  return line;
}
