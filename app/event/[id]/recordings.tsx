import { IconPlayerPlay } from '@tabler/icons-react';
import clsx from 'clsx';
import type { StreamView } from '../../../server/streams/stream-view';
import { Avatar } from '../../_ui/avatar';
import { clockLength } from '../../_ui/day-words';
import { voiceWords } from '../../_ui/voice-words';

type RecordingsProps = { streams: StreamView[]; chosenId: string | null; onChoose: (streamId: string) => void };

/** Voices that have gone home: what they said can be heard again. */
export function Recordings({ streams, chosenId, onChoose }: RecordingsProps) {
  if (streams.length === 0) {
    return null;
  }
  return (
    <section aria-labelledby="recordings" className="rounded-panel bg-surface p-4 sm:p-5">
      <h2 id="recordings" className="mb-2 text-section">
        Listen again
      </h2>
      <ul className="grid gap-1 sm:grid-cols-2">
        {streams.map((stream) => (
          <li key={stream.id}>
            <button
              type="button"
              aria-pressed={stream.id === chosenId}
              onClick={() => onChoose(stream.id)}
              className={clsx(
                'flex w-full items-center gap-3 rounded-row p-2 text-left',
                stream.id === chosenId ? 'bg-lamp text-on-lamp' : 'hover:bg-raised',
              )}
            >
              {stream.posterUrl === null ? (
                <Avatar person={stream.owner} size={40} />
              ) : (
                // biome-ignore lint/performance/noImgElement: it lies on the stream's node, small as it is
                <img src={stream.posterUrl} alt="" loading="lazy" className="h-10 w-[71px] rounded-row object-cover" />
              )}
              <span className="min-w-0 grow">
                <span className="block truncate font-semibold">{stream.name}</span>
                <span
                  className={clsx(
                    'block truncate text-small',
                    stream.id === chosenId ? 'text-on-lamp-2' : 'text-text-2',
                  )}
                >
                  {voiceWords(stream)} · {clockLength(stream.recordingSeconds)}
                </span>
              </span>
              <IconPlayerPlay size={20} aria-hidden className="shrink-0" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
