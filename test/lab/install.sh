#!/usr/bin/env bash
# Installs what the tests need on Debian or Ubuntu, and only what is missing. Run as root: sudo npm run lab:install
# Starts no service and leaves those that run alone: the tests start their own engine and registry.
set -euo pipefail

if [ "$(id -u)" -ne 0 ]; then
  echo "Installing packages needs root: sudo npm run lab:install" >&2
  exit 1
fi
if ! command -v apt-get >/dev/null; then
  echo "This is for Debian and Ubuntu (apt-get). Elsewhere install: dockerd, docker-registry, skopeo, chromium, gcc, iproute2, iptables, postgresql." >&2
  exit 1
fi

PATH="$PATH:/usr/sbin:/sbin"
missing=()

# By command or file, not by package: a dockerd of another origin (docker-ce) is as good, and docker.io would push it out.
need_command() { command -v "$1" >/dev/null || missing+=("$2"); }
need_file() { [ -e "$1" ] || missing+=("$2"); }

need_command dockerd docker.io
need_command docker-registry docker-registry
need_command skopeo skopeo
need_command chromium chromium
need_command gcc gcc
need_command git git
need_command ip iproute2
need_command iptables iptables
need_command openssl openssl
need_command setpriv util-linux
need_command sqlite3 sqlite3
need_command unzip unzip
# The server's programs are not in PATH: a folder for each major version has them.
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
need_file /usr/include/stdio.h libc6-dev
need_file /etc/ssl/certs/ca-certificates.crt ca-certificates
need_file /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf fonts-dejavu-core
need_file /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf fonts-noto-color-emoji

if [ "${#missing[@]}" -eq 0 ]; then
  echo "Nothing to install: everything that the tests need is here."
  exit 0
fi
echo "Installing: ${missing[*]}"

# Units of packages that come new. They are switched off below: what is installed for tests shall not run after the next boot.
units=()
for package in "${missing[@]}"; do
  case "$package" in
    docker.io)
      units+=(docker.service docker.socket)
      command -v containerd >/dev/null || units+=(containerd.service)
      ;;
    docker-registry) units+=(docker-registry.service) ;;
    postgresql) units+=(postgresql.service) ;;
  esac
done

# Debian's way to keep packages from starting services while they are installed (invoke-rc.d asks this file).
policy=/usr/sbin/policy-rc.d
kept=""
restore_policy() {
  rm -f "$policy"
  if [ -n "$kept" ]; then mv "$kept" "$policy"; fi
}
if [ -e "$policy" ] || [ -L "$policy" ]; then
  kept="$policy.execfmt-lab.$$"
  mv "$policy" "$kept"
fi
trap restore_policy EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=300 update
apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}"

if [ "${#units[@]}" -gt 0 ] && command -v systemctl >/dev/null; then
  systemctl disable "${units[@]}" || echo "Could not switch off ${units[*]}; they may start with the next boot." >&2
fi
