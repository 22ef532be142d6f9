import { type MailDocument, type MailPart, oneLine, paragraphsOf } from './mail-document.ts';

const LINE_WIDTH = 76;

/** A mail as plain text. */
export function renderMailText(document: MailDocument, studio: string): string {
  const blocks = [
    oneLine(document.title),
    ...document.parts.map(textOf),
    `--\n${wrap(document.reason)}`,
    oneLine(studio),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function textOf(part: MailPart): string {
  switch (part.kind) {
    case 'text':
      return wrap(part.text);
    case 'facts':
      return part.facts.map(({ term, lines }) => `${oneLine(term)}: ${lines.map(oneLine).join(', ')}`).join('\n');
    case 'button':
      return `${oneLine(part.label)}:\n${part.href}`;
    case 'link':
      return `${wrap(`${part.text} ${part.label}:`)}\n${part.href}`;
    case 'note':
      return [oneLine(part.title), ...paragraphsOf(part.text).map((lines) => lines.map(wrap).join('\n'))].join('\n\n');
  }
}

/** Breaks a line between words; a word longer than a line stays whole. */
function wrap(text: string): string {
  const lines: string[] = [''];
  for (const word of oneLine(text).split(/ +/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > LINE_WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}
