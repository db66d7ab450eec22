'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { EncoderAccess, StreamView } from '../../../../server/streams/stream-view';
import { failureWords } from '../../../_client/failure-words';
import { useTRPC } from '../../../_client/trpc';
import { Button } from '../../../_ui/button';
import { Panel } from '../../../_ui/panel';
import { PlainSelect } from '../../../_ui/plain-select';
import type { StreamSettings } from './use-broadcast';

type EncoderOfferProps = {
  eventId: string;
  settings: Omit<StreamSettings, 'kind'>;
  onEncoder: (encoder: { stream: StreamView; access: EncoderAccess }) => void;
};

/** The other way in: makes the stream for an encoder, with its key. */
export function EncoderOffer({ eventId, settings, onEncoder }: EncoderOfferProps) {
  const trpc = useTRPC();
  const [kind, setKind] = useState<StreamSettings['kind']>('video');
  const [isNowhere, setNowhere] = useState(false);
  const create = useMutation(
    trpc.streams.create.mutationOptions({
      onSuccess: ({ stream, publish }) => {
        if (publish.rtmp === null) {
          setNowhere(true);
        } else {
          onEncoder({ stream, access: publish.rtmp });
        }
      },
    }),
  );
  const problem = isNowhere
    ? 'No stream node takes encoders at the moment.'
    : create.error && failureWords(create.error);
  return (
    <Panel aria-label="Encoder">
      <h2 className="text-section">Your picture comes from OBS?</h2>
      <p className="mt-2 mb-3 text-text-2">
        Make the stream here, with the name and language that you chose, and send to it from OBS, ffmpeg or a phone app.
      </p>
      <PlainSelect label="It sends" value={kind} onChange={(chosen) => setKind(chosen === 'audio' ? 'audio' : 'video')}>
        <option value="video">Picture and sound</option>
        <option value="audio">Sound alone</option>
      </PlainSelect>
      <Button
        className="mt-3 w-full"
        disabled={create.isPending || isNowhere || settings.name === ''}
        onClick={() => create.mutate({ eventId, ...settings, kind })}
      >
        Use OBS or another encoder
      </Button>
      {problem !== null && (
        <p role="alert" className="mt-2 font-semibold text-live">
          {problem}
        </p>
      )}
    </Panel>
  );
}
