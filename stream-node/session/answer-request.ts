import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdHeader } from '../contract/request-id';
import { type ControlledNode, handleControl } from '../control/control-routes';
import type { Logger } from '../logger';
import type { Origin } from '../origin/create-origin';
import { requestIdOf } from '../request-id';
import type { PieceIntake } from './piece-intake';
import type { WaysIn } from './ways-in';

/** The rooms of a node that answer HTTP requests. */
export type AnsweringRooms = {
  control(request: IncomingMessage): ControlledNode;
  readonly origin: Pick<Origin, 'handle'>;
  readonly waysIn: Pick<WaysIn, 'handle'>;
  /** `undefined` until what is on disk was read */
  readonly pieces: Pick<PieceIntake, 'handle'> | undefined;
  readonly logger: Logger;
};

const streamPath = /^\/stream\/([A-Za-z0-9_-]{9,64})\//;

/** Gives a request to the room that its path belongs to; 404 where it belongs to none. Never rejects. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { control, origin, waysIn, pieces, logger }: AnsweringRooms,
): Promise<void> {
  try {
    if (
      handleControl(request, response, control(request)) ||
      origin.handle(request, response) ||
      (await waysIn.handle(request, response)) ||
      (await pieces?.handle(request, response))
    ) {
      return;
    }
    request.resume();
    const headers = { 'content-type': 'application/json', [requestIdHeader]: requestIdOf(request) };
    response.writeHead(404, headers).end('{"error":"path: nothing is here"}');
  } catch (error) {
    const streamId = streamPath.exec(request.url ?? '')?.[1];
    logger.error({ err: error, requestId: requestIdOf(request), streamId }, 'a request failed');
    response.destroy();
  }
}
