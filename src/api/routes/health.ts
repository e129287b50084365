// /health/live: the loop turns. /health/ready: every part can work. For supervisors and load balancers,
// without log-in; names of parts and yes or no, nothing else.

import type { ApiParts, ApiServer } from '#api/context.ts';
import { health } from '#api/schemas/service.ts';

export function healthRoutes(app: ApiServer, { options }: ApiParts): void {
  const tags = ['health'];
  app.get('/health/live', { schema: { tags, response: { 200: health } } }, async () => ({
    status: 'ok',
    checks: {},
  }));
  app.get(
    '/health/ready',
    { schema: { tags, response: { 200: health, 503: health } } },
    async (_request, reply) => {
      const checks = await options.readiness();
      const isReady = Object.values(checks).every(Boolean);
      reply.code(isReady ? 200 : 503);
      // What lags behind the alarms is told, but nobody shall restart a working service for it.
      return { status: isReady ? 'ok' : 'failing', checks, degraded: options.degraded?.() ?? [] };
    },
  );
}
