import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

// For tests: a server of somebody else's that speaks the feed, and what it says.

export type FeedWords = { runs?: number; wickets?: number; overs?: string; status?: string };

/** A chase, in the feed's own short names. */
export function feedXml({ runs = 131, wickets = 4, overs = '15.3', status = 'Nepal need 34 runs' }: FeedWords = {}) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<mchDetails>
  <match id="1" type="T20" srs="T20 Tri-Series" mchDesc="NEP vs KEN" mnum="5th match" vcity="Kirtipur" vcountry="Nepal"
    grnd="TU Ground" inngCnt="2" datapath="http://feed.example/NEP_KEN/">
    <state mchState="inprogress" status="${status}" TW="Kenya" decisn="Batting" addnStatus="" splStatus="Powerplay &amp; spin"/>
    <Tm id="1" Name="Nepal" sName="NEP" flag="1"/>
    <Tm id="2" Name="Kenya" sName="KEN" flag="1"/>
    <Tme Dt="Nov 21 2026" stTme="09:30" enddt="Nov 21 2026"/>
    <mscr>
      <inngsdetail noofovers="20" rrr="7.56" crr="8.45" cprtshp="6(1)"/>
      <btTm id="1" sName="NEP"><Inngs desc="Inns" r="${runs}" Decl="0" FollowOn="0" ovrs="${overs}" wkts="${wickets}"/></btTm>
      <blgTm id="2" sName="KEN"><Inngs desc="Inns" r="164" Decl="0" FollowOn="0" ovrs="20" wkts="8"/></blgTm>
      <btsmn id="11" sName="Thapa" r="58" b="37" frs="6" sxs="2"/>
      <btsmn id="12" sName="Rai" r="6" b="1" frs="0" sxs="1"/>
      <blrs id="21" sName="Otieno" ovrs="3.3" mdns="0" r="29" wkts="2"/>
    </mscr>
  </match>
</mchDetails>`;
}

export type TestFeed = { port: number; requests: string[]; answer: RequestListener; close(): Promise<void> };

/** A server whose `answer` may be changed at any time; at first it gives the score. */
export async function startTestFeed(address = '127.0.0.1', port = 0): Promise<TestFeed> {
  const server = createServer((request, response) => {
    feed.requests.push(request.url ?? '');
    feed.answer(request, response);
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, address, listening);
  });
  const feed: TestFeed = {
    port: (server.address() as AddressInfo).port,
    requests: [],
    answer: (_request, response) => response.end(feedXml()),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return feed;
}
