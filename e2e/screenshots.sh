#!/bin/sh
# Takes pictures of the pages, wide and narrow, light and dark, in Chinese and English, for people to look at.
#   e2e/screenshots.sh ADDRESS [FOLDER] [PATH…]
# ADDRESS is where `tanheng demo` serves, for example http://127.0.0.1:8022. Without paths, one page of each kind.
# It needs chromium (on Debian: apt-get install -y chromium fonts-noto-cjk).
set -eu

base=${1:?address of a running server, for example http://127.0.0.1:8022}
folder=${2:-$(mktemp -d)}
[ $# -ge 2 ] && shift 2 || shift 1
mkdir -p "$folder"

browser=
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then browser=$name && break; fi
done
if [ -z "$browser" ]; then
    echo "no chromium on this machine: no pictures were taken" >&2
    case ",${TANHENG_REQUIRE:-}," in *,chromium,*) exit 1 ;; *) exit 0 ;; esac
fi

curl -sf "$base/zh/" >/dev/null || { echo "nothing is served at $base" >&2; exit 1; }

# The first link on a page that looks like a pattern.
link() { curl -sf "$base$1" | grep -oE "href=\"$2\"" | head -n 1 | sed 's/^href="//; s/"$//'; }

if [ $# -eq 0 ]; then
    enterprise=$(link /zh/enterprises '/zh/enterprises/[0-9A-Z]{18}')
    month=$(link "$enterprise" "$enterprise/[0-9]{4}-[0-9]{2}")
    line=$(link "$month" "$enterprise/[^\"]*/v[0-9]+/[0-9]+")
    list=$(link /zh/registers '/zh/lists/[^"]*')
    for page in "" enterprises "${enterprise#/zh/}" "${month#/zh/}" "${line#/zh/}" rulebook rulebook/documents \
        rulebook/parameters rulebook/parameters/hebei.class.boundary rulebook/methods rulebook/methods/cn.power.combustion.gas \
        rulebook/tables/cn.fuel.defaults registers "${list#/zh/}" log log/100 receipt nothing; do
        set -- "$@" "$page"
    done
fi

# What to take: path, name, width, height, and light, dark or print.
shots() {
    for page in "$@"; do
        name=$(printf '%s' "${page:-province}" | tr '/' '-')
        for lang in zh en; do
            printf '%s\t%s\t1280\t1600\tlight\n' "/$lang/$page" "$name-$lang-wide-light"
            printf '%s\t%s\t390\t1600\tlight\n' "/$lang/$page" "$name-$lang-narrow-light"
        done
        printf '%s\t%s\t1280\t1600\tdark\n' "/zh/$page" "$name-zh-wide-dark"
        printf '%s\t%s\t390\t1600\tdark\n' "/en/$page" "$name-en-narrow-dark"
        printf '%s\t%s\t1000\t1400\tprint\n' "/zh/$page" "$name-zh-print"
    done
}

profile=$(mktemp -d)
port=${TANHENG_DEBUG_PORT:-9333}
"$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" \
    --remote-debugging-address=127.0.0.1 --remote-debugging-port="$port" about:blank >/dev/null 2>&1 &
process=$!
trap 'kill "$process" 2>/dev/null || true; wait "$process" 2>/dev/null || true; rm -rf "$profile"' EXIT

# fails when a page is wider than its screen: only tables scroll, and inside their own frame
shots "$@" | python3 "$(dirname "$0")/screenshots.py" "$port" "$base" "$folder"
echo "$folder"
