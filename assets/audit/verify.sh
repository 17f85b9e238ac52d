#!/bin/sh
# Checks the log in this folder with nothing but sh, sha256sum and, for a signature, ssh-keygen.
#
# usage: sh verify.sh [--head SEQ:HEX]... [--signed ALLOWED_SIGNERS IDENTITY]
#   --head    a head that somebody kept outside: as verify --head of warroom takes it, or from a commit's Timeline-Head
#   --signed  the keys that you trust (see ssh-keygen(1), ALLOWED SIGNERS) and whose signature HEAD must have
#
# Prints OK or FAIL, and what that shows. Exit: 0 nothing was changed, 1 something was, 2 it cannot be checked.
set -u
LC_ALL=C
export LC_ALL
allowed= identity= heads=
while [ $# -gt 0 ]; do
    case $1 in
        --head) heads="$heads ${2:?--head SEQ:HEX}"; shift 2 ;;
        --signed)
            allowed=${2:?--signed ALLOWED_SIGNERS IDENTITY}
            identity=${3:?--signed ALLOWED_SIGNERS IDENTITY}
            shift 3 ;;
        *) sed -n 's/^# \{0,1\}//; 4,7p' "$0" >&2; exit 2 ;;
    esac
done
case $allowed in
    '' | /*) ;;
    *) allowed=$PWD/$allowed ;;
esac
cd "$(dirname "$0")" || exit 2
[ -f HEAD ] || { echo 'CANNOT CHECK: HEAD is not here'; exit 2; }
command -v sha256sum >/dev/null || { echo 'CANNOT CHECK: sha256sum is not here'; exit 2; }

fail() {
    echo "FAIL $*"
    exit 1
}
# The digest of standard input, in $hash.
digest() {
    hash=$(sha256sum)
    hash=${hash%% *}
}
# Whether a word is in a list.
among() {
    case " $2 " in
        *" $1 "*) return 0 ;;
    esac
    return 1
}

# HEAD, line by line.
{
    read -r magic
    read -r name log; [ "$name" = incident ] || fail 'HEAD: its second line is not incident'
    read -r name size; [ "$name" = seq ] || fail 'HEAD: its third line is not seq'
    read -r name head; [ "$name" = head ] || fail 'HEAD: its fourth line is not head'
    read -r name time; [ "$name" = time ] || fail 'HEAD: its fifth line is not time'
    read -r name withheld; [ "$name" = withheld ] || fail 'HEAD: its sixth line is not withheld'
    ! read -r name || fail 'HEAD: it has more than six lines'
} <HEAD || exit 1
[ "$magic" = warroom-head/1 ] || fail "HEAD: $magic is not a form that this script knows"
[ "$withheld" = - ] && withheld=

zeros=0000000000000000000000000000000000000000000000000000000000000000
prev=$zeros n=0 absent= erased= told=
for header in e/*.hdr; do
    [ -f "$header" ] || fail 'there is no event'
    n=$((n + 1))
    base=${header%.hdr}
    # Each line is a name and a value, in this order; where one of them stands is what is hashed.
    kind= payload=
    {
        read -r name; [ "$name" = wrl1 ] || fail "event $n: the header is not of the form wrl1"
        read -r name value; [ "$name $value" = "incident $log" ] || fail "event $n: it belongs to another incident"
        read -r name value; [ "$name $value" = "seq $n" ] || fail "event $n: missing; seq $value stands in its place"
        read -r name value; [ "$name $value" = "prev $prev" ] || fail "event $n: it does not continue the one before"
        read -r name value; [ "$name" = id ] || fail "event $n: the header has no id"
        read -r name kind; [ "$name" = kind ] || fail "event $n: the header has no kind"
        read -r name value; [ "$name" = at ] || fail "event $n: the header has no time"
        read -r name value; [ "$name" = clock ] || fail "event $n: the header has no clock"
        read -r name value; [ "$name" = actor ] || fail "event $n: the header has no actor"
        read -r name value; [ "$name" = key ] || fail "event $n: the header has no key"
        read -r name payload; [ "$name" = payload ] || fail "event $n: the header has no payload"
    } <"$header" || exit 1
    digest <"$header"
    prev=$hash
    for known in $heads; do
        [ "${known%%:*}" = "$n" ] || continue
        [ "${known#*:}" = "$hash" ] || fail "event $n: it is not the one whose head was kept: history was rewritten"
        told="$told $n"
    done
    if [ -f "$base.json" ] && [ -f "$base.salt" ]; then
        size_of=$(wc -c <"$base.salt")
        [ $((size_of)) -eq 32 ] || fail "event $n: the salt has $((size_of)) bytes and not 32"
        hash=$({ printf 'wrl1-payload\n'; cat "$base.salt" "$base.json"; } | sha256sum)
        [ "$payload" = "sha256:${hash%% *}" ] || fail "event $n: its payload was changed"
        case $kind in
            payload.redacted/*)
                target=$(sed -n 's/.*"target":\([0-9]*\).*/\1/p' "$base.json")
                erased="$erased $target" ;;
        esac
    elif [ -e "$base.json" ] || [ -e "$base.salt" ]; then
        fail "event $n: payload or salt is missing"
    else
        absent="$absent $n"
    fi
done
for file in e/*; do
    base=${file%.*}
    case $file in
        *.hdr | *.json | *.salt) [ -f "$base.hdr" ] || fail "$file belongs to no event" ;;
        *) fail "$file is not part of a log" ;;
    esac
done
gone= kept=
for n_absent in $absent; do
    if among "$n_absent" "$erased"; then
        gone="$gone $n_absent"
    elif among "$n_absent" "$withheld"; then
        kept="$kept $n_absent"
    else
        fail "event $n_absent: its payload is missing, and neither was it erased nor withheld"
    fi
done
[ "$size" = "$n" ] || fail "HEAD says $size events, and $n are here"
[ "$head" = "$prev" ] || fail "HEAD names another last event"
for known in $heads; do
    among "${known%%:*}" "$told" || fail "event ${known%%:*}: it is missing, and its head was kept: the log was cut"
done
signature='HEAD is not signed'
if [ -f HEAD.sig ]; then
    signature='HEAD is signed; whose signature that is was not checked (--signed)'
fi
if [ -n "$allowed" ]; then
    [ -f HEAD.sig ] || fail 'HEAD has no signature'
    command -v ssh-keygen >/dev/null || { echo 'CANNOT CHECK: ssh-keygen is not here'; exit 2; }
    ssh-keygen -Y verify -f "$allowed" -I "$identity" -n warroom-head@v1 -s HEAD.sig <HEAD >/dev/null 2>&1 ||
        fail "the signature of HEAD is not one of $identity"
    signature="HEAD is signed by $identity"
fi
echo "OK $n events of $log"
echo "head $n:$head as of $time"
echo "erased${gone:- none}; withheld${kept:- none}"
echo "$signature"
if [ -n "$told" ]; then
    echo "Shown: since the heads of$told were kept, nothing up to there was changed, put in, taken out or moved."
else
    echo 'Shown: the events fit together. Without a head that somebody else kept (--head), or a signature that you'
    echo 'trust (--signed), all of them together could have been written anew.'
fi
echo 'Not shown: that what was written is true or complete, that the host'"'"'s clock was right, and anything after the'
echo 'last head that was kept.'
