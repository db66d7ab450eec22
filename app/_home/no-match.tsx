import { IconCalendarPlus } from '@tabler/icons-react';
import { ButtonLink } from '../_ui/button-link';
import { Ground } from '../_ui/ground';

/** The front page before the first event: the ground by day, and how to begin. */
export function NoMatch() {
  return (
    <section
      aria-labelledby="hero-name"
      className="relative mx-3 overflow-hidden rounded-[20px] text-chalk sm:mx-5"
      style={{ '--text': 'var(--chalk)' }}
    >
      <Ground light="day" className="absolute inset-0 size-full" />
      <div className="absolute inset-0 bg-linear-to-t from-[#06130ef0] from-30% to-[#06130e40] lg:bg-linear-to-r lg:from-[#06130ef0] lg:from-10% lg:to-[#06130e00] lg:to-70%" />
      <div className="relative flex min-h-[420px] flex-col items-start justify-end gap-5 p-5 sm:p-10 lg:justify-center">
        <h1 id="hero-name" className="max-w-2xl text-hero-phone lg:text-hero">
          The ground is quiet
        </h1>
        <p className="max-w-xl text-[18px] leading-[26px] text-[#d9e6dc]">
          No match is planned. Make one, take a phone to the boundary, and call it for everyone who cannot be there.
        </p>
        <ButtonLink look="lamp" size="large" href="/events/new">
          <IconCalendarPlus size={24} aria-hidden />
          Plan a match
        </ButtonLink>
      </div>
    </section>
  );
}
