#!/bin/sh
# 不用网络安装：sh install.sh [安装到哪个文件夹]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-"$HOME/bulletin"}
wanted=$(cat "$here/python-version")
python=${PYTHON:-$(command -v "python$wanted" || command -v python3 || true)}
if [ -z "$python" ] || [ "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" != "$wanted" ]; then
  echo "请先安装 Python $wanted（本文件夹的安装包是为它准备的）；装在别处的，用 PYTHON=/路径/python 指明。" >&2
  exit 1
fi
if ! "$python" -m venv "$target"; then
  echo "建不了“$target”。Debian、Ubuntu、统信请先安装 python$wanted-venv（或 python3-venv）。" >&2
  exit 1
fi
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
  --find-links "$here/wheels" --require-hashes --no-deps -r "$here/requirements.txt"
"$target/bin/python" -m pip check
"$target/bin/bulletin" --help >/dev/null
echo "已安装到 $target。运行：$target/bin/bulletin --help"
echo "先看演示：$target/bin/bulletin demo 演示"
