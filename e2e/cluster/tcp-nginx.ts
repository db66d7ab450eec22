import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so';

/** Why no nginx with its `stream` module can be run here; null: it can. */
export function nginxHindrance(): string | null {
  return existsSync(streamModule) ? null : `${streamModule} is not there: sudo apt-get install -y libnginx-mod-stream`;
}

/** Debian's nginx as a TCP balancer, as README says how to set one up before the nodes' RTMP ports. */
export class TcpNginx implements AsyncDisposable {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(port: number, targetPorts: readonly number[]): Promise<TcpNginx> {
    const folder = mkdtempSync(join(tmpdir(), 'zyzz-nginx-'));
    const servers = targetPorts.map((target) => `server 127.0.0.1:${target} max_fails=1 fail_timeout=2s;`);
    const path = join(folder, 'nginx.conf');
    writeFileSync(
      path,
      `load_module ${streamModule};
daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 64; }
stream {
  upstream nodes { ${servers.join(' ')} }
  server {
    listen 127.0.0.1:${port};
    proxy_pass nodes;
    proxy_connect_timeout 1s;
    proxy_timeout 15s;
  }
}
`,
    );
    const child = spawn('nginx', ['-p', folder, '-c', path, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
    const nginx = new TcpNginx(port, child, folder);
    while (!(await answers(port))) {
      if (child.exitCode !== null) {
        await nginx[Symbol.asyncDispose]();
        throw new Error(`nginx ended with ${child.exitCode}`);
      }
    }
    return nginx;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}
