'use client';

import {
  IconBrandFacebookFilled,
  IconBrandWhatsapp,
  IconBrandX,
  IconCheck,
  IconCode,
  IconCopy,
  IconDeviceMobileShare,
} from '@tabler/icons-react';
import { RadioGroup } from 'radix-ui';
import { useEffect, useState } from 'react';
import { Button } from '../_ui/button';
import { buttonStyle } from '../_ui/button-style';
import { embedCode, networkLinks, type ShareTarget } from './share-links';
import type { ShareSubject } from './share-subject';
import { useCopied } from './use-copied';

type Choice = ShareTarget & { value: string; label: string; note: string };

const icons = { Facebook: IconBrandFacebookFilled, X: IconBrandX, WhatsApp: IconBrandWhatsapp };

/** This moment in any voice first, then the voice, then the event. */
function choicesOf({ event, stream, playheadMs, publicUrl }: ShareSubject): Choice[] {
  const eventUrl = `${publicUrl}/event/${event.id}`;
  const choices: Choice[] = [];
  if (playheadMs !== null) {
    const at = encodeURIComponent(new Date(playheadMs).toISOString());
    choices.push({
      value: 'moment',
      label: 'This moment',
      note: 'In whichever voice they pick',
      url: `${eventUrl}?at=${at}`,
      title: event.name,
    });
  }
  if (stream !== null && stream.visibility === 'public') {
    choices.push({
      value: 'voice',
      label: stream.name,
      note: 'This voice, live or from the start',
      url: `${publicUrl}/watch/${stream.id}`,
      title: `${stream.name}, ${event.name}`,
    });
  }
  choices.push({ value: 'event', label: event.name, note: 'The whole event', url: eventUrl, title: event.name });
  return choices;
}

function EmbedBox({ code }: { code: string }) {
  const { copied, copy } = useCopied();
  return (
    <div className="flex flex-col gap-2">
      <textarea
        readOnly
        aria-label="Embed code"
        rows={4}
        value={code}
        onFocus={(event) => event.target.select()}
        className="w-full resize-none rounded-button bg-bg p-3 font-mono text-small text-text-2 inset-ring inset-ring-text-3"
      />
      <Button onClick={() => void copy(code)}>{copied ? 'Code copied' : 'Copy code'}</Button>
    </div>
  );
}

export function ShareChoices(props: ShareSubject) {
  // what is shared is the moment at which the dialog was opened
  const [choices] = useState(() => choicesOf(props));
  const [value, setValue] = useState(choices[0]?.value ?? 'event');
  const [embedding, setEmbedding] = useState(false);
  const [canShare, setCanShare] = useState(false);
  const { copied, failed, copy } = useCopied();
  useEffect(() => setCanShare(typeof navigator.share === 'function'), []);
  const target = choices.find((choice) => choice.value === value) ?? choices[0];
  if (target === undefined) {
    return null;
  }
  const { stream, event, publicUrl } = props;
  const canEmbed = stream !== null && stream.visibility === 'public';
  return (
    <div className="flex flex-col gap-4">
      <RadioGroup.Root
        value={value}
        onValueChange={setValue}
        aria-label="What to share"
        className="flex flex-col gap-1"
      >
        {choices.map((choice) => (
          <RadioGroup.Item
            key={choice.value}
            value={choice.value}
            aria-label={choice.label}
            className="group flex min-h-12 items-center gap-3 rounded-row p-2 text-left hover:bg-raised"
          >
            <span className="flex size-5 shrink-0 items-center justify-center rounded-full inset-ring-2 inset-ring-text-3 group-data-[state=checked]:inset-ring-text">
              <RadioGroup.Indicator className="size-2.5 rounded-full bg-text" />
            </span>
            <span className="min-w-0">
              <span className="block truncate font-semibold">{choice.label}</span>
              <span className="block text-small text-text-3">{choice.note}</span>
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <p className="truncate rounded-button bg-bg px-3 py-2.5 text-small text-text-2">{target.url}</p>
      <Button look="lamp" onClick={() => void copy(target.url)}>
        {copied ? <IconCheck size={20} aria-hidden /> : <IconCopy size={20} aria-hidden />}
        Copy link
      </Button>
      <p role="status" className="text-center text-small text-text-2 empty:hidden">
        {copied ? 'The link is copied' : failed ? 'Your browser would not copy it. Select the address above.' : ''}
      </p>
      <div className="grid grid-cols-2 gap-2">
        {canShare && (
          <Button
            className="col-span-2"
            onClick={() => {
              // closed without choosing an app: nothing to tell
              navigator.share({ url: target.url, title: target.title }).catch(() => undefined);
            }}
          >
            <IconDeviceMobileShare size={20} aria-hidden />
            More apps
          </Button>
        )}
        {networkLinks(target).map(({ name, href }) => {
          const Icon = icons[name as keyof typeof icons];
          return (
            <a
              key={name}
              href={href}
              target="_blank"
              rel="noopener noreferrer"
              className={buttonStyle('plain', 'regular')}
            >
              <Icon size={20} aria-hidden />
              {name}
            </a>
          );
        })}
        <Button
          aria-expanded={embedding}
          disabled={!canEmbed}
          title={canEmbed ? undefined : 'Choose a voice first'}
          onClick={() => setEmbedding(!embedding)}
        >
          <IconCode size={20} aria-hidden />
          Embed
        </Button>
      </div>
      {embedding && stream !== null && (
        <EmbedBox code={embedCode({ publicUrl, streamId: stream.id, title: `${stream.name}, ${event.name}` })} />
      )}
    </div>
  );
}
