/**
 * Stops the start unless the table of who may see which page has every page, and no other. `files` are those of the
 * folder `routes`, as a glob from beside it names them: `./routes/events/+page.svelte`.
 */
export function requireWholePageTable(table: Readonly<Record<string, string>>, files: readonly string[]): void {
  const pages = new Set(files.map(routeIdOf));
  const missing = [...pages].filter((page) => !Object.hasOwn(table, page));
  const left = Object.keys(table).filter((page) => !pages.has(page));
  if (missing.length > 0) throw new Error(`${missing.join(', ')}: not declared who may see it`);
  if (left.length > 0) throw new Error(`${left.join(', ')}: declared who may see it, but there is no such page`);
}

function routeIdOf(file: string): string {
  return file.replace(/^\.\/routes/, '').replace(/\/\+[^/]+$/, '') || '/';
}
