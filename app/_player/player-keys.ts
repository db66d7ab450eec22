import type { Player } from './player';

/** Inputs keep their keys, and a button keeps space and enter. */
function isTakenBy(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  if (target.matches('input, textarea, select, [contenteditable]')) {
    return true;
  }
  return (key === ' ' || key === 'Enter') && target.matches('button, a');
}

/** The keys of a player, heard only while the focus is inside it. Returns true for a key that was used. */
export function onPlayerKey(event: KeyboardEvent, player: Player, toggleFullscreen: () => void): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTakenBy(event.target, event.key)) {
    return false;
  }
  const { volume } = player.snapshot();
  switch (event.key) {
    case ' ':
    case 'k':
      player.toggle();
      return true;
    case 'm':
      player.toggleMuted();
      return true;
    case 'f':
      toggleFullscreen();
      return true;
    case 'j':
    case 'ArrowLeft':
      player.seekBy(-10);
      return true;
    case 'l':
    case 'ArrowRight':
      player.seekBy(10);
      return true;
    case 'ArrowUp':
      player.setVolume(volume + 0.05);
      return true;
    case 'ArrowDown':
      player.setVolume(volume - 0.05);
      return true;
    case 'End':
      player.goLive();
      return true;
    default:
      return false;
  }
}
