import type { Metadata } from 'next';
import Link from 'next/link';
import { NarrowPage } from '../_ui/narrow-page';
import { Prose } from '../_ui/prose';

export const metadata: Metadata = { title: 'Privacy' };

export default function PrivacyPage() {
  return (
    <NarrowPage title="Privacy" lead="What zyzz knows of you, why, for how long, and how to have it removed.">
      <Prose>
        <h2>If you only listen</h2>
        <p>
          You need no account. While a stream plays, your browser tells us that it is playing, so that we can count
          listeners. That count holds no name and no address, and a playback is forgotten within seconds of its end. Our
          servers see your IP address, as every web server does, to send you what you asked for and to stop floods.
        </p>
        <h2>If you sign in</h2>
        <p>
          With Facebook we receive your name, your profile picture and, if you share it, your e-mail address. We use
          them to show who is speaking or writing and to recognise you the next time. We ask Facebook for nothing else,
          we keep none of its access tokens, and we post nothing in your name.
        </p>
        <ul>
          <li>Your name, picture and what you write of yourself are public on your profile.</li>
          <li>Your e-mail address is never shown to others.</li>
          <li>We remember which streams you joined while signed in, as a count on your profile.</li>
        </ul>
        <h2>What you publish</h2>
        <p>
          Commentary and video that you put on air are public, and so are their recordings when you leave “Record” on.
          You can end a stream at any time and delete it, with its recording, in your <Link href="/studio">studio</Link>
          . Chat lines are public and stay with their event.
        </p>
        <h2>Cookies</h2>
        <p>
          One cookie keeps you signed in. Two more remember your time zone and whether you chose the night or the day
          theme. There are none for advertising or for following you elsewhere, and no part of these pages is loaded
          from other companies, but for profile pictures that Facebook hosts.
        </p>
        <h2>How long</h2>
        <p>
          A sign-in lasts thirty days unless you sign out. Streams, recordings and chat lines are kept until they or the
          event are deleted. Server logs name no one and hold no keys.
        </p>
        <h2 id="deletion">Having your data deleted</h2>
        <p>
          Delete single streams and recordings in the studio. In your <Link href="/settings">settings</Link> you delete
          your account: streams, recordings, events that nobody else broadcasts on, sign-ins and tokens go at once and
          for good, and your chat lines lose your name and their words. Facebook does the same for you when you remove
          zyzz under “Apps and websites” in its settings and ask for your data to be deleted. What stays is a note that
          an account was deleted, which leads to nobody.
        </p>
        <h2>Who runs this</h2>
        <p>
          zyzz is open-source software. Whoever runs this site is responsible for the data on it; this page says what
          the software itself does.
        </p>
      </Prose>
    </NarrowPage>
  );
}
