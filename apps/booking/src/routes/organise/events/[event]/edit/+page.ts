// The preview follows what is written; everything else works without a script.
export const csr = true;
