# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# What a machine needs, sourced by server/demo, tests/run and tests/bench/run: Debian's packages
# and, for root, the system user that ugod runs as. Nothing is done twice; nothing else is touched.

# What builds and runs ugo; docker/Dockerfile installs the same.
# shellcheck disable=SC2034  # read by the scripts that source this
packages_build=(gcc libc6-dev cmake ninja-build pkgconf
    libevent-dev libjansson-dev libpq-dev libssl-dev libcurl4-openssl-dev)
# shellcheck disable=SC2034
packages_run=(postgresql openssl)
# shellcheck disable=SC2034
packages_test=(ccache libcmocka-dev curl python3 python3-pytest python3-psycopg2 python3-jsonschema
    python3-yaml
    clang clang-format clang-tidy libclang-rt-dev lld pyflakes3 shellcheck
    chromium fonts-dejavu-core)

# What builds the console for browsers, for whom these commands are missing: node may also come
# from elsewhere.
packages_console=(nodejs npm)

# The first libevent whose TLS and resolver defects are mended; the library itself cannot tell.
libevent_least=2.1.12-stable-8+deb12u1

PATH=$PATH:/usr/sbin:/sbin # where dpkg and useradd look for theirs, also after a plain "su"

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    fr*) french=yes ;;
    *) french= ;;
esac

# say ENGLISH FRENCH: one line to the user, in the language of the locale.
say() {
    if [[ $french ]]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}

fail() {
    say "$(basename "$0"): $1" "$(basename "$0") : $2" >&2
    exit 1
}

# as_root COMMAND…: for the two things that need it, packages and the system user.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "needs root (or sudo) for: $*" "il faut être root (ou avoir sudo) pour : $*"
    fi
}

# apt_get ARGUMENT…: silent, unless it fails.
apt_get() {
    local output
    output=$(as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -y -q -o DPkg::Lock::Timeout=300 "$@" 2>&1 </dev/null) && return
    printf '%s\n' "$output" >&2
    return 1
}

# prepare_packages PACKAGE…: installs those that are missing.
prepare_packages() {
    local package missing=()
    for package in "$@"; do
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
            missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    say "Installing from Debian: ${missing[*]}" "Installation depuis Debian : ${missing[*]}"
    apt_get update || fail "apt-get update failed" "apt-get update a échoué"
    apt_get install --no-install-recommends "${missing[@]}" ||
        fail "these Debian packages could not be installed: ${missing[*]}" \
            "ces paquets Debian n'ont pas pu être installés : ${missing[*]}"
}

# prepare_console: node and npm, wherever they are from.
prepare_console() {
    command -v node >/dev/null && command -v npm >/dev/null && return 0
    prepare_packages "${packages_console[@]}"
}

# fetch PACKAGE: its file, into this folder.
fetch() {
    apt-get download -q "$1" >/dev/null 2>&1 && return
    apt_get update && apt-get download -q "$1" >/dev/null
}

# prepare_program COMMAND PACKAGE FOLDER: one program out of a package whose service nobody wants to
# run here, into FOLDER; nothing when it is there.
prepare_program() {
    local folder
    if command -v "$1" >/dev/null || [[ -x $3/$1 ]]; then return 0; fi
    say "Taking $1 from Debian's package $2" "Extraction de $1 du paquet Debian $2"
    folder=$(mktemp -d)
    chmod 0755 "$folder" # apt's own user writes there
    (cd "$folder" && fetch "$2") || fail "$2 could not be fetched" "$2 n'a pas pu être récupéré"
    dpkg-deb -x "$folder/$2"_*.deb "$folder/x"
    mkdir -p "$3"
    find "$folder/x" -type f -name "$1" -exec install -m 0755 {} "$3/" \;
    rm -rf "$folder"
    [[ -x $3/$1 ]] || fail "$2 has no $1" "$2 ne contient pas $1"
}

# prepare_libevent: refuses (after one attempt to upgrade) a libevent with known defects.
prepare_libevent() {
    local version
    version=$(dpkg-query -W -f='${Version}' libevent-dev)
    dpkg --compare-versions "$version" ge "$libevent_least" && return 0
    say "libevent $version is too old, upgrading" "libevent $version est trop ancienne, mise à jour"
    apt_get update && apt_get install --only-upgrade libevent-dev
    version=$(dpkg-query -W -f='${Version}' libevent-dev)
    dpkg --compare-versions "$version" ge "$libevent_least" ||
        fail "libevent $version has known defects; Debian's security updates have $libevent_least" \
            "libevent $version a des défauts connus ; les mises à jour de sécurité de Debian \
apportent $libevent_least"
}

# prepare_user: PostgreSQL refuses root; started as root, ugod and its database run as this user.
prepare_user() {
    ((EUID == 0)) || return 0
    getent passwd ugod >/dev/null && return 0
    useradd --system --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin --comment "ugo daemon" ugod ||
        fail "the system user ugod could not be created" \
            "l'utilisateur système ugod n'a pas pu être créé"
}
