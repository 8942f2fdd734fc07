import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ConfigMap, PulumiFn } from '@pulumi/pulumi/automation/index.js';
import { type CompiledImage, compiledImages } from '../../../infra/images.ts';
import { writeKnownHosts } from '../../../infra/known-hosts.ts';
import { selfSigned } from '../../certificate.ts';
import { labS3 } from '../../lab/parts.ts';
import { startSmtpServer, type TestSmtpServer } from '../../smtp-server.ts';
import { startTcpRelay } from './relay.ts';
import { createShopDatabase } from './shop-database.ts';
import { startSshd, type TestSshd } from './sshd.ts';
import { openStack, type TestStack } from './stack.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

const run = promisify(execFile);
const dockerEnv = { ...process.env, DOCKER_HOST: process.env['LAB_DOCKER_HOST'] };

/** The docker client's standard output on the lab's engine. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('docker', args, { env: dockerEnv, maxBuffer: 64 * 1024 * 1024 });
  return args[0] === 'logs' ? stdout + stderr : stdout.trimEnd();
}

/** A host, a cloud and a mail server for one stack: everything a deployment needs, on this machine. */
export type DeploymentFixture = {
  readonly folder: string;
  readonly suffix: string;
  /** Folders of the host. */
  readonly host: { readonly data: string; readonly state: string; readonly config: string; readonly command: string };
  readonly database: string;
  /** Folder of the compiled images, as `npm run build` produces them; they trust this fixture's mail server. */
  readonly images: string;
  /** The same for the program, each with the tag of what is in it now. */
  compiled(): CompiledImage[];
  readonly sshd: TestSshd;
  readonly mail: TestSmtpServer;
  /** Address and port at which a container reaches the mail server. */
  readonly mailAt: { readonly host: string; readonly port: number };
  readonly standIns: StandIns;
  readonly account: string;
  open(program: PulumiFn, config: ConfigMap, name?: string): Promise<TestStack>;
  /** A command of a person on the host, over SSH. */
  onHost(command: string): Promise<string>;
  close(): Promise<void>;
};

export async function createDeploymentFixture(devices = '/dev/disk/by-id'): Promise<DeploymentFixture> {
  const folder = mkdtempSync(path.join(tmpdir(), 'deployment-'));
  const at = (name: string) => path.join(folder, name);
  const bridge = await bridgeAddress();
  const certificate = selfSigned(bridge, new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000));
  const images = at('images');
  compileImages(images, certificate.cert);
  const login = { user: 'shop@example.com', password: `mail-${randomBytes(9).toString('hex')}` };
  const mail = await startSmtpServer({ security: 'starttls', login, certificate });
  const mailRelay = await startTcpRelay(bridge, mail.smtp.port);
  const storeRelay = await startTcpRelay(bridge, Number(new URL(labS3().endpoint).port));
  const sshd = await startSshd(at('ssh'), { DOCKER_HOST: process.env['LAB_DOCKER_HOST'] ?? '' });
  const account = at('account.json');
  const standIns = await startStandIns({
    LINODE_ACCOUNT: account,
    LINODE_S3_ENDPOINT: `http://${bridge}:${storeRelay.port}`,
    LINODE_DEVICES: devices,
  });
  const host = { data: at('data'), state: at('state'), config: at('config'), command: at('bin') };
  mkdirSync(host.command);
  const database = path.join(host.data, 'csv_data.db');
  createShopDatabase(database);
  return {
    folder,
    suffix: randomBytes(4).toString('hex'),
    host,
    database,
    images,
    compiled: () => names.map((name) => compiledImage(images, name)),
    sshd,
    mail,
    mailAt: { host: bridge, port: mailRelay.port },
    standIns,
    account,
    open: (program, config, name) =>
      openStack({
        folder: at('pulumi'),
        debugProviders: standIns.debugProviders,
        program,
        config,
        ...(name && { name }),
      }),
    async onHost(command) {
      const options = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
      const login = ['-i', sshd.keyFile, '-p', String(sshd.port), `${sshd.user}@${sshd.host}`];
      const { stdout } = await run('ssh', [...options, '-o', 'LogLevel=ERROR', ...login, command]);
      return stdout;
    },
    async close() {
      await standIns.stop();
      rmSync(path.join(userInfo().homedir, writeKnownHosts(sshd.hostKey).replace('~/', '')));
      await sshd.stop();
      await Promise.all([mailRelay.close(), storeRelay.close(), mail.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** This machine's address on the default network of the engine's containers: the first one, unless it says so. */
async function bridgeAddress(): Promise<string> {
  const format = '{{with index .IPAM.Config 0}}{{.Gateway}},{{.Subnet}}{{end}}';
  const [gateway = '', subnet = ''] = (await docker('network', 'inspect', 'bridge', '-f', format)).split(',');
  return gateway || subnet.replace(/\.\d+\/\d+$/, '.1');
}

const names = ['sqlite-backup', 'backend-dailysummary'] as const;

/** Given to the program as it is: the program would compile it again whenever a source changes. */
function compiledImage(images: string, name: (typeof names)[number]): CompiledImage {
  const folder = path.join(images, name);
  const hash = createHash('sha256');
  for (const file of ['Dockerfile', 'nightshift.mjs']) hash.update(readFileSync(path.join(folder, file)));
  return { name, folder, tag: hash.digest('hex').slice(0, 12) };
}

function compileImages(folder: string, certificate: string): void {
  for (const { folder: image } of compiledImages(names, folder)) {
    writeFileSync(path.join(image, 'test-authority.pem'), certificate);
    appendFileSync(path.join(image, 'Dockerfile'), '\nENV NODE_EXTRA_CA_CERTS=/app/test-authority.pem\n');
  }
}
