/** A refusal of one row on its way to a draft; caught per row. */
export class RowRefused extends Error {
  readonly field: string;
  readonly value: string;

  constructor(field: string, value: string, reason: string) {
    super(reason);
    this.field = field;
    this.value = value;
  }
}

/** The file, the mapping or the command cannot be used at all; the message says what to do. */
export class ImportError extends Error {
  override name = 'ImportError';
}
