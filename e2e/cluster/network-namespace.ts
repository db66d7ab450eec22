import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });

/**
 * A network namespace that hangs on this machine by one virtual cable, as a machine of its own: what runs in it can be cut off
 * from everybody else without a word to either side.
 */
export class NetworkNamespace implements Disposable {
  private constructor(
    private readonly name: string,
    private readonly index: number,
  ) {}

  /**
   * Makes one; `index` keeps its addresses apart from those of others, 0 to 63.
   *
   * @throws Error where this process may not do that, or `ip` is missing
   */
  static create(index: number): NetworkNamespace {
    const made = new NetworkNamespace(`zyzz-${process.pid}-${index}`, index);
    ip('netns', 'add', made.name);
    try {
      ip('link', 'add', made.#outside, 'type', 'veth', 'peer', 'name', 'cable', 'netns', made.name);
      ip('addr', 'add', `${made.hostAddress}/30`, 'dev', made.#outside);
      ip('link', 'set', made.#outside, 'up');
      ip('-n', made.name, 'addr', 'add', `${made.address}/30`, 'dev', 'cable');
      ip('-n', made.name, 'link', 'set', 'cable', 'up');
      ip('-n', made.name, 'link', 'set', 'lo', 'up');
      // Nodes ask each other for what they have of a recording, over this machine.
      writeFileSync(`/proc/sys/net/ipv4/conf/${made.#outside}/forwarding`, '1');
      made.#routeOut();
    } catch (error) {
      made[Symbol.dispose]();
      throw error;
    }
    return made;
  }

  /** of what runs in it */
  get address(): string {
    return `10.213.87.${this.index * 4 + 2}`;
  }

  /** under which it reaches this machine */
  get hostAddress(): string {
    return `10.213.87.${this.index * 4 + 1}`;
  }

  /** what a command begins with that runs in it */
  get prefix(): string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** Pulls the cable: connections stay open on both sides, and nothing comes through. */
  cut(): void {
    ip('-n', this.name, 'link', 'set', 'cable', 'down');
  }

  heal(): void {
    ip('-n', this.name, 'link', 'set', 'cable', 'up');
    this.#routeOut();
  }

  /** A cable that is pulled takes its routes along. */
  #routeOut(): void {
    ip('-n', this.name, 'route', 'replace', 'default', 'via', this.hostAddress);
  }

  get #outside(): string {
    return `zz${process.pid % 100_000}x${this.index}`;
  }

  [Symbol.dispose](): void {
    ip('netns', 'del', this.name);
  }
}
