#!/bin/sh
# Install the servers that the tests start themselves. Without root, say in one line what will be skipped.
set -eu

missing=""
[ -x /usr/lib/dovecot/imap ] || missing="$missing dovecot-imapd"
[ -x /usr/lib/dovecot/lmtp ] || missing="$missing dovecot-lmtpd"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v openssl >/dev/null || missing="$missing openssl"
# Cyrus IMAP can't be installed beside Dovecot: what it needs is installed, itself it is only unpacked.
cyrus=.venv/cyrus
[ -x $cyrus/usr/lib/cyrus/bin/imapd ] || missing="$missing cyrus-imapd"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not root: tests that need$missing are skipped." >&2
    exit 0
fi
echo "Installing$missing …" >&2
# The tests make clusters of their own; Debian's package must not start one.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
fi
# A package may not start its server by itself during the installation.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod +x $policy
    trap 'rm -f $policy' EXIT
fi
apt-get update -qq
case $missing in *cyrus-imapd*)
    missing="${missing% cyrus-imapd} libical3 libxapian30 libclamav12 libzephyr4 libpcre3 libmspack0 sasl2-bin"
    packages=$(mktemp -d)
    chmod 755 "$packages"
    (cd "$packages" && apt-get download -qq -o APT::Sandbox::User=root cyrus-common cyrus-imapd)
    mkdir -p $cyrus
    for package in "$packages"/*.deb; do dpkg -x "$package" $cyrus; done
    rm -r "$packages" ;;
esac
# shellcheck disable=SC2086  # a list of package names
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Options::=--force-confold $missing >/dev/null
