'use client';

import { useState } from 'react';
import type { EncoderAccess, StreamView } from '../../../../server/streams/stream-view';
import { isOnAir } from '../../../../stream-node/contract/stream-state';
import { Button } from '../../../_ui/button';
import { CopyField } from '../../../_ui/copy-field';
import { LastQuestion } from '../../../_ui/last-question';
import { Panel } from '../../../_ui/panel';

type EncoderPanelProps = {
  stream: StreamView;
  /** null: the key was told before and is not told again */
  access: EncoderAccess | null;
  isRenewing: boolean;
  onRenew: () => void;
  problem: string | null;
};

/** What is typed into the encoder, told once, and whether it has come. */
export function EncoderPanel({ stream, access, isRenewing, onRenew, problem }: EncoderPanelProps) {
  const [isAsking, setAsking] = useState(false);
  const [wasKept, setKept] = useState(false);
  return (
    <Panel aria-label="Your encoder" className="flex flex-col gap-4">
      <div>
        <h2 className="text-section">{isOnAir(stream.state) ? 'Your encoder' : 'Start your encoder'}</h2>
        <p role="status" className="mt-1 text-text-2">
          {waitingWords(stream)}
        </p>
        {stream.reason !== null && stream.state !== 'live' && (
          <p role="alert" className="mt-1 font-semibold text-live">
            {stream.reason}
          </p>
        )}
      </div>
      {access !== null && (
        <>
          <CopyField label="Server" value={access.url} />
          <CopyField label="Stream key" value={access.streamKey} isSecret />
          <CopyField label="WHIP address" value={access.whipUrl} />
          <p className="text-text-2">
            The key is told only now. Whoever has it can send in your name: keep it to yourself, and off your screen.
          </p>
        </>
      )}
      {access === null && (
        <p className="text-text-2">
          The stream key was told when it was made. If you no longer have it, make a new one; the old one then stops
          working.
        </p>
      )}
      <div className="flex flex-wrap items-center gap-3">
        {isAsking ? (
          <LastQuestion
            warning="Your encoder is cut off until it has the new key."
            yes="Cut it off"
            no="Keep the key"
            isBusy={isRenewing}
            onYes={() => {
              setAsking(false);
              onRenew();
            }}
            onNo={() => {
              setKept(true);
              setAsking(false);
            }}
          />
        ) : (
          // With nothing on air there is nothing to cut off.
          <Button
            autoFocus={wasKept}
            disabled={isRenewing}
            onClick={isOnAir(stream.state) ? () => setAsking(true) : onRenew}
          >
            Make a new key
          </Button>
        )}
        {problem !== null && (
          <span role="alert" className="font-semibold text-live">
            {problem}
          </span>
        )}
      </div>
    </Panel>
  );
}

/** Where all that is typed in, for those who set an encoder up. */
export function EncoderHints() {
  return (
    <Panel aria-label="Setting it up">
      <h2 className="text-section">Setting it up</h2>
      <ul className="mt-2 flex list-disc flex-col gap-2 pl-5 text-text-2">
        <li>In OBS: Settings, Stream, the service “Custom…”, then Server and Stream Key as they stand here.</li>
        <li>By WebRTC: the service “WHIP”, the WHIP address as its Server, and the stream key as its Bearer Token.</li>
        <li>Under Output: the video encoder H.264 (x264), a keyframe every second, the audio encoder AAC.</li>
        <li>If it stops or drops out, your place is held for a while; the end is “End stream”.</li>
      </ul>
    </Panel>
  );
}

function waitingWords({ state }: StreamView): string {
  switch (state) {
    case 'created':
      return 'Waiting for it to connect. You are on air as soon as it sends.';
    case 'connecting':
      return 'It has connected. A moment more…';
    case 'live':
    case 'paused':
      return 'It is sending.';
    case 'interrupted':
      return 'It is not sending. Start it again with the same key, and fans hear on.';
    default:
      return 'This stream takes no encoder any more.';
  }
}
