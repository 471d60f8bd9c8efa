import { describe, expect, it } from 'vitest';
import { hostedArchitecture, imageArchitecture } from '../../src/playbook/hosted-runners.ts';

describe('the architecture of a machine that GitHub hosts', () => {
  it.each<[string, string | null]>([
    ['ubuntu-latest', 'amd64'],
    ['Ubuntu-24.04', 'amd64'],
    ['ubuntu-slim', 'amd64'],
    ['windows-latest', 'amd64'],
    ['windows-2022', 'amd64'],
    ['windows-2025-vs2026', 'amd64'],
    ['ubuntu-24.04-arm', 'arm64'],
    ['ubuntu-22.04-arm64', 'arm64'],
    ['windows-11-arm', 'arm64'],
    ['macos-13', 'amd64'],
    ['macos-10', 'amd64'],
    ['macos-14-large', 'amd64'],
    ['macos-latest-large', 'amd64'],
    ['macos-15-intel', 'amd64'],
    ['macos-latest', 'arm64'],
    ['macos-14', 'arm64'],
    ['macos-26', 'arm64'],
    ['macos-15-xlarge', 'arm64'],
    ['macos-13-xlarge', 'arm64'],
    ['my-ubuntu-latest', null],
    ['ubuntu-latest-8-cores', null],
    ['ubuntu-24.04-arm-gpu', null],
    ['big-ubuntu-24.04-arm', null],
    ['windows-11', null],
    ['my-macos-14', null],
    ['macos-14-huge', null],
    ['my-macos-13', null],
    ['macos-13-huge', null],
    ['macos-13-xlarge-gpu', null],
    ['self-hosted', null],
  ])('%s is %s by its label', (label, architecture) => expect(hostedArchitecture(label)).toBe(architecture));

  it.each<[string, string | null]>([
    ['macos-15', 'amd64'],
    ['macOS-15-arm64', 'arm64'],
    ['macos-13', 'amd64'],
    ['ubuntu-24.04', 'amd64'],
    ['ubuntu-24.04-arm', 'arm64'],
    ['my-macos-15', null],
    ['macos-15-arm64-beta', null],
    ['debian-12', null],
  ])('%s is %s by the name of its image: there macos-15 is the one for Intel', (image, architecture) =>
    expect(imageArchitecture(image)).toBe(architecture),
  );
});
