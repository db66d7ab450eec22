'use client';

import { IconShare2, IconX } from '@tabler/icons-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { Button } from '../_ui/button';
import { ShareChoices } from './share-choices';
import type { ShareSubject } from './share-subject';

/** Opens the dialog to share what is heard. */
export function ShareButton(props: ShareSubject) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button aria-label="Share" className="max-sm:w-11 max-sm:bg-transparent max-sm:px-0 max-sm:inset-ring-0">
          <IconShare2 size={20} aria-hidden />
          <span className="hidden sm:inline">Share</span>
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 animate-appear bg-[#000a]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-0 bottom-0 z-50 max-h-[92dvh] animate-rise overflow-y-auto rounded-t-panel bg-surface p-5 pb-[max(1.25rem,env(safe-area-inset-bottom))] outline-none sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:w-[440px] sm:-translate-1/2 sm:animate-appear sm:rounded-panel"
        >
          <div className="mb-3 flex items-center">
            <Dialog.Title className="grow pt-0.5 text-section">Share</Dialog.Title>
            <Dialog.Close asChild>
              <Button look="quiet" size="icon" aria-label="Close">
                <IconX size={20} aria-hidden />
              </Button>
            </Dialog.Close>
          </div>
          <ShareChoices {...props} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
