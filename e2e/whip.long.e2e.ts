import { audioClockErrors, firstRenditions, videoClockErrors } from './fixtures/media-clock';
import { percentile } from './fixtures/percentile';
import { signInLocally } from './fixtures/sign-in';
import { trpcClient } from './fixtures/trpc-client';
import { WhipPage } from './fixtures/whip-page';
import { expect, test } from './fixtures/zyzz-test';

const soundDelayMsMax = 40;
/** more than are made while the first beeps are waited for */
const segmentsMax = 60;

test('a page of another origin publishes H.264 and Opus by WHIP; sound and picture are of one moment, and it ends', async ({
  browser,
  page: sender,
  zyzz,
}) => {
  await using owner = await browser.newContext({ baseURL: zyzz.baseUrl });
  await signInLocally(owner.request, 'Sunita Gurung');
  const api = trpcClient(owner.request, zyzz.baseUrl);
  const event = await api.events.create.mutate({ name: 'Cup of the valley', runningNow: true });
  const { stream, publish } = await api.streams.create.mutate({
    ...{ eventId: event.id, name: 'From a browser of another', kind: 'video', language: 'ne' },
    ...{ record: true, visibility: 'public' },
  });
  const { whipUrl = '', streamKey = '' } = publish.rtmp ?? {};
  expect(whipUrl).toBe(`${zyzz.nodeUrl()}/whip/${stream.id}`);
  const state = async () => (await api.streams.get.query({ streamId: stream.id })).stream.state;

  await using page = await WhipPage.open(sender, whipUrl, streamKey);
  expect(await page.publish('sk_a-key-of-nobody-at-all')).toMatchObject({ status: 401, location: '' });
  expect(await state()).toBe('created');

  const { status, location, answer } = await page.publish();
  expect({ status, answer }).toMatchObject({ status: 201, answer: expect.stringContaining('H264/90000') });
  await expect.poll(state, { timeout: 30_000 }).toBe('live');

  const { stream: live } = await api.streams.get.query({ streamId: stream.id });
  const { video, audio } = await firstRenditions(live.playback?.hls ?? '');
  const beeps = async () => (await audioClockErrors(audio, segmentsMax)).errorsMs;
  await expect.poll(async () => (await beeps()).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(5);
  const picture = await videoClockErrors(video);
  const pictureMs = percentile(picture.errorsMs, 0.5);
  expect(picture.unreadable).toBeLessThan(picture.errorsMs.length / 20);
  // From the first second on; all but one, for a busy page may make one late.
  const [, ...apart] = (await beeps()).map((ms) => Math.abs(ms - pictureMs)).toSorted((one, other) => other - one);
  expect(Math.max(...apart), 'sound against picture').toBeLessThan(soundDelayMsMax);
  expect(Math.abs(pictureMs), 'the event clock').toBeLessThan(100);

  expect(await page.end(location)).toBe(200);
  await expect.poll(state, { timeout: 30_000 }).toBe('interrupted');
  await api.streams.end.mutate({ streamId: stream.id });
  await expect.poll(state).toBe('ended');
  expect(zyzz.log('stream-node-1') + zyzz.log('web')).not.toContain(streamKey);
});
