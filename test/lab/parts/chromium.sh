#!/usr/bin/env bash
# A real browser, with the fonts that the page names.
set -euo pipefail
cd "$(dirname "$0")/.."
./packages.sh chromium fonts-roboto-unhinted >&2
echo 'export LAB_CHROMIUM=/usr/bin/chromium'
