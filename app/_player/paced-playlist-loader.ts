import type Hls from 'hls.js';
import type { HlsConfig, Loader, LoaderCallbacks, LoaderConfiguration, PlaylistLoaderContext } from 'hls.js';
import { targetDurationSeconds } from '../../stream-node/contract/profiles';

/**
 * How a player asks for playlists that do not exist yet. `every-part` and `every-other-part` wait at the origin (blocking
 * reload), and so keep a connection busy all the time; `segments` asks for what there is, once a second.
 */
export type Pace = 'every-part' | 'every-other-part' | 'segments';

type PlaylistLoader = Loader<PlaylistLoaderContext>;

/** How often a playlist is asked for that is not waited for, in milliseconds: half a target duration, as clients may. */
const askAgainMs = (targetDurationSeconds * 1000) / 2;
/** The origin answers whatever waits within three target durations; a request that takes longer has not been sent. */
const unansweredMs = 3 * targetDurationSeconds * 1000 + 1000;

const isBlocking = (url: string) => /[?&]_HLS_msn=/.test(url);

/**
 * Waits for the second next part where hls.js would wait for the next one. A part of sound alone is 4 kB, and asking for a
 * playlist costs a third of that in heads alone: every other answer is left out, and nothing of the media. The listener is
 * half a part further behind for it.
 *
 * A part index past the last part of its segment means the first part of the next one (RFC 8216bis 6.2.5.2), so no index
 * is ever wrong.
 */
export function everyOtherPart(url: string): string {
  return url.replace(/([?&]_HLS_part=)(\d+)/, (_whole, name: string, part: string) => `${name}${Number(part) + 1}`);
}

/** The same playlist as it is now: without the directives that name what to wait for. */
export function withoutWaiting(url: string): string {
  const current = new URL(url);
  current.searchParams.delete('_HLS_msn');
  current.searchParams.delete('_HLS_part');
  return current.href;
}

/**
 * hls.js's own loader for playlists, at the pace of the moment.
 *
 * @param options.onUnanswered a blocking reload got no answer though every answer was due
 */
export function pacedPlaylistLoader(
  HlsClass: typeof Hls,
  options: { pace: () => Pace; onUnanswered: () => void },
): new (
  config: HlsConfig,
) => PlaylistLoader {
  const DefaultLoader = HlsClass.DefaultConfig.loader as new (config: HlsConfig) => PlaylistLoader;
  return class PacedPlaylistLoader extends DefaultLoader {
    #timer: ReturnType<typeof setTimeout> | undefined;

    override load(
      context: PlaylistLoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<PlaylistLoaderContext>,
    ): void {
      clearTimeout(this.#timer);
      const pace = options.pace();
      if (!isBlocking(context.url)) {
        super.load(context, config, callbacks);
      } else if (pace === 'segments') {
        const patient = { ...context, url: withoutWaiting(context.url) };
        this.#timer = setTimeout(() => {
          super.load(patient, config, callbacks);
          this.context = context;
        }, askAgainMs);
      } else {
        const url = pace === 'every-part' ? context.url : everyOtherPart(context.url);
        super.load({ ...context, url }, config, callbacks);
        this.#timer = setTimeout(() => this.stats.loading.first === 0 && options.onUnanswered(), unansweredMs);
      }
      // hls.js tells by the address it asked for whether this playlist is being loaded already.
      this.context = context;
    }

    override abort(): void {
      clearTimeout(this.#timer);
      super.abort();
    }

    override destroy(): void {
      clearTimeout(this.#timer);
      super.destroy();
    }
  };
}
