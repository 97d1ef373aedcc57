#!/usr/bin/env bash
# Builds the Debian package, looks into it, and runs what is in it. Needs cargo-deb and dpkg-deb; without them it says so and
# ends well. With a path, packs that release build instead of making one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for tool in cargo-deb dpkg-deb; do
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: $tool is missing" >&2
        exit 0
    fi
done

place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
package="$place/brainstem.deb"
if [[ $# -gt 0 ]]; then
    mkdir -p "$place/target/release"
    cp "$1" "$place/target/release/brainstem"
    CARGO_TARGET_DIR="$place/target" cargo deb --quiet --no-build --output "$package"
else
    cargo deb --quiet --locked --output "$package"
fi
dpkg-deb --info "$package" | sed -n 's/^ \(Package\|Version\|Depends\|Installed-Size\): /\1: /p'
root="$place/root"
dpkg-deb --extract "$package" "$root"
dpkg-deb --control "$package" "$place/control"

fail() {
    echo "the package is not right: $*" >&2
    exit 1
}

for file in usr/bin/brainstem usr/share/bash-completion/completions/brainstem usr/share/zsh/vendor-completions/_brainstem \
    usr/share/fish/vendor_completions.d/brainstem.fish usr/lib/systemd/system/brainstem.service \
    usr/lib/systemd/system/brainstem.timer etc/default/brainstem usr/share/doc/brainstem/copyright; do
    [[ -s "$root/$file" ]] || fail "$file is missing"
done
grep -qx /etc/default/brainstem "$place/control/conffiles" || fail "/etc/default/brainstem is no configuration file"
for page in man/*.1; do
    packed="$root/usr/share/man/man1/$(basename "$page").gz"
    gzip -dc "$packed" | cmp -s - "$page" || fail "$page is missing or another one"
done
if command -v systemd-analyze >/dev/null; then
    mkdir "$place/units"
    for unit in brainstem.service brainstem.timer; do
        sed "s|/usr/bin/brainstem|$root/usr/bin/brainstem|" "$root/usr/lib/systemd/system/$unit" > "$place/units/$unit"
    done
    systemd-analyze verify --man=no "$place"/units/* || fail "systemd does not take the units"
fi

# The program runs, and does what its unit says.
brainstem="$root/usr/bin/brainstem"
"$brainstem" --version
export BRAINSTEM_STORE="$place/state/store.redb" BRAINSTEM_FORMAT=html BRAINSTEM_PAGE="$place/today.html"
"$brainstem" --quiet ingest fixtures/demo
command="$(sed -n "s|^ExecStart=/bin/sh -c '\(.*\)'$|\1|p" "$root/usr/lib/systemd/system/brainstem.service")"
sh -c "${command//\/usr\/bin\/brainstem/$brainstem}"
grep -q '<html' "$BRAINSTEM_PAGE" || fail "no page was written"
"$brainstem" --quiet prune
echo "the package is right"
