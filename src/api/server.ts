// The HTTP edge: one Fastify instance with schemas, sessions, problems, security headers and the OpenAPI
// page. It does not listen; app.ts adds the ingest route and the console to it and opens the port. No
// business rules here.

import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { LogController } from 'fastify';
import { installAuthentication } from './authenticate.ts';
import type { ApiParts, ApiServer } from './context.ts';
import { installProblemReplies, problemOf, sendProblem } from './problem-replies.ts';
import { absenceRoutes } from './routes/absence.ts';
import { activityRoutes } from './routes/activity.ts';
import { alertRoutes } from './routes/alerts.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { cardRoutes } from './routes/card.ts';
import { contactRoutes } from './routes/contacts.ts';
import { deviceRoutes } from './routes/devices.ts';
import { districtRoutes } from './routes/districts.ts';
import { driftRoutes } from './routes/drift.ts';
import { elderRoutes } from './routes/elders.ts';
import { gatewayRoutes } from './routes/gateways.ts';
import { healthRoutes } from './routes/health.ts';
import { homeRoutes } from './routes/homes.ts';
import { inspectorRoutes } from './routes/inspector.ts';
import { profileRoutes } from './routes/profiles.ts';
import { ruleRoutes } from './routes/rules.ts';
import { sessionRoutes } from './routes/session.ts';
import { staffRoutes } from './routes/staff.ts';
import { telemetryRoutes } from './routes/telemetry.ts';
import { telemetryExportRoutes } from './routes/telemetry-export.ts';
import { problem } from './schemas/fields.ts';

export type { ApiOptions, ApiParts, ApiServer, RuleDescription } from './context.ts';

const ROUTES = [
  sessionRoutes,
  alertRoutes,
  cardRoutes,
  absenceRoutes,
  districtRoutes,
  homeRoutes,
  elderRoutes,
  contactRoutes,
  gatewayRoutes,
  deviceRoutes,
  staffRoutes,
  inspectorRoutes,
  ruleRoutes,
  profileRoutes,
  backtestRoutes,
  driftRoutes,
  telemetryRoutes,
  activityRoutes,
  telemetryExportRoutes,
] as const;

/** 64 kB: a home with all its rule settings is 10 kB. */
const BODY_BYTES_MAX = 64 * 1024;
/** 30 s for a whole request: a phone line of a community office; slower ones are holding a socket. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Device names of other vendors are long when URL-encoded. */
const PARAMETER_CHARACTERS_MAX = 1_000;

/** A server that is not listening yet; close it with `close()`. */
export async function createApi(parts: ApiParts): Promise<ApiServer> {
  const app = Fastify({
    loggerInstance: parts.logger,
    // A line per request would say who looks at whom; the audit trail does, and it is protected.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    trustProxy: parts.options.trustProxy,
    // A path that cannot be decoded never reaches the handlers below.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, problemOf(error)),
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS_MAX },
    // Nothing is coerced or dropped silently: what is not understood is refused.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  }) as unknown as ApiServer;
  installProblemReplies(app);
  app.addSchema(problem);
  await app.register(helmet, SECURITY_HEADERS);
  await app.register(cookie);
  await installDocs(app);
  healthRoutes(app, parts);
  await app.register(
    (scope: ApiServer, _options, done) => {
      installAuthentication(scope, parts.registry);
      describeProblems(scope);
      for (const routes of ROUTES) routes(scope, parts);
      done();
    },
    { prefix: '/api/v1' },
  );
  return app;
}

const SECURITY_HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'connect-src': ["'self'"],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'no-referrer' },
} as const;

/** Swagger UI sets inline styles and draws icons from `data:`; its scripts are files. */
const DOCS_POLICY = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

async function installDocs(app: ApiServer): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Shouwang 守望',
        version: '1',
        description: 'Errors are RFC 9457 problems; their codes are listed in docs/errors.md.',
      },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'shouwang_session' } },
      },
      security: [{ session: [] }],
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json['$id'] ?? `schema-${i}`) },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: DOCS_POLICY });
}

/** Every route can answer a problem; said once here instead of in each schema. */
function describeProblems(scope: ApiServer): void {
  const answer = {
    description: 'A problem; see docs/errors.md',
    content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
  };
  scope.addHook('onRoute', (route) => {
    const { response = {}, ...schema } = route.schema ?? {};
    route.schema = { ...schema, response: { ...(response as object), '4xx': answer, '5xx': answer } };
  });
}
