// No page here needs a script in the browser.
export const csr = false;
