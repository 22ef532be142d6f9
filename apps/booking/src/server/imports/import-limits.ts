const MB = 1024 * 1024;

/** Bytes that a schedule has at most which is sent to the page; the command takes larger ones. */
export const IMPORT_FILE_BYTES = 2 * MB;

/** Bytes of the page's form: between looking and doing the file travels as base64, which is a third longer. */
export const IMPORT_BODY_BYTES = 3 * MB;
