import { answerUnlessKnown } from './known-answer.ts';

/** A calendar to subscribe to. */
export async function calendarAnswer(request: Request, calendar: string): Promise<Response> {
  return await answerUnlessKnown(request, {
    // When it was composed is no news.
    from: calendar.replaceAll(/^DTSTAMP:.*\r\n/gm, ''),
    headers: { 'content-type': 'text/calendar; charset=utf-8', 'cache-control': 'public, max-age=300' },
    make: () => calendar,
  });
}
