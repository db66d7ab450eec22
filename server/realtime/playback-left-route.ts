import { parseInput } from '../errors';
import type { Route } from '../http/route';
import { PlaybackLeft } from './messages';
import type { OpenPlaybacks } from './open-playbacks';

/**
 * `POST /api/playback/left` `{"playbackId"}`: what `navigator.sendBeacon` says when a page goes away, so that its viewer is
 * off the count at once. Its sender proves nothing but that it knows the id, and that is enough: only the page has it.
 */
export function realtimeRoutes(deps: { playbacks: OpenPlaybacks }): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/playback/left',
      bodyBytesMax: 1024,
      handle: (request) => {
        deps.playbacks.stop(parseInput(PlaybackLeft, request.json()).playbackId);
        return { status: 204 };
      },
    },
  ];
}
