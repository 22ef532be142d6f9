import { findZone } from './wall-clock.ts';

// What Outlook and Exchange call the zones.
const WINDOWS_ZONES = new Map([
  ['GMT Standard Time', 'Europe/London'],
  ['Greenwich Standard Time', 'Atlantic/Reykjavik'],
  ['W. Europe Standard Time', 'Europe/Berlin'],
  ['Central Europe Standard Time', 'Europe/Budapest'],
  ['Central European Standard Time', 'Europe/Warsaw'],
  ['Romance Standard Time', 'Europe/Paris'],
  ['E. Europe Standard Time', 'Europe/Chisinau'],
  ['FLE Standard Time', 'Europe/Kyiv'],
  ['GTB Standard Time', 'Europe/Bucharest'],
  ['Turkey Standard Time', 'Europe/Istanbul'],
  ['Russian Standard Time', 'Europe/Moscow'],
  ['Morocco Standard Time', 'Africa/Casablanca'],
  ['South Africa Standard Time', 'Africa/Johannesburg'],
  ['W. Central Africa Standard Time', 'Africa/Lagos'],
  ['E. Africa Standard Time', 'Africa/Nairobi'],
  ['Egypt Standard Time', 'Africa/Cairo'],
  ['Israel Standard Time', 'Asia/Jerusalem'],
  ['Arab Standard Time', 'Asia/Riyadh'],
  ['Arabian Standard Time', 'Asia/Dubai'],
  ['India Standard Time', 'Asia/Kolkata'],
  ['Sri Lanka Standard Time', 'Asia/Colombo'],
  ['Nepal Standard Time', 'Asia/Kathmandu'],
  ['SE Asia Standard Time', 'Asia/Bangkok'],
  ['Singapore Standard Time', 'Asia/Singapore'],
  ['China Standard Time', 'Asia/Shanghai'],
  ['Taipei Standard Time', 'Asia/Taipei'],
  ['Tokyo Standard Time', 'Asia/Tokyo'],
  ['Korea Standard Time', 'Asia/Seoul'],
  ['W. Australia Standard Time', 'Australia/Perth'],
  ['AUS Eastern Standard Time', 'Australia/Sydney'],
  ['E. Australia Standard Time', 'Australia/Brisbane'],
  ['Cen. Australia Standard Time', 'Australia/Adelaide'],
  ['New Zealand Standard Time', 'Pacific/Auckland'],
  ['Eastern Standard Time', 'America/New_York'],
  ['US Eastern Standard Time', 'America/Indiana/Indianapolis'],
  ['Central Standard Time', 'America/Chicago'],
  ['Mountain Standard Time', 'America/Denver'],
  ['US Mountain Standard Time', 'America/Phoenix'],
  ['Pacific Standard Time', 'America/Los_Angeles'],
  ['Alaskan Standard Time', 'America/Anchorage'],
  ['Hawaiian Standard Time', 'Pacific/Honolulu'],
  ['Atlantic Standard Time', 'America/Halifax'],
  ['Newfoundland Standard Time', 'America/St_Johns'],
  ['Central America Standard Time', 'America/Guatemala'],
  ['SA Pacific Standard Time', 'America/Bogota'],
  ['SA Eastern Standard Time', 'America/Cayenne'],
  ['E. South America Standard Time', 'America/Sao_Paulo'],
  ['Argentina Standard Time', 'America/Buenos_Aires'],
  ['Central Standard Time (Mexico)', 'America/Mexico_City'],
]);

/**
 * The zone a TZID means: its IANA name, the mapping's word for it, what its VTIMEZONE says, the name of Windows, or
 * the IANA name at its end (`/example.org/20240101/Europe/Prague`). A VTIMEZONE's own rules are not used: they are
 * often of another year than the events.
 */
export function zoneOfTzid(
  tzid: string,
  mapped: ReadonlyMap<string, string>,
  zoneNames: ReadonlyMap<string, string>,
): string | undefined {
  const name = tzid.replaceAll('"', '').trim();
  return (
    mapped.get(name) ??
    findZone(name) ??
    findZone(zoneNames.get(name) ?? '') ??
    WINDOWS_ZONES.get(name) ??
    findZone(name.replace('_', '/')) ??
    findZone(name.match(/[A-Za-z_]+\/[A-Za-z_-]+(?:\/[A-Za-z_-]+)?$/)?.[0] ?? '') ??
    findZone(name.match(/[A-Za-z_]+\/[A-Za-z_-]+$/)?.[0] ?? '')
  );
}
