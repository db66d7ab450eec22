'use client';

import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import type { DownloadsView, DownloadView } from '../../server/recordings/get-downloads';
import { useTRPC } from '../_client/trpc';
import { buttonStyle } from '../_ui/button-style';
import { clockLength } from '../_ui/day-words';
import { sizeWords } from '../_ui/size-words';

const lookAgainMs = 3000;

/** The files of a recording, with their sizes; while they are being made, how far that is. */
export function DownloadList({ streamId, className }: { streamId: string; className?: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.recordings.downloads.queryOptions(
      { streamId },
      {
        // `none` is before the first takes are told of, and for good where nothing was recorded: asked a little less often.
        refetchInterval: ({ state }) => intervalOf(state.data),
      },
    ),
  );
  if (data === undefined || (data.state === 'none' && data.files.length === 0)) {
    return null;
  }
  return (
    <section aria-label="Download" className={clsx('flex flex-wrap items-center gap-2', className)}>
      {data.files.map((file) => (
        <DownloadLink key={`${file.renditionId} ${file.url}`} file={file} isSmall={file !== bestOf(data.files, file)} />
      ))}
      <p role="status" className="text-small text-text-2">
        {statusWords(data)}
      </p>
    </section>
  );
}

function intervalOf(data: DownloadsView | undefined): number | false {
  if (data?.state === 'preparing') {
    return lookAgainMs;
  }
  return data?.state === 'none' || data?.state === 'waiting' ? 3 * lookAgainMs : false;
}

/** The first of its kind: files come with the best first. */
function bestOf(files: DownloadView[], { kind }: DownloadView): DownloadView | undefined {
  return files.find((each) => each.kind === kind);
}

function DownloadLink({ file, isSmall }: { file: DownloadView; isSmall: boolean }) {
  const sound = isSmall ? 'sound, small' : 'sound';
  const what = file.kind === 'audio' ? sound : `${Math.min(file.width ?? 0, file.height ?? 0)}p`;
  return (
    <a href={file.url} download className={buttonStyle('plain', 'regular')}>
      <IconDownload size={18} aria-hidden className="max-[359px]:hidden" />
      Download {what}
      <span className="font-normal text-text-2">
        {sizeWords(file.bytes)}, {clockLength(file.durationSeconds)}
      </span>
    </a>
  );
}

function statusWords({ state, progress, files }: DownloadsView): string {
  switch (state) {
    case 'preparing':
      return `${files.length > 0 ? 'New files' : 'Files to download'} are being made: ${Math.floor(progress * 100)} %`;
    case 'waiting':
      return 'A part of this recording is on a server that is away. Files of all of it are made once that is back.';
    case 'failed':
      return files.length > 0 ? 'These are of before the last change.' : 'Files to download could not be made.';
    case 'none':
    case 'ready':
      return '';
    default:
      return state satisfies never;
  }
}
