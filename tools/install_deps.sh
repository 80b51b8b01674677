#!/bin/bash
# Installs the Debian packages that a purpose needs and that are missing; does nothing, at once, when none is.
#
# usage: tools/install_deps.sh [build|clang|format]...     (default: build)
set -euo pipefail

build=(
  make cmake ninja-build g++ ccache mold protobuf-compiler python3-dev python3-venv
  libprotobuf-dev libabsl-dev libhwy-dev libfmt-dev zlib1g-dev libcli11-dev
  libre2-dev libunistring-dev libsnappy-dev libeigen3-dev libpng-dev libjpeg62-turbo-dev libgif-dev libgrpc++-dev
  libgtest-dev libgmock-dev libbenchmark-dev nlohmann-json3-dev
)
clang=(clang-14 libclang-rt-14-dev)
format=(clang-format-14)

wanted=()
for purpose in "${@:-build}"; do
  case $purpose in
    build) wanted+=("${build[@]}") ;;
    clang) wanted+=("${build[@]}" "${clang[@]}") ;;
    format) wanted+=("${format[@]}") ;;
    *) echo "install_deps: no purpose '$purpose' (build, clang, format)" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null; then
  echo "install_deps: not a Debian system; install the equivalents of: ${wanted[*]}" >&2
  exit 0
fi

# dpkg-query complains about packages it never heard of, and still lists the others.
installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
  sed -n 's/^installed //p' || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "install_deps: missing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install_deps: neither root nor sudo here; as root, run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes)
"${apt[@]}" update
"${apt[@]}" install --no-install-recommends "${missing[@]}"
