'use client';

import { useMutation } from '@tanstack/react-query';
import clsx from 'clsx';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import type { StreamView } from '../../server/streams/stream-view';
import { isFinal } from '../../stream-node/contract/stream-state';
import { failureWords } from '../_client/failure-words';
import { useTRPC } from '../_client/trpc';
import { DownloadList } from '../_recordings/download-list';
import { Button } from '../_ui/button';
import { LastQuestion } from '../_ui/last-question';
import { TextField } from '../_ui/text-field';
import { TrimForm } from './trim-form';

type Asking = 'nothing' | 'rename' | 'trim' | 'download' | 'end' | 'delete';

const isWide = new Set<Asking>(['rename', 'trim', 'download']);

type ActedOn = Pick<StreamView, 'id' | 'name' | 'state' | 'hasRecording' | 'trim' | 'wholeRecordingSeconds'>;

/** Rename, end, trim, download or delete one of one's own streams. What cannot be undone asks once. */
export function StreamActions({ stream }: { stream: ActedOn }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [asking, setAsking] = useState<Asking>('nothing');
  // The focus goes back to the button of what was left: it is made anew.
  const [left, setLeft] = useState<Asking>('nothing');
  const [name, setName] = useState(stream.name);
  const leave = () => {
    setLeft(asking);
    setAsking('nothing');
  };
  const onSuccess = () => {
    leave();
    router.refresh();
  };
  const done = { onSuccess };
  const rename = useMutation(trpc.streams.update.mutationOptions(done));
  const end = useMutation(trpc.streams.end.mutationOptions(done));
  const remove = useMutation(trpc.streams.delete.mutationOptions(done));
  const busy = rename.isPending || end.isPending || remove.isPending;
  const error = rename.error ?? end.error ?? remove.error;
  const streamId = stream.id;

  return (
    // What has fields or files takes a row of its own: beside them the stream's name would have no room.
    <div className={clsx('flex max-w-full flex-col items-start gap-2', isWide.has(asking) && 'w-full')}>
      {asking === 'rename' && (
        <form
          className="flex w-full flex-wrap items-end gap-2"
          onKeyDown={({ key }) => key === 'Escape' && leave()}
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            rename.mutate({ streamId, name });
          }}
        >
          <div className="min-w-0 grow basis-52 sm:max-w-96">
            <TextField label="Stream name" autoFocus value={name} onChange={(event) => setName(event.target.value)} />
          </div>
          <Button type="submit" look="lamp" disabled={busy}>
            Save
          </Button>
          <Button look="quiet" onClick={leave}>
            Leave it
          </Button>
        </form>
      )}
      {asking === 'nothing' && (
        <div className="flex flex-wrap gap-2">
          <Button autoFocus={left === 'rename'} onClick={() => setAsking('rename')}>
            Rename
          </Button>
          {isFinal(stream.state) && stream.hasRecording && (
            <>
              <Button autoFocus={left === 'trim'} onClick={() => setAsking('trim')}>
                Trim
              </Button>
              <Button autoFocus={left === 'download'} onClick={() => setAsking('download')}>
                Download
              </Button>
            </>
          )}
          {isFinal(stream.state) ? (
            <Button autoFocus={left === 'delete'} onClick={() => setAsking('delete')}>
              Delete
            </Button>
          ) : (
            <Button look="danger" autoFocus={left === 'end'} onClick={() => setAsking('end')}>
              End stream
            </Button>
          )}
        </div>
      )}
      {asking === 'trim' && <TrimForm stream={stream} onDone={onSuccess} onLeave={leave} />}
      {asking === 'download' && (
        <div className="flex w-full flex-col items-start gap-2">
          <DownloadList streamId={streamId} />
          <Button look="quiet" autoFocus onClick={leave}>
            Close
          </Button>
        </div>
      )}
      {asking === 'end' && (
        <LastQuestion
          warning="It cannot be started again."
          yes="End it"
          no="Stay on air"
          isBusy={busy}
          onYes={() => end.mutate({ streamId })}
          onNo={leave}
        />
      )}
      {asking === 'delete' && (
        <LastQuestion
          warning="The recording goes too."
          yes="Delete it"
          no="Keep it"
          isBusy={busy}
          onYes={() => remove.mutate({ streamId })}
          onNo={leave}
        />
      )}
      {error !== null && (
        <p role="alert" className="text-small text-live">
          {failureWords(error)}
        </p>
      )}
    </div>
  );
}
