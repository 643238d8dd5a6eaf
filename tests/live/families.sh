#!/bin/sh
# The families beyond TCP and UDP against ss, on real sockets in a network namespace of
# the test's own, as root and without privileges.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

tests=14
connstate=${FAMILIES_CONNSTATE:-$(pwd)/connstate}
familylab=$(pwd)/tests/live/familylab

squeeze()
{
	sed 's/  */ /g; s/^ //; s/ $//' | sort
}

# Compares what other() and ours() print.  The two are not run at the same moment, so
# other() is asked again afterwards and has to say the same.
agree()
{
	for _ in 1 2 3 4 5; do
		other | squeeze >wanted
		ours | squeeze >found
		other | squeeze >again
		if cmp -s wanted again; then
			break
		fi
	done
	if [ ! -s wanted ]; then
		result 1 "$who: $1" 'ss shows nothing'
		return
	fi
	if difference=$(diff wanted found); then
		result 0 "$who: $1"
	else
		result 1 "$who: $1" "$difference"
	fi
}

listing()
{
	"$connstate" list -aH --names ss "$@"
}

# ss tells protocols and the kernel's end as numbers, ports as signed numbers.
netlink_of_ss()
{
	ss -anH -f netlink | awk '
		{ split($4, end, ":") }
		end[1] == 4 { next } # their own
		end[2] < 0 { end[2] += 4294967296 }
		{ printf "%s %s %s %s:%.0f %s\n", $1, $2, $3, end[1], end[2], $5 }' | sort -u
}

netlink_of_ours()
{
	listing -f netlink | awk '
		BEGIN {
			split("rtnl unused usersock fw tcpdiag nflog xfrm selinux iscsi audit " \
			      "fiblookup connector nft ip6fw dec-rt uevent genl", names, " ")
			for (i in names) number[names[i]] = i - 1
			number["scsi-trans"] = 18; number["ecryptfs"] = 19
			number["rdma"] = 20; number["crypto"] = 21; number["smc"] = 22
		}
		{ split($4, end, ":") }
		end[1] == "tcpdiag" { next }
		{
			protocol = end[1] in number ? number[end[1]] : end[1]
			port = end[2] == "kernel" ? 0 : end[2]
			print $1, $2, $3, protocol ":" port, $5
		}'
}

against_ss()
{
	other() { ss -xanH; }
	ours() { listing -x; }
	agree 'UNIX sockets are those of ss'

	other() { ss -xlnH; }
	ours() { "$connstate" list -xlH --names ss; }
	agree 'listening UNIX sockets are those of ss'

	other() { ss -anH -A unix_dgram,unix_seqpacket; }
	ours() { listing -A unix_dgram,unix_seqpacket; }
	agree 'types of UNIX sockets are those of ss'

	other() { ss -wanH; }
	ours() { listing -w; }
	agree 'raw sockets are those of ss'

	# with -n it has numbers for protocols
	other() { ss -0aH; }
	ours() { listing -0; }
	agree 'packet sockets are those of ss'

	other() { netlink_of_ss; }
	ours() { netlink_of_ours; }
	agree 'netlink sockets are those of ss'

	if [ -n "$FAMILYLAB_MPTCP" ]; then
		other() { ss -ManH; }
		ours() { listing -M; }
		agree 'MPTCP sockets are those of ss'
	else
		skip "$who: MPTCP sockets are those of ss" 'this kernel has none'
	fi
}

skip_ss()
{
	for name in UNIX 'listening UNIX' 'types of UNIX' raw packet netlink MPTCP; do
		skip "$who: $name sockets are those of ss" 'there is no ss'
	done
}

# /proc/net is asked in the place of ss: the same sockets, with less of each.  It has
# UNIX sockets without a descriptor (not accepted yet), which sock_diag leaves out.
against_proc()
{
	for proto in unix packet netlink; do
		other() { "$connstate" list -H -A $proto --columns type,state,name,inode |
			grep -v tcpdiag; }
		ours() { "$connstate" list -H -A $proto --columns type,state,name,inode \
			--no-netlink | grep -v -e tcpdiag -e ' -$'; }
		# /proc/net/netlink does not tell of types
		if [ $proto = netlink ]; then
			other() { "$connstate" list -H -A netlink --columns state,name,inode |
				grep -v tcpdiag; }
			ours() { "$connstate" list -H -A netlink --columns state,name,inode \
				--no-netlink | grep -v tcpdiag; }
		fi
		agree "/proc/net has the same $proto sockets"
	done
}

counts_of_list()
{
	"$connstate" list -xaH --columns state | sort | uniq -c |
		awk '{ print "unix", $2, $1; sum += $1 } END { print "unix TOTAL", sum }'
}

inside()
{
	if command -v ss >/dev/null; then
		against_ss
	else
		skip_ss
	fi
	against_proc

	other() { counts_of_list; }
	ours() { "$connstate" summary -xH | awk '$4 != "-" || $5 != "-" { exit 1 } { print $1, $2, $3 }'; }
	agree 'the summary counts them, without families of IP'

	# All but those that nobody has accepted have the laboratory for an owner.
	holders=$("$connstate" list -xaH --columns inode,process |
		awk '$1 != "-" && $2 !~ /familylab\['"$FAMILYLAB_PID"'\]/')
	result "$([ -z "$holders" ]; echo $?)" "$who: owners are found by inode" "$holders"

	pairs=$("$connstate" list -H -A unix_stream --columns inode,peer_inode |
		awk '$1 != "-" && $2 != "-" { peer[$1] = $2 }
			END { for (a in peer) if (peer[peer[a]] == a) n++; print n + 0 }')
	result "$([ "$pairs" -ge 6 ]; echo $?)" "$who: each end of a pair names the other" \
		"$pairs ends"

	# the listener, and the one that was accepted from it
	"$connstate" list -xH --columns state 'src unix:*/stream' | squeeze >paths
	result "$([ "$(tr '\n' ' ' <paths)" = 'ESTABLISHED LISTEN ' ]; echo $?)" \
		"$who: a filter finds them by path" "$(cat paths)"
}

run_as()
{
	who=$1
	shift
	mkdir -m 777 "$work/$who"
	"$@" env FAMILIES_INSIDE="$who" FAMILIES_COUNT="$tap_count" \
		FAMILIES_CONNSTATE="$work/connstate" srcdir="$work" \
		"$work/familylab" "$work/$who" sh "$work/tests/families.sh" 2>"$work/error"
	status=$?
	if [ "$status" -eq 77 ]; then
		for number in $(seq $tests); do
			skip "$who: test $number" "$(head -n 1 "$work/error")"
		done
		return
	fi
	tap_count=$((tap_count + tests))
	diag <"$work/error"
	if [ "$status" -ne 0 ]; then
		result 1 "$who: the laboratory ended with status $status"
	fi
}

if [ -n "${FAMILIES_INSIDE:-}" ]; then
	who=$FAMILIES_INSIDE
	tap_count=$FAMILIES_COUNT
	cd "$srcdir/$who" || exit 1
	inside
	exit 0
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-families.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/tests"
cp "$connstate" "$familylab" "$work/" && cp "${srcdir:-.}/tests/tap.sh" \
	"${srcdir:-.}/tests/live/families.sh" "$work/tests/" || exit 1
chmod -R a+rX "$work"

run_as self env
if [ "$(id -u)" -ne 0 ] || ! command -v setpriv >/dev/null; then
	for number in $(seq $tests); do
		skip "nobody: test $number" 'not root, or no setpriv: tried without privileges above'
	done
else
	run_as nobody setpriv --reuid 65534 --regid 65534 --clear-groups
fi
finish
