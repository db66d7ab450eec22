import { mediaPlaylist, type PlaylistForm } from '../manifest/media-playlist';
import { renditionReports } from '../manifest/rendition-report';
import { thinPlaylist } from '../manifest/thin-playlist';
import type { PlayableStream, PlayableWindow } from './playable-stream';
import { PlaylistBody } from './playlist-body';

type Printed = { version: number; bodies: { [Form in PlaylistForm | 'thin']?: PlaylistBody | undefined } };

/** The playlists of live windows as text: those of one version are printed once, for the first who asks. */
export class PrintedPlaylists {
  readonly #printed = new WeakMap<PlayableWindow, Printed>();

  body(stream: PlayableStream, window: PlayableWindow, form: PlaylistForm): PlaylistBody {
    const snapshot = window.snapshot();
    const { bodies } = this.#printedOf(window);
    let body = bodies[form];
    if (body === undefined) {
      const others = stream.renditions.flatMap((id) => stream.window(id)?.snapshot() ?? []);
      body = new PlaylistBody(mediaPlaylist(snapshot, renditionReports(snapshot.rendition.id, others), form));
      bodies[form] = body;
    }
    return body;
  }

  /** `undefined` before the first joined segment */
  thinBody(window: PlayableWindow): PlaylistBody | undefined {
    const { bodies } = this.#printedOf(window);
    if (bodies.thin === undefined) {
      const text = thinPlaylist(window.snapshot());
      bodies.thin = text === undefined ? undefined : new PlaylistBody(text);
    }
    return bodies.thin;
  }

  /** What was printed of the window as it is now. */
  #printedOf(window: PlayableWindow): Printed {
    const { version } = window.snapshot();
    let printed = this.#printed.get(window);
    if (printed?.version !== version) {
      printed = { version, bodies: {} };
      this.#printed.set(window, printed);
    }
    return printed;
  }
}
