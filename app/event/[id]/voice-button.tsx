import { IconHeadphones, IconVideo } from '@tabler/icons-react';
import clsx from 'clsx';
import type { StreamView } from '../../../server/streams/stream-view';
import { Avatar } from '../../_ui/avatar';
import { countWords, listeningWords } from '../../_ui/listening-words';
import { VoiceBars } from '../../_ui/voice-bars';
import { voiceWords } from '../../_ui/voice-words';

type VoiceButtonProps = {
  stream: StreamView;
  listeners: number;
  chosen: boolean;
  /** whether it is heard right now */
  playing: boolean;
  onChoose: () => void;
};

function stateInWords(stream: StreamView, listeners: number): string {
  switch (stream.state) {
    case 'interrupted':
      return 'Reconnecting';
    case 'paused':
      return 'Back in a moment';
    default:
      return listeningWords(listeners);
  }
}

function StateLine({ stream, listeners, chosen }: Pick<VoiceButtonProps, 'stream' | 'listeners' | 'chosen'>) {
  if (stream.state === 'interrupted' || stream.state === 'paused') {
    return (
      <span className={clsx('flex items-center gap-1.5', chosen ? 'text-on-lamp-2' : 'text-lamp-text')}>
        <span aria-hidden className="size-2.5 rounded-full border-2 border-current border-r-transparent" />
        {stateInWords(stream, listeners)}
      </span>
    );
  }
  return (
    <span className={clsx('flex items-center gap-1', chosen ? 'text-on-lamp-2' : 'text-text-3')}>
      <IconHeadphones size={14} aria-hidden />
      {countWords(listeners)}
    </span>
  );
}

/** One voice: face, name, language, listeners. The chosen one is yellow. Its name is the stream's; the rest describes it. */
export function VoiceButton({ stream, listeners, chosen, playing, onChoose }: VoiceButtonProps) {
  const isAway = stream.state === 'interrupted' || stream.state === 'paused';
  return (
    <button
      type="button"
      aria-pressed={chosen}
      aria-description={`${voiceWords(stream)}, ${stateInWords(stream, listeners)}`}
      onClick={onChoose}
      className={clsx(
        'relative flex items-center gap-3 rounded-row p-1.5 pr-3.5 text-left xl:w-full xl:p-2.5',
        chosen
          ? 'bg-lamp text-on-lamp'
          : 'bg-surface inset-ring inset-ring-line hover:bg-raised xl:bg-transparent xl:inset-ring-0',
      )}
    >
      <span className="relative shrink-0">
        <Avatar person={stream.owner} size={48} className="max-xl:size-10!" />
        {stream.kind === 'video' && (
          <span className="absolute -right-1 -bottom-1 rounded-tile bg-sky p-[3px] text-bg">
            <IconVideo size={12} aria-hidden />
          </span>
        )}
      </span>
      <span className="flex min-w-0 flex-col gap-px xl:grow">
        <span className="max-w-48 truncate text-[15px] leading-5 font-semibold xl:max-w-none">{stream.name}</span>
        <span
          aria-hidden
          className={clsx('truncate text-small', isAway && 'max-xl:hidden', chosen ? 'text-on-lamp-2' : 'text-text-2')}
        >
          {voiceWords(stream)}
        </span>
        <span aria-hidden className={clsx('text-small', isAway || 'max-xl:hidden')}>
          <StateLine stream={stream} listeners={listeners} chosen={chosen} />
        </span>
      </span>
      <span className="flex w-7 shrink-0 justify-end">{chosen && <VoiceBars moving={playing} />}</span>
    </button>
  );
}
