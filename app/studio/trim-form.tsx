'use client';

import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { StreamView } from '../../server/streams/stream-view';
import { failedField, failureWords, fieldWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { clockSeconds } from '../_recordings/clock-seconds';
import { Button } from '../_ui/button';
import { clockLength } from '../_ui/day-words';
import { TextField } from '../_ui/text-field';

const rule = 'Write it like 1:02:03 or 2:05';

type TrimFormProps = {
  stream: Pick<StreamView, 'id' | 'trim' | 'wholeRecordingSeconds'>;
  onDone: () => void;
  onLeave: () => void;
};

/** From where to where one's recording is shown. Nothing is thrown away: it can be widened again. */
export function TrimForm({ stream, onDone, onLeave }: TrimFormProps) {
  const trpc = useTRPC();
  const whole = stream.wholeRecordingSeconds;
  const [start, setStart] = useState(clockLength(stream.trim?.startSeconds ?? 0));
  const [end, setEnd] = useState(clockLength(stream.trim?.endSeconds ?? whole));
  const [hasTried, setHasTried] = useState(false);
  const trim = useMutation(trpc.recordings.trim.mutationOptions({ onSuccess: onDone }));
  const startSeconds = clockSeconds(start);
  const endSeconds = clockSeconds(end);
  const badField = trim.error === null ? null : failedField(trim.error);
  const isFieldBad = badField === 'startSeconds' || badField === 'endSeconds';
  const fault = (field: string) => (trim.error !== null && badField === field ? fieldWords(trim.error) : null);
  const save = (event: FormEvent) => {
    event.preventDefault();
    setHasTried(true);
    if (startSeconds !== null && endSeconds !== null) {
      trim.mutate({
        streamId: stream.id,
        startSeconds: startSeconds === 0 ? null : startSeconds,
        // What is shown of the length leaves out its last split second.
        endSeconds: endSeconds >= Math.floor(whole) ? null : endSeconds,
      });
    }
  };
  return (
    <form className="flex w-full flex-col gap-3" onSubmit={save} onKeyDown={({ key }) => key === 'Escape' && onLeave()}>
      <div className="grid max-w-96 grid-cols-2 gap-3">
        <TextField
          label="Starts at"
          autoFocus
          value={start}
          error={hasTried && startSeconds === null ? rule : fault('startSeconds')}
          onChange={(event) => setStart(event.target.value)}
        />
        <TextField
          label="Ends at"
          value={end}
          hint={`of ${clockLength(whole)}`}
          error={hasTried && endSeconds === null ? rule : fault('endSeconds')}
          onChange={(event) => setEnd(event.target.value)}
        />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="lamp" disabled={trim.isPending}>
          Trim
        </Button>
        {stream.trim !== null && (
          <Button
            disabled={trim.isPending}
            onClick={() => trim.mutate({ streamId: stream.id, startSeconds: null, endSeconds: null })}
          >
            Show all of it
          </Button>
        )}
        <Button look="quiet" onClick={onLeave}>
          Leave it
        </Button>
      </div>
      {trim.error !== null && !isFieldBad && (
        <p role="alert" className="w-full text-small text-live">
          {failureWords(trim.error)}
        </p>
      )}
    </form>
  );
}
