import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualScreen } from '../virtual-screen';

/** What OBS is set to, beside its simple output as it comes. */
export type ObsSettings = {
  /** pixels; of its canvas and of what it sends */
  size: { width: number; height: number };
  /** kbit/s */
  videoBitrateKbps: number;
  /** its field "Custom encoder settings", words of x264 */
  x264Settings?: string;
};

/** A real OBS Studio on a screen that nobody looks at: it plays a file in a loop and streams it by RTMP from its start on. */
export class ObsStudio implements AsyncDisposable {
  private constructor(
    private readonly home: string,
    private readonly screen: VirtualScreen,
    private readonly obs: ChildProcess,
  ) {}

  /**
   * @param server its "Server", rtmp://host:port/application
   * @param streamKey lies in a file of its own, as OBS keeps it, and on no command line
   * @param clip path of the file it plays
   */
  static async start(server: string, streamKey: string, clip: string, settings: ObsSettings): Promise<ObsStudio> {
    const home = await mkdtemp(join(tmpdir(), 'zyzz-obs-'));
    const screen = await VirtualScreen.start();
    try {
      await writeSettings(home, server, streamKey, clip, settings);
      const args = ['--startstreaming', '--profile', 'soak', '--collection', 'soak', '--multi', '--minimize-to-tray'];
      const env = {
        ...process.env,
        ...{ HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_RUNTIME_DIR: home, DISPLAY: screen.display },
        ...{ LIBGL_ALWAYS_SOFTWARE: '1', QT_QPA_PLATFORM: 'xcb' },
      };
      return new ObsStudio(home, screen, spawn('obs', args, { env, stdio: 'ignore' }));
    } catch (error) {
      screen[Symbol.dispose]();
      await rm(home, { recursive: true, force: true });
      throw error;
    }
  }

  /** Resolves with its exit code once it has ended, which it does not by itself. */
  get exited(): Promise<number | null> {
    return new Promise((resolve) => {
      if (this.obs.exitCode === null && this.obs.signalCode === null) {
        this.obs.once('close', resolve);
      } else {
        resolve(this.obs.exitCode);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.obs.kill('SIGTERM');
    await this.exited;
    this.screen[Symbol.dispose]();
    await rm(this.home, { recursive: true, force: true });
  }
}

async function writeSettings(
  home: string,
  server: string,
  streamKey: string,
  clip: string,
  { size: { width, height }, videoBitrateKbps, x264Settings }: ObsSettings,
): Promise<void> {
  const folder = join(home, '.config', 'obs-studio');
  const profile = join(folder, 'basic', 'profiles', 'soak');
  const scenes = join(folder, 'basic', 'scenes');
  await mkdir(profile, { recursive: true });
  await mkdir(scenes, { recursive: true });
  await writeFile(
    join(folder, 'global.ini'),
    ini({
      // A first run that is over: nothing opens a window before it streams.
      General: { FirstRun: 'true', EnableAutoUpdates: 'false', InfoIncrement: '1000' },
      Basic: { Profile: 'soak', ProfileDir: 'soak', SceneCollection: 'soak', SceneCollectionFile: 'soak' },
    }),
  );
  await writeFile(
    join(profile, 'basic.ini'),
    ini({
      General: { Name: 'soak' },
      Output: { Mode: 'Simple' },
      SimpleOutput: {
        ...{ VBitrate: `${videoBitrateKbps}`, ABitrate: '96', StreamEncoder: 'x264', Preset: 'ultrafast' },
        ...(x264Settings === undefined ? {} : { UseAdvanced: 'true', x264Settings }),
      },
      Video: {
        ...{ BaseCX: `${width}`, BaseCY: `${height}`, OutputCX: `${width}`, OutputCY: `${height}` },
        ...{ FPSType: '0', FPSCommon: '30' },
      },
      Audio: { SampleRate: '48000', ChannelSetup: 'Stereo' },
    }),
  );
  const service = { type: 'rtmp_custom', settings: { server, key: streamKey, use_auth: false, bwtest: false } };
  await writeFile(join(profile, 'service.json'), JSON.stringify(service));
  const source = { local_file: clip, is_local_file: true, looping: true };
  const item = { id: 1, name: 'clip', visible: true, align: 5, bounds_type: 0, bounds_align: 0, rot: 0 };
  const placed = { ...item, pos: { x: 0, y: 0 }, scale: { x: 1, y: 1 }, bounds: { x: 0, y: 0 } };
  const scene = { id_counter: 1, custom_size: false, items: [placed] };
  await writeFile(
    join(scenes, 'soak.json'),
    JSON.stringify({
      ...{ name: 'soak', current_scene: 'match', current_program_scene: 'match', scene_order: [{ name: 'match' }] },
      sources: [
        { id: 'ffmpeg_source', name: 'clip', settings: source, volume: 1, mixers: 255, enabled: true },
        { id: 'scene', name: 'match', settings: scene },
      ],
    }),
  );
}

const ini = (sections: Record<string, Record<string, string>>) =>
  Object.entries(sections)
    .map(([name, values]) => [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key}=${value}`)])
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
