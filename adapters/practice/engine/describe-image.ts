import type { StoredImage } from './image-store.ts';
import { matchesReference } from './reference.ts';

const sizeOf = ({ tree }: StoredImage) => tree.subtree('/').reduce((sum, [, node]) => sum + node.content.length, 0);

const tagsOf = ({ references }: StoredImage) => [...references].filter((name) => !name.includes('@'));
const digestsOf = ({ references }: StoredImage) => [...references].filter((name) => name.includes('@'));

/** Docker leaves empty settings in where the image has none. */
const EMPTY_CONFIG = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};

/** The body of `GET /images/{name}/json`. */
export function imageInspectionOf(image: StoredImage): object {
  const { config } = image;
  const size = sizeOf(image);
  return {
    Id: image.id,
    RepoTags: tagsOf(image),
    RepoDigests: digestsOf(image),
    Parent: '',
    Comment: '',
    Created: config.created,
    Container: '',
    ContainerConfig: EMPTY_CONFIG,
    DockerVersion: '',
    Author: '',
    Config: { ...EMPTY_CONFIG, ...config.config },
    Architecture: config.architecture,
    ...(config.variant && { Variant: config.variant }),
    Os: config.os,
    Size: size,
    VirtualSize: size,
    GraphDriver: { Data: null, Name: 'overlay2' },
    RootFS: { Type: 'layers', Layers: config.rootfs.diff_ids },
    Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
  };
}

/** One entry of `GET /images/json`, with the names that one of the patterns means; null when none does. No patterns mean all. */
export function imageListingOf(image: StoredImage, patterns: readonly string[]): object | null {
  const meant = (names: readonly string[]) =>
    patterns.length === 0 ? names : names.filter((name) => patterns.some((pattern) => matchesReference(pattern, name)));
  const tags = meant(tagsOf(image));
  const digests = meant(digestsOf(image));
  if (patterns.length > 0 && tags.length + digests.length === 0) return null;
  const size = sizeOf(image);
  const dangling = tags.length + digests.length === 0;
  return {
    Containers: -1,
    Created: Math.floor(Date.parse(image.config.created) / 1000),
    Id: image.id,
    Labels: image.config.config.Labels ?? null,
    ParentId: '',
    RepoDigests: dangling ? ['<none>@<none>'] : digests.length > 0 ? digests : null,
    RepoTags: dangling ? ['<none>:<none>'] : tags.length > 0 ? tags : null,
    SharedSize: -1,
    Size: size,
    VirtualSize: size,
  };
}
