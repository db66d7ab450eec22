import Link from 'next/link';
import type { EventView } from '../../server/events/event-view';
import type { StreamView } from '../../server/streams/stream-view';
import { isFinal, isOnAir } from '../../stream-node/contract/stream-state';
import { clockLength } from '../_ui/day-words';
import { countWords } from '../_ui/listening-words';
import { LiveChip } from '../_ui/live-chip';
import { LocalTime } from '../_ui/local-time';
import { stateWords } from '../_ui/state-words';
import { voiceWords } from '../_ui/voice-words';
import { StreamActions } from './stream-actions';

type OwnStream = { stream: StreamView; event: EventView };

function figures(stream: StreamView): string {
  const parts: string[] = [stateWords[stream.state]];
  if (isOnAir(stream.state)) {
    parts.push(`${countWords(stream.viewers)} listening`);
  }
  if (stream.hasRecording) {
    const length = clockLength(stream.recordingSeconds);
    parts.push(
      stream.trim === null ? `${length} recorded` : `${length} of ${clockLength(stream.wholeRecordingSeconds)} shown`,
    );
  }
  return parts.join(' · ');
}

/** One's own streams and their recordings, newest first. */
export function OwnStreams({ streams }: { streams: OwnStream[] }) {
  return (
    <ul>
      {streams.map(({ stream, event }) => (
        <li key={stream.id} className="flex flex-wrap items-center gap-x-6 gap-y-3 border-t border-line py-4">
          <div className="min-w-0 grow basis-60">
            <p className="flex items-center gap-2">
              {isOnAir(stream.state) && <LiveChip small />}
              <Link
                href={`/watch/${stream.id}`}
                className="truncate py-0.5 pointer-coarse:-my-2 pointer-coarse:py-2.5 text-lead font-semibold hover:underline"
              >
                {stream.name}
              </Link>
            </p>
            <p className="wrap-anywhere text-text-2">
              <Link href={`/event/${event.id}`} className="hover:underline">
                {event.name}
              </Link>
              , {voiceWords(stream)}, <LocalTime date={stream.startedAt ?? stream.createdAt} show="day-and-time" />
            </p>
            <p className="text-small text-text-3">
              {figures(stream)}
              {stream.hasRecording && stream.expiresAt !== null && (
                <>
                  {' · deleted '}
                  <LocalTime date={stream.expiresAt} show="day" />
                </>
              )}
            </p>
            {stream.recordingFault !== null && <p className="text-small text-text-2">{stream.recordingFault}</p>}
            {isFinal(stream.state) && stream.reason !== null && (
              <p className="text-small text-text-2">{stream.reason}</p>
            )}
          </div>
          <StreamActions stream={stream} />
        </li>
      ))}
    </ul>
  );
}
