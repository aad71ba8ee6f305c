#!/usr/bin/env bash
# Installs the named Debian packages: `scripts/debian-packages.sh make g++`. Needs root.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Please install: $*" >&2
  exit 1
fi
apt-get update -qq >&2
apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "$@" </dev/null >&2
