'use client';

import { IconMicrophone } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { Counts } from '../../../server/realtime/messages';
import type { StreamView } from '../../../server/streams/stream-view';
import { ButtonLink } from '../../_ui/button-link';
import { Chip } from '../../_ui/chip';
import { languageName } from '../../_ui/language-name';
import { listeningWords } from '../../_ui/listening-words';
import { VoiceButton } from './voice-button';

type VoicesProps = {
  eventId: string;
  /** on air, in the order to show */
  streams: StreamView[];
  /** somebody has called it and gone home */
  hasRecordings: boolean;
  counts: Counts;
  chosenId: string | null;
  isPlaying: boolean;
  onChoose: (streamId: string) => void;
};

function LanguageFilter(props: { languages: string[]; chosen: string | null; onChoose: (tag: string | null) => void }) {
  return (
    <fieldset className="flex gap-1.5 overflow-x-auto px-1 py-1.5 [scrollbar-width:none] max-sm:hidden">
      <legend className="sr-only">Language</legend>
      <Chip chosen={props.chosen === null} onClick={() => props.onChoose(null)}>
        All
      </Chip>
      {props.languages.map((tag) => (
        <Chip key={tag} chosen={props.chosen === tag} onClick={() => props.onChoose(tag)}>
          {languageName(tag)}
        </Chip>
      ))}
    </fieldset>
  );
}

/** Who calls the match: one button a voice. */
export function Voices({ eventId, streams, hasRecordings, counts, chosenId, isPlaying, onChoose }: VoicesProps) {
  const [asked, setAsked] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new choice is what brings it into sight
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    list.current?.scrollTo({ left: (chosen?.offsetLeft ?? 0) - 12 });
  }, [chosenId]);
  const languages = [...new Set(streams.map((stream) => stream.language))];
  const language = asked !== null && languages.includes(asked) ? asked : null;
  const shown = language === null ? streams : streams.filter((stream) => stream.language === language);
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex h-8 items-center gap-2 px-3 max-sm:[@media(height<800px)]:sr-only sm:h-10 sm:px-1">
        <h2 className="pt-0.5 text-lead font-bold sm:text-section">On air</h2>
        <span className="grow" />
        <span className="text-small text-text-2" data-testid="viewer-count">
          {listeningWords(counts.total)}
        </span>
      </div>
      {languages.length > 1 && <LanguageFilter languages={languages} chosen={language} onChoose={setAsked} />}
      {streams.length === 0 && (
        <p className="px-3 py-1 text-text-2 sm:px-1 sm:py-2">
          {hasRecordings ? (
            'Nobody is on air now.'
          ) : (
            <>
              Nobody is calling it yet. <span className="max-sm:hidden">Yours could be the first voice.</span>
            </>
          )}
        </p>
      )}
      <ul
        ref={list}
        aria-label="Commentators"
        className="relative flex gap-2 overflow-x-auto px-3 py-1 [scrollbar-width:none] empty:hidden sm:px-1 md:flex-wrap xl:flex-col xl:flex-nowrap xl:gap-1 xl:overflow-visible"
      >
        {shown.map((stream) => (
          <li key={stream.id} className="shrink-0 xl:w-full">
            <VoiceButton
              stream={stream}
              listeners={counts.byStream[stream.id] ?? 0}
              chosen={stream.id === chosenId}
              playing={isPlaying}
              onChoose={() => onChoose(stream.id)}
            />
          </li>
        ))}
      </ul>
      <div className="mt-3 hidden flex-col items-start gap-2 rounded-panel bg-board p-4 text-chalk xl:flex">
        <h3 className="text-section leading-[23px]">Nobody is calling it in your language?</h3>
        <p className="text-small text-board-dim">A phone and a quiet corner will do.</p>
        <ButtonLink look="lamp" href={`/event/${eventId}/go-live`} className="mt-1.5">
          <IconMicrophone size={18} aria-hidden />
          Call this match
        </ButtonLink>
      </div>
    </div>
  );
}
