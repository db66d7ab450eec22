import type { Server, Socket } from 'socket.io';
import type { SessionUser } from '../users/session-user';
import type { ServerToPage } from './messages';

/** What a page sends is checked message by message, so nothing is assumed of it here. */
type FromPage = Record<string, (message: unknown, ack: unknown) => void>;
type Nothing = Record<never, never>;

export type SocketData = {
  /** who was signed in at the handshake */
  user: SessionUser | null;
  /** the handshake's cookies, to ask again before something is written; never logged */
  cookieHeader: string | undefined;
};

export type PageSocket = Socket<FromPage, ServerToPage, Nothing, SocketData>;
export type PageServer = Server<FromPage, ServerToPage, Nothing, SocketData>;

/** The Socket.IO room of everyone on an event's page; the bus names it alike. */
export const eventRoomName = (eventId: string) => `event:${eventId}`;
/** One person's sockets on an event's page: the owner sees what others do not. */
export const personRoomName = (eventId: string, userId: string) => `event:${eventId}:${userId}`;
