import { createHash } from 'node:crypto';
import { type Container, isAlive } from './container.ts';

const DRIVERS: Readonly<Record<string, string>> = { bridge: 'bridge', host: 'host', none: 'null' };

const hex = (text: string) => createHash('sha256').update(text).digest('hex');

const idOf = (name: string) => hex(`practice network ${name}`);

/** Whether the practice host has a network of this name; it has Docker's own three. */
export function isNetwork(name: string): boolean {
  return Object.hasOwn(DRIVERS, name);
}

/** The name of a network by its name or id; null when there is none. */
export function findNetwork(text: string): string | null {
  return Object.keys(DRIVERS).find((name) => name === text || idOf(name) === text) ?? null;
}

/** An endpoint as an inspection shows it: with addresses only while the container runs. */
export function endpointOf(container: Container, network: string): Record<string, unknown> {
  const alive = isAlive(container);
  const addressed = alive && network === 'bridge';
  const host = 2 + (Number.parseInt(container.id.slice(0, 2), 16) % 250);
  return {
    IPAMConfig: null,
    Links: null,
    Aliases: null,
    DriverOpts: null,
    ...container.networks[network],
    NetworkID: idOf(network),
    EndpointID: alive ? hex(`${container.id} in ${network}`) : '',
    Gateway: addressed ? '172.17.0.1' : '',
    IPAddress: addressed ? `172.17.0.${host}` : '',
    IPPrefixLen: addressed ? 16 : 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    MacAddress: addressed ? `02:42:ac:11:00:${host.toString(16).padStart(2, '0')}` : '',
  };
}

/** The body of `GET /networks/{id}`. */
export function networkOf(name: string, containers: readonly Container[]): object {
  const members = containers.filter((container) => isAlive(container) && container.networks[name] !== undefined);
  return {
    Name: name,
    Id: idOf(name),
    Created: '2026-01-01T00:00:00Z',
    Scope: 'local',
    Driver: DRIVERS[name],
    EnableIPv6: false,
    IPAM: {
      Driver: 'default',
      Options: null,
      Config: name === 'bridge' ? [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.1' }] : [],
    },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: Object.fromEntries(members.map((member) => [member.id, { Name: member.name }])),
    Options: {},
    Labels: {},
  };
}

/** The body of `GET /networks`. */
export function allNetworks(): object[] {
  return Object.keys(DRIVERS).map((name) => networkOf(name, []));
}
