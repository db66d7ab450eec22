import { getCaller } from '../server/trpc/caller';
import { AlsoLive } from './_home/also-live';
import { ComingUp } from './_home/coming-up';
import { Hero } from './_home/hero';
import { ListenAgain } from './_home/listen-again';
import { NoMatch } from './_home/no-match';
import { PageFrame } from './_ui/page-frame';

export default async function HomePage() {
  const caller = await getCaller();
  const { live, upcoming, past } = await caller.events.list();
  const byListeners = [...live].sort(
    (one, other) => other.viewers - one.viewers || other.onAir.length - one.onAir.length,
  );
  const [first, ...others] = byListeners;
  const hero = first ?? upcoming[0];
  const comingUp = upcoming.filter((event) => event.id !== hero?.id);
  return (
    <PageFrame className="flex flex-col gap-7">
      {hero === undefined ? <NoMatch /> : <Hero event={hero} />}
      <div className="grid gap-8 px-3 sm:px-5 lg:grid-cols-2">
        <AlsoLive events={others} />
        <ComingUp events={comingUp} />
      </div>
      <ListenAgain events={past} />
    </PageFrame>
  );
}
