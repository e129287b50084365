// /rules: the rules that watch, with the parameters a home may set; derived from the rules themselves.

import type { ApiParts, ApiServer } from '#api/context.ts';
import { rulesAnswer } from '#api/schemas/service.ts';

export function ruleRoutes(app: ApiServer, { rules }: ApiParts): void {
  const answer = rules.map(({ id, title, priority, parameters }) => ({
    id,
    title,
    priority,
    parameters: Object.entries(parameters).map(([name, parameter]) => ({ name, ...parameter })),
  }));
  app.get('/rules', { schema: { tags: ['service'], response: { 200: rulesAnswer } } }, async () => answer);
}
