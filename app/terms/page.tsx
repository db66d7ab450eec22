import type { Metadata } from 'next';
import Link from 'next/link';
import { NarrowPage } from '../_ui/narrow-page';
import { Prose } from '../_ui/prose';

export const metadata: Metadata = { title: 'Terms' };

export default function TermsPage() {
  return (
    <NarrowPage title="Terms" lead="The rules of the ground. By using zyzz you accept them.">
      <Prose>
        <h2>What you may do</h2>
        <p>
          Listen to and watch anything that is public here, share its links, and put the player on your own pages. Call
          any match in your own words: what you say and show stays yours.
        </p>
        <h2>What you let us do</h2>
        <p>
          When you go on air you allow this site to carry your stream to everyone who asks for it, to make it smaller
          for thin lines, to keep its recording if you asked for one, and to show a picture of it where its link is
          shared. That permission ends when you delete the stream.
        </p>
        <h2>What you must not do</h2>
        <ul>
          <li>Broadcast pictures or sound that you have no right to: a television feed of the match, for one.</li>
          <li>Threaten, harass or insult people, in speech, in pictures or in chat.</li>
          <li>Pretend to be someone else, or put other people’s private lives on air.</li>
          <li>Use what is said here for betting in breach of the rules of the ground or the law.</li>
          <li>Flood the chat, distort the listener counts, or try to break into what is not yours.</li>
        </ul>
        <h2>Age</h2>
        <p>You must be old enough to have a Facebook account of your own, which is thirteen in most countries.</p>
        <h2>If rules are broken</h2>
        <p>
          Streams, chat lines and accounts that break these rules may be removed by the people who run this site. Tell
          them what you saw by the contact they publish.
        </p>
        <h2>No promises</h2>
        <p>
          zyzz is made with care and comes as it is. Lines drop and machines fail; do not rely on it where lives or
          money depend on being on time. What the law does not allow us to exclude stays as it is.
        </p>
        <p>
          What happens with your data is told under <Link href="/privacy">privacy</Link>.
        </p>
      </Prose>
    </NarrowPage>
  );
}
