// News arrive by themselves, and the keyboard works: that needs a script. Everything else works without it.
export const csr = true;
