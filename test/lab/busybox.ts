import { type Architecture, debianBinary } from './debian-binary.ts';

/** The path of Debian's static busybox for an architecture; downloaded on first use, see `debianBinary`. */
export function busybox(architecture: Architecture): Promise<string> {
  return debianBinary('busybox-static', 'bin/busybox', architecture);
}
