/** The words of the page to import a schedule. */
export const IMPORT = {
  title: 'Import a schedule',
  lead: 'A spreadsheet or a calendar becomes events here. First you see what every line would do; nothing happens until you say so.',
  file: 'File',
  fileHint: 'CSV or iCalendar (.ics), 2 MB at most',
  paste: 'Or paste it here',
  pasteHint: 'The first line names the columns: title, date_time, duration, max_participants, price …',
  options: 'Zone and mapping',
  zone: 'Zone of times that state none',
  zoneHint: (studioZone: string) => `Left empty: what the file says, else ${studioZone}.`,
  mapping: 'Mapping, as JSON',
  mappingHint: 'Says which columns mean what when they are called otherwise. See docs/import.md.',
  check: 'Look what it would do',
  faults: {
    nothing: 'Choose a file, or paste a schedule.',
    tooLarge: 'This file is larger than 2 MB. Split it, or have it imported by the command.',
    zone: 'Write a time zone such as Europe/Lisbon.',
  },
  notRead: 'This cannot be imported',
  fix: 'Please mend this:',
  own: 'You import your own events; lines of other facilitators are refused.',

  reportTitle: (file: string) => `What ${file} would do`,
  pasted: 'the pasted schedule',
  again: 'Choose another file',
  columns: { where: 'Line', event: 'Event', outcome: 'Would be', detail: 'Why, or what' },
  outcomes: { new: 'New', changed: 'Changed', same: 'Same', out: 'Left out', refused: 'Refused' },
  summary: { new: 'new', changed: 'changed', same: 'the same', out: 'left out', refused: 'refused' },
  moreRows: (count: number) => `and ${count} more lines like these`,
  newFacilitators: (names: readonly string[]) =>
    `${names.length === 1 ? 'A facilitator is' : `${names.length} facilitators are`} added: ${names.join(', ')}.`,
  past: (count: number) =>
    `${count === 1 ? '1 new event has' : `${count} new events have`} started already, so nobody can book ${count === 1 ? 'it' : 'them'}.`,
  told: 'Who has booked an event that changes is told of a new time, title, place or facilitator.',
  refused: (count: number) =>
    `${count === 1 ? '1 line is' : `${count} lines are`} refused. As long as that is so, nothing is imported: mend the file, or leave these lines out.`,
  skip: 'Leave the refused lines out and import the others',
  apply: (count: number) => (count === 1 ? 'Import 1 event' : `Import ${count} events`),
  nothingToDo: 'There is nothing to import: all of it is here already.',
  nothingLeft: 'No line of it can be imported.',
  notApplied: 'Nothing was imported, because lines are refused. Mend them, or tick that they are left out.',
  done: ({ created, changed }: { created: number; changed: number }) =>
    `Done: ${created === 1 ? '1 event' : `${created} events`} created, ${changed} changed.`,
  see: 'See the events',
  change: (field: string, from: string, to: string) => `${field}: ${from} → ${to}`,
  fieldValue: (field: string, value: string, reason: string) =>
    value === '' ? `${field} ${reason}` : `${field} “${value}” ${reason}`,
} as const;
