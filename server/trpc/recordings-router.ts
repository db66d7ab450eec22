import { getDownloads } from '../recordings/get-downloads';
import { getRecordingUsage } from '../recordings/get-recording-usage';
import { RecordingIdInput, TrimRecordingInput } from '../recordings/recording-inputs';
import { trimRecording } from '../recordings/trim-recording';
import { procedure, router } from './init';

export const recordingsRouter = router({
  downloads: procedure.input(RecordingIdInput).query(({ ctx, input }) => getDownloads(ctx, input)),
  trim: procedure.input(TrimRecordingInput).mutation(({ ctx, input }) => trimRecording(ctx, input)),
  usage: procedure.query(({ ctx }) => getRecordingUsage(ctx)),
});
