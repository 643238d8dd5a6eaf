#!/bin/sh
# The listing and the summary against ss, netstat and the known sockets of the state
# laboratory, as root and without privileges.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

tcp_states="LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT \
CLOSING LAST-ACK TIME-WAIT CLOSED"

# What the laboratory promised, as "PROTO STATE COUNT IPV4 IPV6", zeros included.
# Its words are the kernel's: a UDP socket without a peer is in CLOSED.
expected_counts()
{
	awk -F'\t' -v states="$tcp_states $1" '
		BEGIN {
			n = split(states, tcp, " ")
			for (i = 1; i <= n; i++) wanted["tcp " tcp[i]]
			wanted["udp ESTABLISHED"]; wanted["udp UNCONNECTED"]
		}
		{
			state = $1 == "udp" && $3 == "CLOSED" ? "UNCONNECTED" : $3
			count[$1 " " state, $2] += $4
		}
		END {
			for (key in wanted)
				print key, count[key, 4] + count[key, 6], count[key, 4] + 0,
					count[key, 6] + 0
		}' "$STATELAB_COUNTS" | sort
}

# First of all: some of the sockets live for a minute only.
known_counts()
{
	expected_counts '' >expected
	$connstate summary -H | grep -v TOTAL | words 1,2,3,4,5 >found
	same 'summary shows the known counts' expected found
	$connstate summary --exact -H | grep -v TOTAL | words 1,2,3,4,5 >found
	same 'summary --exact shows the known counts' expected found
	$connstate summary -H | grep TOTAL | words 1,2,3,4,5 >found
	awk '{ n[$1] += $3; v4[$1] += $4; v6[$1] += $5 }
		END { for (p in n) print p, "TOTAL", n[p], v4[p], v6[p] }' expected | sort >wanted
	same 'summary adds them up' wanted found
	$connstate summary --format tsv -H | words 1,2,3,4,5 >found
	same 'summary --format tsv shows the known counts' expected found
	grep ^tcp expected >wanted
	$connstate summary -t --format csv -H | tr -d '\r' | tr ',' ' ' | sort >found
	same 'summary -t --format csv shows the known counts' wanted found
	awk '$1 == "tcp" { print $1, $2, $4, $4, "-" }' expected >wanted
	$connstate summary -t4 -H | grep -v TOTAL | words 1,2,3,4,5 >found
	same 'summary -t4 counts IPv4 only' wanted found
	awk '$3 { print $3, $1, $2 }' expected | sort >wanted
	$connstate list -H | awk '{ print $1, $2 }' | sort | uniq -c | words 1,2,3 | sort >found
	same 'list shows the known counts' wanted found
}

known_counts_json()
{
	if ! command -v jq >/dev/null; then
		skip "$who: summary --format json" 'there is no jq'
		return
	fi
	expected_counts '' >expected
	for command in 'summary --exact -j' 'summary --format json'; do
		# shellcheck disable=SC2086 # words of a command line
		$connstate $command >json
		jq -r '.states[] | "\(.proto) \(.state) \(.count) \(.ipv4) \(.ipv6)"' json |
			sort >found
		same "$command shows the known counts" expected found
		awk '{ n[$1] += $3; v4[$1] += $4; v6[$1] += $5 }
			END { for (p in n) print p, n[p], v4[p], v6[p] }' expected | sort >wanted
		jq -r '. as $d | ("tcp", "udp") | "\(.) \($d[.]) \($d[. + "_ipv4"]) \($d[. + "_ipv6"])"' \
			json >found
		same "$command has the totals" wanted found
	done
	jq .exact json >found
	if [ "$(cat found)" = true ]; then
		skip "$who: summary derives what it can" 'the counters of this kernel disagree'
	else
		result 0 "$who: summary derives what it can"
	fi
	$connstate summary --format jsonl |
		jq -r '"\(.proto) \(.state) \(.count) \(.ipv4) \(.ipv6)"' | sort >found
	same 'summary --format jsonl shows the known counts' expected found
}

# BOUND is told since Linux 6.8, and only when asked for.
bound()
{
	if [ "$(printf '6.8\n%s\n' "$(uname -r)" | sort -V | head -n 1)" != 6.8 ]; then
		skip "$who: BOUND" 'this kernel does not show it'
		return
	fi
	expected_counts BOUND | grep BOUND >wanted
	$connstate summary -tB -H | grep BOUND | words 1,2,3,4,5 >found
	same 'summary -B counts BOUND' wanted found
	awk -F'\t' '$3 == "BOUND" { print $3, $4 }' "$STATELAB_EXPECT" | sort >wanted
	$connstate list -tBH | grep BOUND | words 1,4 >found
	same 'list -B shows every bound socket' wanted found
	$connstate list -tH | grep BOUND >found
	result $((1 - $?)) "$who: without -B there is no BOUND"
}

by_ss()
{
	if ! command -v ss >/dev/null; then
		skip "$who: the listing is that of ss" 'there is no ss'
		return
	fi
	for letters in -tan -t4an -t6an -tln -t4ln -uan -u4an -u6an -uln; do
		other() { ss ${letters}H | words 1,2,3,4,5; }
		ours() { $connstate list ${letters}H --names ss | words 1,2,3,4,5; }
		agree "list ${letters}H is ss ${letters}H"
	done
	other() { ss -tuanH | words 1,2,3,4,5,6; }
	ours() { $connstate list -tuanH --names ss | words 1,2,3,4,5,6; }
	agree 'list -tuanH is ss -tuanH'
	ours() { $connstate -tuanH --names ss | words 1,2,3,4,5,6; }
	agree 'the listing is what a pipe gets'
	ours() { $connstate list -tuanH --names ss --sort local,-peer | words 1,2,3,4,5,6; }
	agree 'a sorted list is ss -tuanH'
	ours() { $connstate list -naut --no-header --names=ss | words 1,2,3,4,5,6; }
	agree 'letters come in any order'
	# The identity: uid is left out by ss when it is 0, as inode is by us.
	other()
	{
		ss -taneH | awk '{
			uid = inode = "-"; cookie = "?"
			for (i = 6; i <= NF; i++) {
				if ($i ~ /^uid:/) uid = substr($i, 5)
				if ($i ~ /^ino:/) inode = substr($i, 5)
				if ($i ~ /^sk:/) cookie = "0x" substr($i, 4)
			}
			if (inode == "0") inode = "-"
			print $1, $4, $5, uid, inode, cookie
		}' | sort
	}
	ours()
	{
		$connstate list -tH --names ss --columns state,local,peer,uid,inode,cookie |
			awk '$4 == "0" { $4 = "-" } { print $1, $2, $3, $4, $5, $6 }' | sort
	}
	agree 'uid, inode and cookie are those of ss -e'
	other()
	{
		ss -tanoH | awk '{
			timer = "off"
			for (i = 6; i <= NF; i++)
				if ($i ~ /^timer:/) { split($i, part, /[(,]/); timer = part[2] }
			print $1, $4, $5, timer
		}' | sort
	}
	ours() { $connstate list -tH --names ss --columns state,local,peer,timer | words 1,2,3,4; }
	agree 'timers are those of ss -o'
	other()
	{
		ss -tniHO state established | awk '{
			window = mss = mtu = "-"; received = 0
			for (i = 5; i <= NF; i++) {
				if ($i ~ /^cwnd:/) window = substr($i, 6)
				if ($i ~ /^mss:/) mss = substr($i, 5)
				if ($i ~ /^pmtu:/) mtu = substr($i, 6)
				if ($i ~ /^bytes_received:/) received = substr($i, 16)
			}
			print $3, $4, window, mss, mtu, received
		}' | sort
	}
	ours()
	{
		$connstate list -tH --base-units \
			--columns state,local,peer,cwnd,snd_mss,pmtu,bytes_received |
			awk '$1 == "ESTABLISHED" { print $2, $3, $4, $5, $6, $7 }' | sort
	}
	agree 'tcp_info is that of ss -i'
}

# netstat's letters, with its way to write addresses: no brackets, no mapped prefix,
# no backlog of a listener, :: for every wildcard of IPv6.
by_netstat()
{
	if ! command -v netstat >/dev/null; then
		skip "$who: the listing is that of netstat" 'there is no netstat'
		return
	fi
	other() { netstat -antW | awk '/^tcp/ { print $6, $2, $3, $4, $5 }' | sort; }
	ours()
	{
		$connstate list -antH --names netstat |
			sed 's/\[::ffff:\([0-9.]*\)\]/\1/g; s/%lo:/:/; s/ \*:/ :::/g;
				s/\[\([0-9a-f:]*\)\]/\1/g' |
			awk '$1 == "LISTEN" { $3 = 0 } { print $1, $2, $3, $4, $5 }' | sort
	}
	agree 'list -ant --names netstat is netstat -ant'
}

# What people have in their fingers, and in their scripts.
idioms()
{
	if ! command -v ss >/dev/null; then
		skip "$who: counting by state" 'there is no ss'
		return
	fi
	other() { ss -tan | awk '{print $1}' | sort | uniq -c; }
	ours()
	{
		$connstate list -tan --names ss | awk '{print $1}' | sed 's/^STATE$/State/' |
			sort | uniq -c
	}
	agree "list -tan | awk '{print \$1}' | sort | uniq -c"
	other() { ss -tan | awk 'NR>1{++S[$1]} END{for(a in S) print S[a],a}' | sort; }
	ours()
	{
		$connstate -tan --names ss |
			awk 'NR>1{++S[$1]} END{for(a in S) print S[a],a}' | sort
	}
	agree "connstate -tan | awk 'NR>1{++S[\$1]} ...'"
}

# /proc/net has no backlogs, no interfaces, and does not say which listeners on ::
# refuse IPv4; all else must be the same.
without_netlink()
{
	other()
	{
		$connstate list -tuH | sed 's/%lo:/:/; s/\[::\]:/*:/g' |
			awk '$2 == "LISTEN" { $4 = "-" } { print $1, $2, $3, $4, $5, $6 }' | sort
	}
	ours()
	{
		$connstate list -tuH --no-netlink | sed 's/\[::\]:/*:/g' | words 1,2,3,4,5,6
	}
	agree 'list --no-netlink shows the same'
	other() { $connstate list -tuH --columns proto,local,peer,inode,kind,timer | sed 's/%lo:/:/' |
		sed 's/\[::\]:/*:/g' | words 1,2,3,4,5,6; }
	ours() { $connstate list -tuH --no-netlink --columns proto,local,peer,inode,kind,timer |
		sed 's/\[::\]:/*:/g' | words 1,2,3,4,5,6; }
	agree 'inode, kind and timer are the same'
	other() { $connstate summary --exact; }
	ours() { $connstate summary --no-netlink; }
	agree 'summary --no-netlink shows the same'
	$connstate list -tH --no-netlink --columns rtt,cookie,cgroup | words 1,2,3 | uniq >found
	echo '- - -' >wanted
	same 'what /proc/net does not tell is unknown' wanted found
}

# Where each column begins (left-aligned) or ends (right-aligned), in the heading and
# in every row.
aligned()
{
	$connstate list "$@" >table
	awk -v right='RECV-Q SEND-Q UID INODE COOKIE RTT' '
		BEGIN { n = split(right, words, " "); for (i = 1; i <= n; i++) is_right[words[i]] }
		{
			rest = $0; at = 0; column = 0
			while (match(rest, /[^ ]+/)) {
				start = at + RSTART; end = start + RLENGTH - 1; column++
				if (NR == 1) {
					word = substr($0, start, RLENGTH)
					side[column] = word in is_right
					place[column] = side[column] ? end : start
				} else if ((side[column] ? end : start) != place[column])
					print "line " NR ", column " column ": " $0
				at += RSTART + RLENGTH - 1
				rest = substr($0, at + 1)
			}
			if (NR == 1) columns = column
			else if (column != columns) print "line " NR ": " $0
		}' table >found
	[ "$(wc -l <table)" -gt 20 ] && [ ! -s found ]
	result $? "$who: columns of list $* are aligned" "$(head -n 5 found)"
}

formats()
{
	python=$(lab_python)
	if [ -z "$python" ]; then
		skip "$who: all formats hold the same rows" 'there is no python3'
		return
	fi
	columns=proto,state,recv_q,send_q,local,peer,kind,uid,inode,cookie,v6only,cwnd
	# Of one moment: a SYN,ACK sent again between two polls changes cwnd.
	$connstate list -D rows.dump
	saved="$connstate list --from rows.dump --base-units"
	for format in table json jsonl csv tsv; do
		$saved --columns $columns --format $format >rows.$format
	done
	$saved --format \
		"$(echo "{$columns}" | sed 's/,/}|{/g')" >rows.template
	cat >formats.py <<'END'
import csv, json, sys

columns = sys.argv[1].split(',')

def once(pairs):
    keys = [k for k, v in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)

def text(v):
    return '-' if v is None else 'yes' if v is True else 'no' if v is False else str(v)

def from_dicts(rows):
    for r in rows:
        assert list(r) == columns, list(r)
        yield [text(r[c]) for c in columns]

def lines(name):
    with open('rows.' + name, newline='') as f:
        data = f.read()
    assert data.endswith('\r\n' if name == 'csv' else '\n')
    return data.splitlines()

def filled(rows):
    for r in rows:
        yield [c or '-' for c in r]

document = json.load(open('rows.json'), object_pairs_hook=once)
# Neither is known of a dump.
assert document['schema'] == 1 and document['time'] is None and document['host'] is None
read = {
    'json': list(from_dicts(document['sockets'])),
    'jsonl': list(from_dicts(json.loads(l, object_pairs_hook=once) for l in lines('jsonl'))),
    'table': [l.split() for l in lines('table')][1:],
    'csv': list(filled(csv.reader(open('rows.csv', newline=''), strict=True)))[1:],
    'tsv': list(filled(l.split('\t') for l in lines('tsv')))[1:],
    'template': [l.split('|') for l in lines('template')],
}
for name in ('csv', 'tsv'):
    assert lines(name)[0].replace('\t', ',') == ','.join(columns), name
wanted = sorted(read['json'])
assert len(wanted) > 50
for name, rows in read.items():
    for a, b in zip(sorted(rows), wanted):
        assert a == b, (name, a, b)
    assert len(rows) == len(wanted), name
END
	for format in json jsonl table csv tsv template; do
		[ -s rows.$format ]
		result $? "$who: list writes $format"
	done
	ok "$who: all formats hold the same rows" "$python" formats.py $columns
}

inside()
{
	known_counts
	known_counts_json
	bound
	by_ss
	by_netstat
	idioms
	without_netlink
	aligned -tan
	aligned -tuan
	aligned --columns +uid,inode,cookie,rtt
	aligned -t --columns peer,rtt,local,uid,state
	formats
}

lab_script list.sh
lab_everyone --count 3
finish
