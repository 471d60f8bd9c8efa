import { littleElf } from './little-elf.ts';
import { type BuiltImage, buildImage, type ImageFile } from './oci-image.ts';

/** The images of the practice incident by their tags: v2 was built on an amd64 runner, v3 on an arm64 one. */
export interface IncidentImages {
  readonly v2: BuiltImage;
  readonly v3: BuiltImage;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const text = (path: string, content: string): ImageFile => ({ path, mode: 0o644, content: Buffer.from(content) });
const directory = (path: string): ImageFile => ({ path, mode: 0o755, directory: true });

/** What both versions stand on. */
const BASE: readonly ImageFile[] = [
  directory('/etc'),
  text('/etc/os-release', 'NAME="pdf-renderer base"\nID=practice\nVERSION_ID=1\n'),
  text('/etc/passwd', 'root:x:0:0:root:/root:/sbin/nologin\nrender:x:1000:1000:render:/app:/sbin/nologin\n'),
  text('/etc/group', 'root:x:0:\nrender:x:1000:\n'),
  { path: '/tmp', mode: 0o1777, directory: true },
  directory('/var'),
  directory('/var/cache'),
  { path: '/var/cache/render', mode: 0o755, uid: 1000, gid: 1000, directory: true },
];

interface Version {
  readonly tag: 'v2' | 'v3';
  readonly architecture: 'amd64' | 'arm64';
  readonly revision: string;
  readonly runner: string;
  readonly createdAt: Date;
}

function buildVersion({ tag, architecture, revision, runner, createdAt }: Version): Promise<BuiltImage> {
  const app: readonly ImageFile[] = [
    directory('/app'),
    { path: '/app/render', mode: 0o755, content: littleElf({ architecture, message: `pdf-renderer ${tag} is ready` }) },
    text('/app/VERSION', `${tag} ${revision}\n`),
    { path: '/app/current', link: 'VERSION' },
  ];
  return buildImage({
    platform: { os: 'linux', architecture, variant: null },
    layers: [BASE, app],
    config: {
      cmd: ['/app/render'],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      workingDir: '/app',
      labels: {
        'org.opencontainers.image.title': 'pdf-renderer',
        'org.opencontainers.image.version': tag,
        'org.opencontainers.image.revision': revision,
        'org.opencontainers.image.created': createdAt.toISOString(),
        'com.gitlab.ci.runner': runner,
      },
    },
    createdAt: createdAt.toISOString(),
  });
}

/** Builds both; v3 ten minutes before the incident's two hours began, v2 three weeks earlier. `now` is in milliseconds since 1970. */
export async function buildIncidentImages(now: number): Promise<IncidentImages> {
  const deployed = Math.floor(now / MINUTE) * MINUTE - 130 * MINUTE;
  const [v2, v3] = await Promise.all([
    buildVersion({
      tag: 'v2',
      architecture: 'amd64',
      revision: '9f2c41d7be0a5f6c8d13e4a7b2c90f5e61d8a374',
      runner: 'gitlab-runner-amd64-01',
      createdAt: new Date(deployed - 21 * DAY),
    }),
    buildVersion({
      tag: 'v3',
      architecture: 'arm64',
      revision: 'c07b83e15d2f49a6b8e0713cfa52d9846e1b0f7d',
      runner: 'gitlab-runner-arm64-02',
      createdAt: new Date(deployed),
    }),
  ]);
  return { v2, v3 };
}
