import type { StreamView } from '../../server/streams/stream-view';
import { Avatar } from '../_ui/avatar';
import { Ground } from '../_ui/ground';
import { languageName } from '../_ui/language-name';
import { VoiceBars } from '../_ui/voice-bars';

/** The picture of a stream that has none: the ground by night, and who is speaking. */
export function VoiceCard({ stream, isPlaying }: { stream: StreamView | null; isPlaying: boolean }) {
  return (
    <>
      <Ground light={stream === null ? 'day' : 'night'} className="absolute inset-0 size-full" />
      {stream !== null && (
        <div className="absolute left-0 top-2 flex max-w-full items-stretch overflow-hidden rounded-r-button sm:top-auto sm:bottom-4">
          <div className="flex min-w-0 items-center gap-3 bg-lamp px-3 py-1.5 text-on-lamp">
            <Avatar person={stream.owner} size={44} />
            <span className="min-w-0 pr-2">
              <span className="block truncate pt-0.5 font-display text-section">{stream.owner.name}</span>
              <span className="block truncate text-small text-on-lamp-2">
                <span lang={stream.language}>{languageName(stream.language)}</span> · voice only
              </span>
            </span>
          </div>
          <div className="flex items-center bg-tile px-4 text-lamp">
            <VoiceBars moving={isPlaying} count={7} />
          </div>
        </div>
      )}
    </>
  );
}
