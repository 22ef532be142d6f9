import type { ApiRoute } from '@samaya/platform/api-route.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
import { type Callers, defineRoute } from '#server/callers.ts';
import { addFacilitator } from './add-facilitator.ts';
import { changeFacilitator } from './change-facilitator.ts';
import {
  facilitatorChangesSchema,
  facilitatorListQuery,
  facilitatorListSchema,
  facilitatorParams,
  facilitatorSchema,
  newFacilitatorSchema,
} from './facilitator-schemas.ts';
import { findFacilitator } from './find-facilitator.ts';
import { listFacilitators } from './list-facilitators.ts';

const DEFAULT_LIMIT = 20;

/** Who leads what: open to anyone, changed by admins. Addresses are never told. */
export function facilitatorRoutes(app: BookingApp): ApiRoute<Callers>[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/facilitators',
      caller: 'anyone',
      isPublic: true,
      tag: 'Facilitators',
      summary: 'List facilitators',
      query: facilitatorListQuery,
      success: { status: 200, schema: facilitatorListSchema, description: 'A page, in the order they came.' },
      handle: ({ query }) => listFacilitators(app.db, { after: query.after, limit: query.limit ?? DEFAULT_LIMIT }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/facilitators/{id}',
      caller: 'anyone',
      isPublic: true,
      tag: 'Facilitators',
      summary: 'One facilitator',
      params: facilitatorParams,
      success: { status: 200, schema: facilitatorSchema, description: 'The facilitator.' },
      async handle({ params }) {
        const facilitator = await findFacilitator(app.db, params.id);
        if (!facilitator) throw new PlatformError('not-found', 'There is no such facilitator.');
        return facilitator;
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/facilitators',
      caller: 'admin',
      tag: 'Facilitators',
      summary: 'Add a facilitator',
      description:
        'With `password` also makes the account they sign in with; its address counts as confirmed. An account at the address that was never confirmed may be a stranger’s: its password and its sign-ins end. Without `password` no account is made or touched.',
      body: newFacilitatorSchema,
      idempotent: true,
      success: { status: 201, schema: facilitatorSchema, description: 'The new facilitator.' },
      refusals: ['email-taken', 'bad-idempotency-key', 'idempotency-mismatch', 'idempotency-in-progress'],
      handle: ({ body }, { who, request, rawBody, network, requestId }) =>
        addFacilitator(app, body, {
          userId: who.userId,
          origin: { network, requestId },
          key: request.headers.get('idempotency-key'),
          method: request.method,
          path: new URL(request.url).pathname,
          rawBody,
        }),
    }),
    defineRoute({
      method: 'patch',
      path: '/api/v1/facilitators/{id}',
      caller: 'admin',
      tag: 'Facilitators',
      summary: 'Change a facilitator',
      description: 'With another address, the rights move to the person who has it and confirmed it.',
      params: facilitatorParams,
      body: facilitatorChangesSchema,
      success: { status: 200, schema: facilitatorSchema, description: 'The facilitator as it is now.' },
      refusals: ['email-taken'],
      handle: ({ params, body }, { who, network, requestId }) =>
        changeFacilitator(app.db, { id: params.id, changes: body }, who, { network, requestId }),
    }),
  ];
}
