import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../e2e/fixtures/free-port';

/** Where nginx lies on systems that keep it off an ordinary user's PATH. */
const places = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx', '/opt/homebrew/bin/nginx'];

/** Where Debian's libnginx-mod-rtmp puts it. */
const rtmpModule = '/usr/lib/nginx/modules/ngx_rtmp_module.so';

/**
 * An nginx that serves the files of `<folder>/web` on a free port of 127.0.0.1. It stands behind a shell that waits for the end
 * of its standard input, so that nginx goes down with this process even when this process is killed outright.
 */
export class Nginx implements AsyncDisposable {
  private constructor(
    private readonly guard: ChildProcess,
    readonly port: number,
    /** where it takes RTMP, when that was asked for: `rtmp://127.0.0.1:<port>/live/<name>` becomes `<folder>/web/<name>.m3u8` */
    readonly rtmpPort: number,
  ) {}

  static async start(folder: string, options: { rtmp?: boolean } = {}): Promise<Nginx> {
    const program = places.find((place) => existsSync(place));
    if (program === undefined) {
      throw new Error('The baseline needs nginx: install the package "nginx" and run the benchmark again.');
    }
    if (options.rtmp && !existsSync(rtmpModule)) {
      throw new Error(
        'The baseline needs nginx-rtmp: install the package "libnginx-mod-rtmp" and run the benchmark again.',
      );
    }
    const [port = 0, rtmpPort = 0] = await freePorts(2);
    const config = join(folder, 'nginx.conf');
    writeFileSync(config, `${options.rtmp ? rtmpConfig(folder, rtmpPort) : ''}${nginxConfig(folder, port)}`);
    const command = '"$@" & read -r _; kill -9 $!';
    const guard = spawn('sh', ['-c', command, 'nginx', program, '-p', folder, '-c', config, '-e', 'error.log'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C is for us; nginx ends when we are done with it.
      detached: true,
    });
    const nginx = new Nginx(guard, port, rtmpPort);
    try {
      await untilAnswers(`http://127.0.0.1:${port}/`);
    } catch (error) {
      await nginx[Symbol.asyncDispose]();
      throw new Error(`nginx did not start: see ${join(folder, 'error.log')}`, { cause: error });
    }
    return nginx;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.guard.exitCode === null && this.guard.signalCode === null) {
      const ended = once(this.guard, 'exit');
      this.guard.stdin?.end('\n');
      await ended;
    }
  }
}

async function untilAnswers(url: string): Promise<void> {
  const giveUpAtMs = Date.now() + 10_000;
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (Date.now() > giveUpAtMs) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const nginxConfig = (folder: string, port: number) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  keepalive_requests 10000000;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  types { text/html html; text/javascript js; application/vnd.apple.mpegurl m3u8; video/mp4 mp4 m4s; video/mp2t ts; }
  server { listen 127.0.0.1:${port}; root ${folder}/web; }
}
`;

/** HLS as its manual shows it, with segments of 2 s in place of 5. */
const rtmpConfig = (folder: string, port: number) => `
load_module ${rtmpModule};
rtmp {
  server {
    listen 127.0.0.1:${port};
    application live { live on; hls on; hls_path ${folder}/web; hls_fragment 2s; hls_playlist_length 12s; }
  }
}
`;
