/** A list of addresses for search engines (sitemaps.org). */
export function siteMapOf(addresses: readonly string[]): string {
  return documentOf('urlset', 'url', addresses);
}

/** A list of such lists. */
export function siteMapIndexOf(addresses: readonly string[]): string {
  return documentOf('sitemapindex', 'sitemap', addresses);
}

function documentOf(root: string, element: string, addresses: readonly string[]): string {
  const lines = addresses.map((address) => `<${element}><loc>${escapeXml(address)}</loc></${element}>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`,
    ...lines,
    `</${root}>`,
    '',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
