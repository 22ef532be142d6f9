import { ACT_KINDS, type ActKind, type ListedAct, type NamedInAct } from '#server/audit/audit.ts';
import { momentInWords } from '../../../words/wall-clock.ts';
import { ACTS, type ActWords, AUDIT, detailsInWords } from './audit-texts.ts';

/** A piece of a sentence; one that leads somewhere has an address. */
export interface Piece {
  text: string;
  href?: string | undefined;
}

/** An act as a sentence, in pieces, with when and where from. */
export function actLineOf(act: ListedAct, timeZone: string) {
  const { network, requestId } = act;
  return {
    id: act.id,
    pieces: piecesOf(act),
    at: act.at.toISOString(),
    moment: momentInWords(act.at, timeZone),
    from: [network && AUDIT.from(network), requestId && AUDIT.request(requestId)].filter(Boolean).join(' · '),
  };
}

function piecesOf({ kind, actor, person, facilitator, event, details }: ListedAct): Piece[] {
  const { did, after, alone }: ActWords = isKind(kind) ? ACTS[kind] : { label: kind, did: kind };
  const said = detailsInWords(details);
  return [
    actor ? personPiece(actor) : { text: AUDIT.command },
    ...(alone !== undefined && !person
      ? [{ text: alone }]
      : [{ text: did }, ...(person ? [personPiece(person)] : []), ...(after ? [{ text: after }] : [])]),
    ...(facilitator ? [thingPiece(facilitator, `/admin/facilitators/${facilitator.id}`)] : []),
    ...(event ? [thingPiece(event, `/organise/events/${event.id}`)] : []),
    ...(said === undefined ? [] : [{ text: `(${said})` }]),
  ];
}

function personPiece({ id, name }: NamedInAct): Piece {
  return name === null ? { text: AUDIT.gone(id) } : { text: name, href: `/admin/people/${id}` };
}

function thingPiece({ id, name }: NamedInAct, href: string): Piece {
  return name === null ? { text: AUDIT.goneThing(id) } : { text: name, href };
}

export function isKind(text: string): text is ActKind {
  return (ACT_KINDS as readonly string[]).includes(text);
}
