#!/bin/sh
# The families beyond TCP and UDP against ss, on real sockets in a network namespace of
# the test's own, as root and without privileges.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

# shellcheck disable=SC2034 # read by lab.sh
lab_program=familylab

squeeze()
{
	sed 's/  */ /g; s/^ //; s/ $//' | sort
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
	other() { ss -xanH | squeeze; }
	ours() { listing -x | squeeze; }
	agree 'UNIX sockets are those of ss'

	other() { ss -xlnH | squeeze; }
	ours() { "$connstate" list -xlH --names ss | squeeze; }
	agree 'listening UNIX sockets are those of ss'

	other() { ss -anH -A unix_dgram,unix_seqpacket | squeeze; }
	ours() { listing -A unix_dgram,unix_seqpacket | squeeze; }
	agree 'types of UNIX sockets are those of ss'

	other() { ss -wanH | squeeze; }
	# the module may be missing, which is said
	ours() { listing -w 2>&1 | grep -v '^connstate: /proc/net is read for raw: ' | squeeze; }
	agree 'raw sockets are those of ss'

	# with -n it has numbers for protocols
	other() { ss -0aH | squeeze; }
	ours() { listing -0 | squeeze; }
	agree 'packet sockets are those of ss'

	other() { netlink_of_ss | squeeze; }
	ours() { netlink_of_ours | squeeze; }
	agree 'netlink sockets are those of ss'

	if [ -n "$FAMILYLAB_MPTCP" ]; then
		other() { ss -ManH | squeeze; }
		ours() { listing -M | squeeze; }
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
			grep -v tcpdiag | squeeze; }
		ours() { "$connstate" list -H -A $proto --columns type,state,name,inode \
			--no-netlink | grep -v -e tcpdiag -e ' -$' | squeeze; }
		# /proc/net/netlink does not tell of types
		if [ $proto = netlink ]; then
			other() { "$connstate" list -H -A netlink --columns state,name,inode |
				grep -v tcpdiag | squeeze; }
			ours() { "$connstate" list -H -A netlink --columns state,name,inode \
				--no-netlink | grep -v tcpdiag | squeeze; }
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

	other() { counts_of_list | squeeze; }
	ours()
	{
		"$connstate" summary -xH |
			awk '$4 != "-" || $5 != "-" { exit 1 } { print $1, $2, $3 }' | squeeze
	}
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

lab_script families.sh
# shellcheck disable=SC2119 # the laboratory has no options
lab_everyone
finish
