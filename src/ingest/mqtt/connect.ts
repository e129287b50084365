// CONNECT: what Aedes may know of it, and who it is. Three things are taken into our own hands before Aedes acts:
// the will (it would be published to subscribers, and by a second timer again), the session (see `isClean`), and the
// client id, which becomes `<gateway>/<client id>`: MQTT closes an older session with the same id, and so no gateway
// can ever close another one's, whatever id it brings.

import type { AedesOptions, AuthenticateError, Client } from 'aedes';
import { codecOf } from '#codecs/index.ts';
import type { Login, LoginGuard } from '../login-guard.ts';
import type { Presence } from '../presence.ts';
import type { IngestLog, RefusalKeeper } from '../refusal-keeper.ts';
import type { Announcement, Connection, Connections, Session, Will } from './connection.ts';

type PreConnect = NonNullable<AedesOptions['preConnect']>;
type ConnectPacket = Parameters<PreConnect>[1];

/**
 * 1,200 s. A longer interval, or 0 (none), is taken as this: the connection is closed after 1.5 times of silence.
 * Such gateways are not sent away, which would cost their alarms; how soon their silence is reported is decided by
 * the supervision window and not by this.
 */
const KEEPALIVE_MAX_S = 1_200;

/** CONNACK return codes [MQTT 3.1.1, 3.2.2.3]. */
const IDENTIFIER_REJECTED = 2;
const BAD_CREDENTIALS = 4;

export interface ConnectDependencies {
  readonly connections: Connections;
  readonly loginGuard: LoginGuard;
  readonly refusals: RefusalKeeper;
  readonly presence: Presence;
  readonly log: IngestLog;
  readonly frameBytes: number;
}

export interface ConnectHooks {
  readonly preConnect: PreConnect;
  readonly authenticate: NonNullable<AedesOptions['authenticate']>;
}

export function createConnectHooks(own: ConnectDependencies): ConnectHooks {
  return {
    preConnect(client, packet, callback) {
      const connection = own.connections.of(client);
      if (connection === undefined) return callback(null, false);
      connection.announcement = takeOver(packet);
      callback(null, true);
    },
    authenticate(client, username, password, done) {
      const connection = own.connections.of(client);
      if (connection?.announcement == null) return done(refusal(BAD_CREDENTIALS), null);
      const login = own.loginGuard.check({
        gatewayId: username ?? '',
        secret: password ?? new Uint8Array(),
        remoteAddress: connection.remoteAddress,
        source: 'mqtt',
      });
      if (login.ok) return accept(own, connection, connection.announcement, login, done);
      if (login.delayMs === 0) return done(refusal(BAD_CREDENTIALS), null);
      setTimeout(() => done(refusal(BAD_CREDENTIALS), null), login.delayMs).unref();
    },
  };
}

/** Read what we need from the packet and leave Aedes what it may act on. */
function takeOver(packet: ConnectPacket): Announcement {
  const { clientId, clean: isClean, will } = packet;
  delete packet.will;
  // No session is kept over a reconnect. Aedes keeps one without bound, stores even filters that were refused, and
  // a command that is carried out hours late does harm. CONNACK says so (session present = 0).
  packet.clean = true;
  if (packet.keepalive === undefined || packet.keepalive === 0 || packet.keepalive > KEEPALIVE_MAX_S) {
    packet.keepalive = KEEPALIVE_MAX_S;
  }
  return { clientId, isClean: isClean !== false, will: will === undefined ? null : willOf(will) };
}

function willOf({ topic, payload, retain }: NonNullable<ConnectPacket['will']>): Will {
  return { topic, payload: Buffer.from(payload), isRetained: retain === true };
}

function accept(
  own: ConnectDependencies,
  connection: Connection,
  announcement: Announcement,
  { gateway, secretHash }: Extract<Login, { ok: true }>,
  done: (error: AuthenticateError | null, success: boolean | null) => void,
): void {
  const { client } = connection;
  // [MQTT-3.1.3-8]
  if (announcement.clientId === '' && !announcement.isClean) return done(refusal(IDENTIFIER_REJECTED), null);
  if (client.conn.destroyed) return;
  const codec = codecOf(gateway.format);
  const session: Session = {
    gatewayId: gateway.gatewayId,
    gateway,
    secretHash,
    will: acceptedWill(own, connection, gateway, announcement.will),
    commandPrefix: codec?.commandPrefix(gateway.gatewayId) ?? null,
    subscriptionCount: 0,
  };
  bindClientId(client, gateway.gatewayId);
  own.connections.logIn(connection, session);
  connection.guard.allow(codec?.frameBytesMax ?? own.frameBytes);
  own.presence.sessionOpened(gateway);
  own.log.debug({ gatewayId: gateway.gatewayId, clientId: client.id }, 'session opened');
  done(null, true);
}

function bindClientId(client: Client, gatewayId: string): void {
  (client as { id: string }).id = `${gatewayId}/${client.id}`;
}

/**
 * A will may say that the gateway is gone and nothing else: it is not the gateway that speaks then, and a reading
 * would make a dead one look alive.
 */
function acceptedWill(
  { refusals }: ConnectDependencies,
  { remoteAddress }: Connection,
  gateway: Session['gateway'],
  will: Will | null,
): Will | null {
  if (will === null) return null;
  const { gatewayId } = gateway;
  const route = codecOf(gateway.format)?.route(gatewayId, will.topic);
  if (route?.role === 'status') return will;
  const reason = route == null ? 'foreign-topic' : 'will-not-status';
  const detail = `last will, connecting from ${remoteAddress}: the session goes on without it`;
  const { topic, payload } = will;
  void refusals.keep({ sourceKey: gatewayId, gatewayId, source: 'mqtt', topic, reason, detail, payload });
  return null;
}

function refusal(returnCode: number): AuthenticateError {
  return Object.assign(new Error('refused'), { returnCode });
}
