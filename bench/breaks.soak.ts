import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../stream-node/contract/ids';
import { encodersOf } from '../stream-node/testing/child-processes';
import { CountedBroadcast, countTo, readRecordedCount } from '../stream-node/testing/counted-broadcast';
import { countedFrameRate, type Hole, ladderSteps } from '../stream-node/testing/counted-media';
import { NodeProcess } from '../stream-node/testing/node-process';
import { TestPublisher } from '../stream-node/testing/test-publisher';
import { TestWeb } from '../stream-node/testing/test-web';

/**
 * Broadcasts that run at the speed of life are broken off at their true lengths: the line for two minutes, the page for
 * longer than the grace window, ffmpeg and the node by SIGKILL. Every picture bears a number and the tone under it climbs;
 * what was captured must be in the recording, each picture once and in order, and the tone without a hole of 25 ms.
 */
const graceSeconds = 120;
const deadLineSeconds = 120;
const deadPageSeconds = graceSeconds + 30;
const sendEveryMs = 50;
/** What an owner may choose who knows the line to be bad. */
const patientGraceSeconds = 300;
const holeMsMax = 25;
/**
 * Where one recorder ends and the next begins there is sound that nobody captured: the last frame of AAC is filled up, and the
 * first one is the encoder's priming, 43 ms together at most. So there it is not the hole that is judged, but whether the tone of
 * each recorder lasts as long as what it captured.
 */
const seamWithinSeconds = 0.3;

type Stage = {
  web: TestWeb;
  /** of the node; changes when it is started again */
  node: NodeProcess;
  dataDir: string;
  streamId: string;
  connect(recorderSession: string, backfill?: boolean): Promise<{ publisher: TestPublisher; acked: number }>;
};

type Break = {
  name: string;
  seconds: readonly number[];
  graceSeconds?: number;
  run(stage: Stage, media: CountedBroadcast[]): Promise<void>;
};

/** Sends what is captured as it is captured, until `isOver` or until there is no more. @returns the sequence that is next */
async function sendLive(
  media: CountedBroadcast,
  publisher: TestPublisher,
  from: number,
  isOver: () => boolean = () => false,
): Promise<number> {
  let next = from;
  while (!isOver() && next <= media.lastSequence) {
    const upTo = media.captured();
    media.send(publisher, next, upTo);
    next = Math.max(next, upTo);
    await sleep(sendEveryMs);
  }
  return next;
}

async function finish(media: CountedBroadcast, publisher: TestPublisher): Promise<void> {
  publisher.send({ type: 'finish', lastSequence: media.lastSequence });
  await publisher.next(({ type }) => type === 'finished');
}

function countMissing(wanted: readonly number[], there: readonly number[]): number {
  const left = new Map<number, number>();
  for (const number of there) {
    left.set(number, (left.get(number) ?? 0) + 1);
  }
  return wanted.filter((number) => {
    const count = left.get(number) ?? 0;
    left.set(number, count - 1);
    return count <= 0;
  }).length;
}

function longestOf(holes: readonly Hole[]): Hole | undefined {
  return holes.toSorted((a, b) => b.ms - a.ms)[0];
}

const after = (ms: number) => {
  const atMs = Date.now() + ms;
  return () => Date.now() >= atMs;
};

function taken<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('the media of this break was not made');
  }
  return value;
}

const breaks: Break[] = [
  {
    name: `the line dead for ${deadLineSeconds} s`,
    seconds: [20 + deadLineSeconds, 30],
    graceSeconds: patientGraceSeconds,
    async run({ connect }, [first, second]) {
      const [lost, live] = [newId('recorderSession'), newId('recorderSession')];
      const before = taken(first).startedAt(Date.now());
      const cut = await connect(lost);
      await sendLive(before, cut.publisher, 0, after(20_000));
      cut.publisher.cut();
      await sleep(deadLineSeconds * 1000);
      const later = taken(second).startedAt(Date.now());
      const back = await connect(live);
      const rest = await connect(lost, true);
      const sending = sendLive(later, back.publisher, 0);
      before.send(rest.publisher, rest.acked + 1);
      await finish(before, rest.publisher);
      await sending;
      await finish(later, back.publisher);
    },
  },
  {
    name: `the page killed, and opened again after ${deadPageSeconds} s, when the stream had ended`,
    seconds: [25],
    async run({ web, connect, streamId }, [first]) {
      const session = newId('recorderSession');
      const media = taken(first).startedAt(Date.now());
      const killed = await connect(session);
      await sendLive(media, killed.publisher, 0, after(20_000));
      killed.publisher.cut();
      await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
      await web.want({ streamId, action: 'end' });
      await sleep((deadPageSeconds - graceSeconds) * 1000);
      const back = await connect(session, true);
      media.send(back.publisher, back.acked + 1);
      await finish(media, back.publisher);
    },
  },
  {
    name: 'ffmpeg killed twice',
    seconds: [45],
    async run({ node, connect }, [first]) {
      const media = taken(first).startedAt(Date.now());
      const { publisher } = await connect(newId('recorderSession'));
      const kill = async () => process.kill(taken((await encodersOf(node.processId))[0]), 'SIGKILL');
      const kills = Promise.all([sleep(15_000).then(kill), sleep(30_000).then(kill)]);
      await sendLive(media, publisher, 0);
      await kills;
      await finish(media, publisher);
    },
  },
  {
    name: 'the node killed, and started again',
    seconds: [45],
    async run(stage, [first]) {
      const session = newId('recorderSession');
      const media = taken(first).startedAt(Date.now());
      const killed = await stage.connect(session);
      await sendLive(media, killed.publisher, 0, after(20_000));
      await stage.node.kill();
      stage.node = await NodeProcess.start(stage.web, stage.dataDir, stage.node.port);
      const back = await stage.connect(session);
      await sendLive(media, back.publisher, back.acked + 1);
      await finish(media, back.publisher);
    },
  },
];

async function judge(each: Break, media: CountedBroadcast[]): Promise<{ row: string; isGood: boolean }> {
  const { name, seconds, run } = each;
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-breaks-'));
  const web = await TestWeb.start();
  const streamId = newId('stream');
  const publishers: TestPublisher[] = [];
  const stage: Stage = {
    ...{ web, dataDir, streamId, node: await NodeProcess.start(web, dataDir) },
    async connect(recorderSession, backfill) {
      const publisher = await TestPublisher.connect(stage.node.publicUrl);
      publishers.push(publisher);
      const grant = await web.grant(streamId, 'publish');
      const welcome = await publisher.hello({ streamId, grant, recorderSession, ...(backfill && { backfill }) });
      if (welcome.type !== 'welcome') {
        throw new Error(`${name}: refused, ${JSON.stringify(welcome)}`);
      }
      publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
      return { publisher, acked: welcome.ackedSequence };
    },
  };
  try {
    await web.want({ streamId, graceSeconds: each.graceSeconds ?? graceSeconds });
    await run(stage, media);
    await web.want({ streamId, action: 'end' });
    const wanted = seconds.flatMap((length) => countTo(length * countedFrameRate));
    let recorded = await readRecordedCount(`${stage.node.publicUrl}/stream/${streamId}`);
    for (const isLate = after(60_000); recorded.numbers.length < wanted.length && !isLate(); ) {
      await sleep(1000);
      recorded = await readRecordedCount(`${stage.node.publicUrl}/stream/${streamId}`);
    }
    const { numbers, holes, ladder, pictures, tone } = recorded;
    const seams = seconds.slice(0, -1).map((_, at) => seconds.slice(0, at + 1).reduce((sum, each) => sum + each, 0));
    const isAt = (seam: number) => (hole: Hole) => Math.abs(seam - hole.atSeconds) < seamWithinSeconds;
    const holeMs = Math.max(0, ...holes.filter((hole) => !seams.some((seam) => isAt(seam)(hole))).map(({ ms }) => ms));
    const between = seams.map((seam) => longestOf(holes.filter(isAt(seam))) ?? { atSeconds: seam, ms: 0 });
    const begins = [tone.fromSeconds, ...between.map(({ atSeconds, ms }) => atSeconds + ms / 1000)];
    const ends = [...between.map(({ atSeconds }) => atSeconds), tone.untilSeconds];
    const lostMs = seconds.map(
      (length, at) => 1000 * (length - ((ends[at] ?? Number.NaN) - (begins[at] ?? Number.NaN))),
    );
    const lostMsMax = Math.max(...lostMs);
    const missing = countMissing(wanted, numbers);
    const isInOrder = numbers.length === wanted.length && numbers.every((number, at) => number === wanted[at]);
    const steps = new Set(ladder.filter((step) => step < ladderSteps));
    const isGood = isInOrder && holeMs < holeMsMax && lostMsMax < holeMsMax;
    const cells = [
      ...[name, wanted.length, missing, isInOrder ? 'yes' : `no: ${numbers.length} pictures`],
      ...[
        `${holeMs.toFixed(1)} ms`,
        between.map(({ ms }) => `${ms.toFixed(1)} ms`).join(),
        `${lostMsMax.toFixed(1)} ms`,
      ],
      ...[steps.size, pictures.length],
    ];
    return { row: `| ${cells.join(' | ')} |`, isGood };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { row: `| ${name} | not judged: ${reason} | | | | | | | |`, isGood: false };
  } finally {
    for (const publisher of publishers) {
      await publisher[Symbol.asyncDispose]();
    }
    await stage.node[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const made = new Map<Break, CountedBroadcast[]>();
for (const each of breaks) {
  const media: CountedBroadcast[] = [];
  for (const seconds of each.seconds) {
    media.push(await CountedBroadcast.make(seconds));
  }
  made.set(each, media);
}
const outcomes = await Promise.all(breaks.map((each) => judge(each, made.get(each) ?? [])));
process.stdout.write(
  '| what broke | pictures captured | missing | each once, in order | longest hole | between recorders | captured tone that is missing | steps of the tone | takes |\n',
);
process.stdout.write('|---|---|---|---|---|---|---|---|---|\n');
for (const { row } of outcomes) {
  process.stdout.write(`${row}\n`);
}
process.exitCode = outcomes.every(({ isGood }) => isGood) ? 0 : 1;
